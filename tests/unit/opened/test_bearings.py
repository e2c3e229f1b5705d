"""The file that leads from identifiers to the events that bear them."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.opened.base import Base
from knotwork_resolvers.opened.bearings import Bearings, write_bearings

borne = st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(1, 9), unique=True, max_size=3)), max_size=30)


def written(folder: Path, events: list[tuple[int, list[int]]]) -> Path:
    """A file of events, each a moment and the identifiers that it bears, with the file of its bearings."""
    moments, bears = [moment for moment, _ in events], [held or None for _, held in events]
    columns = {
        "customer": pa.array([1] * len(events), pa.int64()),
        "timestamp": pa.array(moments, pa.timestamp("us")),
        "bears": pa.array(bears, pa.list_(pa.int64())),
    }
    pq.write_table(pa.table(columns), folder / "events.parquet")
    with duckdb.connect() as connection:
        write_bearings(connection, folder / "events.parquet", folder / "bearing.npy")
    return folder / "bearing.npy"


@settings(max_examples=30)
@given(borne, st.sets(st.integers(0, 10)))
def test_all_events_that_bear_an_identifier_are_found_by_moment_and_place(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, list[int]]], asked: set[int]
) -> None:
    path = written(tmp_path_factory.mktemp("generation"), events)
    found = Bearings(path).of(np.array(sorted(asked), np.int64))
    expected = sorted(
        (one, moment, place) for place, (moment, held) in enumerate(events) for one in held if one in asked
    )
    assert list(zip(found.identifier.tolist(), found.moment.tolist(), found.event.tolist(), strict=True)) == expected


def test_a_generation_without_the_file_gets_it_when_it_is_asked(tmp_path: Path) -> None:
    written(tmp_path, [(3, [7]), (1, [7, 8])]).unlink()
    base = Base(tmp_path / "events.parquet", tmp_path / "bearing.npy", tmp_path)
    assert base.bearing(np.array([7])).event.tolist() == [1, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bearing.npy", "events.parquet"]
    base.close()


@pytest.mark.parametrize("places", [[0, 2], [1], []])
def test_events_are_read_by_their_places(tmp_path: Path, places: list[int]) -> None:
    written(tmp_path, [(3, [7]), (1, [7, 8]), (2, [])])
    base = Base(tmp_path / "events.parquet", tmp_path / "bearing.npy", tmp_path)
    assert base.at(np.array(places, np.int64), ["bears"])["bears"].to_pylist() == [
        [[7], [7, 8], None][n] for n in places
    ]
    base.close()
