"""The files of a generation, open: what stands at a place, and what is made where it is missing."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knotwork_graph.generations import Generations
from knotwork_resolvers.opened.base import Base
from knotwork_resolvers.opened.owners import SCHEMA, Owners, writing_owners

ROWS = {
    "customer": pa.array([1, 1, 2], pa.int64()),
    "event_id": pa.array([5, 9, 7], pa.int64()),
    "timestamp": pa.array([3, 1, 2], pa.timestamp("us")),
    "source": pa.array(["web", "web", "app"]),
    "reason": pa.array([1, 2, 1], pa.int8()),
    "bears": pa.array([[7], [7, 8], None], pa.list_(pa.int64())),
}
BORNE = [[7], [7, 8], None]


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """A generation of three events, of which only the events are written."""
    (tmp_path / "1").mkdir()
    pq.write_table(pa.table(ROWS), tmp_path / "1" / "events.parquet", row_group_size=2)
    return Base(Generations(tmp_path), 1, tmp_path)


def test_what_is_missing_beside_the_events_is_made_when_it_is_asked(base: Base, tmp_path: Path) -> None:
    assert base.bearing(np.array([7])).event.tolist() == [1, 0]
    assert base.owners(np.array([2]))["customer"].to_pylist() == [2]
    base.close()
    assert sorted(path.name for path in (tmp_path / "1").iterdir()) == ["bearing.npy", "events.parquet", "owners.arrow"]


@pytest.mark.parametrize("places", [[0, 2], [1], [], [0, 1, 2]])
def test_events_are_read_by_their_places(base: Base, places: list[int]) -> None:
    asked = np.array(places, np.int64)
    assert base.at(asked, ["source", "bears"])["bears"].to_pylist() == [BORNE[n] for n in places]
    owners = base.owners(asked)
    assert owners.schema == SCHEMA
    assert owners["bears"].to_pylist() == [BORNE[n] for n in places]
    assert owners["event_id"].to_pylist() == [[5, 9, 7][n] for n in places]


def test_a_customers_events_are_read_with_their_words_spelt_out(base: Base) -> None:
    found = base.events.rows(2, ["customer", "source"])
    assert (found["source"].type, found.to_pylist()) == (pa.string(), [{"customer": 2, "source": "app"}])


COLUMNS = ("timestamp", "source", "event_id", "bears")


@pytest.mark.parametrize("older", [True, False])
@pytest.mark.parametrize("customer", [0, 1, 2, 3])
def test_the_events_of_a_customer_are_the_same_with_a_file_of_owners_and_without(
    base: Base, *, older: bool, customer: int
) -> None:
    if not older:
        base.owners(np.array([0]))
    found = base.rows(customer, COLUMNS)
    wanted = pa.table(ROWS).filter(pa.array([one.as_py() == customer for one in ROWS["customer"]]))
    assert found.equals(wanted.select(COLUMNS))
    assert found.schema.equals(wanted.select(COLUMNS).schema)


def test_what_the_file_of_owners_has_is_not_decoded_from_the_other(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    base.owners(np.array([0]))
    read: list[list[str]] = []
    original = base.events.between

    def noted(begin: int, end: int, columns: list[str]) -> pa.Table:
        read.append(columns)
        return original(begin, end, columns)

    monkeypatch.setattr(base.events, "between", noted)
    assert base.rows(1, COLUMNS)["event_id"].to_pylist() == [5, 9]
    assert base.rows(1, ("bears", "event_id")).column_names == ["bears", "event_id"]
    assert read == [["source"]]


def test_customers_are_found_across_the_pieces_of_the_file_of_owners(tmp_path: Path) -> None:
    customers = np.repeat([1, 2, 5, 9], [7, 20, 1, 4])
    every = pa.table(
        {
            "event_id": np.arange(len(customers)),
            "customer": customers,
            "timestamp": pa.array(np.arange(len(customers)), pa.timestamp("us")),
            "reason": pa.array(np.zeros(len(customers)), pa.int8()),
            "bears": pa.array([[n] for n in range(len(customers))], pa.list_(pa.int64())),
        }
    )
    with writing_owners(tmp_path / "owners.arrow") as write:
        for some in every.to_batches(5):
            write(some)
    owners = Owners(tmp_path / "owners.arrow")
    for customer in range(11):
        found = owners.between(*owners.span(customer))["event_id"].to_pylist()
        assert found == np.flatnonzero(customers == customer).tolist()


def test_owners_written_in_many_pieces_are_found_in_each(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        query = """SELECT n AS event_id, n % 7 AS customer, make_timestamp(n) AS "timestamp", 1::TINYINT AS reason,
            [n, n + 1] AS bears FROM range(1000) AS r(n)"""
        every = connection.sql(query).to_arrow_table()
    (tmp_path / "1").mkdir()
    pq.write_table(pa.table(ROWS), tmp_path / "1" / "events.parquet")
    with writing_owners(tmp_path / "1" / "owners.arrow") as write:
        for some in every.to_batches(300):
            write(some)
    found = Base(Generations(tmp_path), 1, tmp_path).owners(np.array([0, 299, 300, 301, 999]))
    assert found["bears"].to_pylist() == [[n, n + 1] for n in (0, 299, 300, 301, 999)]
