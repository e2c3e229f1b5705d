"""The rows of a generation: all events of the log, each with its owner, in order, however they were put in it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knotwork_graph.facts import Segment
from knotwork_graph.model.times import EPOCH
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.opened.owners import NAMES
from knotwork_resolvers.opened.sorted_file import SortedFile
from knotwork_resolvers.ownership import Owned, Reason
from knotwork_resolvers.run import events_file, rows
from knotwork_resolvers.run.generation import Told, write_generation
from knotwork_resolvers.run.sorting import in_order
from tests.unit.run.shop import Shop, at
from tests.unit.run.shop import Told as Said

WAYS = {
    "at once": {},
    "a few rows at a time": {"AT_ONCE": 7},
    "in parts": {"ROOM": 4_000, "AT_ONCE": 7},
    "with more words than a few": {"FEW_WORDS": 1},
}
CARRIED = ("source", "message_id", "channel", "event", "identifiers", "vouched", "traits", "properties", "consent")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(rows, name, value)
    monkeypatch.setattr(events_file, "ROW_GROUP", 16)
    return str(request.param)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Segment]:
    """Three loads of visits; many are of one moment, many are alike, and some bear nothing that can be used."""
    shop, chance = Shop(tmp_path_factory.mktemp("shop")), dice(1)
    for load in range(3):
        shop.load(visit(chance, 100 * load + number) for number in range(50))
    segments = shop.workspace.home.facts.segments()
    shop.close()
    return list(segments)


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - no secret hangs on it


def events_in(log: list[Segment]) -> list[int]:
    return [event for one in log for event in pq.read_table(one.path)["event_id"].to_pylist()]


def visit(chance: Random, number: int) -> Said:
    keys = ("cookie:null",) if chance.random() < 0.2 else (f"cookie:c{number}", f"email:e{number % 9}@x.vn")
    traits = {"name": "Nguyễn Thị Lan"} if chance.random() < 0.3 else {}
    source, event = chance.choice(("web", "app", "")) or "til", chance.choice(("Seen", "Bought", "Đã mua"))
    return Said(number, chance.randint(0, 5), keys, ("email",) * chance.randint(0, 1), traits, source, event)


def owners_of(chance: Random, events: list[int]) -> Told:
    """Somebody for most of the events, with what they bear."""
    known = sorted(chance.sample(events, 2 * len(events) // 3))
    customers = np.array([chance.choice((NOBODY, 1, 2, 7)) for _ in known], np.int64)
    reasons = np.array([chance.choice(list(Reason)) for _ in known], np.int8)
    bears = pa.array([chance.sample(range(20), chance.randint(1, 3)) for _ in known], pa.list_(pa.int64()))
    return Told(Owned(np.array(known, np.int64), customers, reasons), bears)


def expected(segments: list[Segment], told: Told, until: int | None) -> list[dict[str, Any]]:
    """The same rows, made one by one."""
    of = dict(zip(told.owned.event.tolist(), range(len(told.owned.event)), strict=True))
    found = []
    for row in (row for one in segments for row in pq.read_table(one.path).to_pylist()):
        moment, place = row["timestamp"], of.get(row["event_id"])
        if until is not None and micros(moment) > until:
            continue
        customer, reason = (0, 0) if place is None else (told.owned.customer[place], told.owned.reason[place])
        found.append(
            {"customer": int(customer), "event_id": row["event_id"], "timestamp": moment}
            | {name: row[name] for name in CARRIED}
            | {"reason": int(reason), "bears": None if place is None else told.bears[place].as_py()}
        )
    return sorted(found, key=lambda row: (row["customer"], row["timestamp"], row["source"], row["message_id"]))


def owners_in(path: Path) -> list[dict[str, Any]]:
    with pa.ipc.open_file(path) as file:
        found: list[dict[str, Any]] = file.read_all().to_pylist()
    return found


def bearings_of(written: list[dict[str, Any]]) -> list[list[int]]:
    """Identifier, moment and place of each sighting, in this order."""
    told = ((row["bears"] or (), micros(row["timestamp"]), place) for place, row in enumerate(written))
    return sorted([identifier, moment, place] for bears, moment, place in told for identifier in bears)


def micros(moment: Any) -> int:
    return int((moment - EPOCH.replace(tzinfo=None)).total_seconds() * 1_000_000)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("minute", [None, 3])
def test_every_event_lies_in_its_place(
    log: list[Segment], tmp_path: Path, way: str, seed: int, minute: int | None
) -> None:
    told = owners_of(dice(seed), events_in(log))
    until = None if minute is None else micros(at(minute).replace(tzinfo=None))
    write_generation(tmp_path, rows.rows_of(log, tmp_path), told, until=until)
    written = pq.read_table(tmp_path / "events.parquet")
    assert written.to_pylist() == expected(log, told, until)
    assert owners_in(tmp_path / "owners.arrow") == [{name: row[name] for name in NAMES} for row in written.to_pylist()]
    assert np.load(tmp_path / "bearing.npy").T.tolist() == bearings_of(written.to_pylist())
    assert [written.schema.field(name).type for name in ("timestamp", "source", "reason", "bears")] == [
        pa.timestamp("us"), pa.string(), pa.int8(), pa.list_(pa.int64()),
    ]  # fmt: skip


def test_parts_leave_nothing_behind(log: list[Segment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "ROOM", 4_000)
    (tmp_path / "scratch").mkdir()
    parted = rows.rows_of(log, tmp_path / "scratch")
    assert isinstance(parted, rows.Parted)
    write_generation(tmp_path, parted, owners_of(dice(1), [1, 2, 3]), until=None)
    assert not list((tmp_path / "scratch").iterdir())


def test_no_events_are_a_file_of_no_rows(tmp_path: Path) -> None:
    write_generation(tmp_path, rows.rows_of([], tmp_path), owners_of(dice(1), []), until=None)
    assert len(pq.read_table(tmp_path / "events.parquet")) == 0
    assert len(SortedFile(tmp_path / "events.parquet", "customer")) == 0


def test_groups_are_found_by_their_customers(log: list[Segment], tmp_path: Path, way: str) -> None:
    told = owners_of(dice(1), events_in(log))
    write_generation(tmp_path, rows.rows_of(log, tmp_path), told, until=None)
    assert pq.read_metadata(tmp_path / "events.parquet").num_row_groups > 5
    file, every = SortedFile(tmp_path / "events.parquet", "customer"), expected(log, told, None)
    assert file.rows(7).to_pylist() == [row for row in every if row["customer"] == 7]


def test_rows_of_one_moment_lie_by_their_names() -> None:
    names = pa.table({"source": ["b", "a", "a", "z"], "message_id": ["1", "2", "10", "0"]})
    order = in_order(np.array([3, 3, 3, 1]), np.array([5, 5, 5, 9]), lambda rows: names.take(pa.array(rows)))
    assert order.tolist() == [3, 2, 1, 0]


def test_names_are_asked_for_where_nothing_else_tells() -> None:
    def never(rows: Any) -> pa.Table:
        raise AssertionError(rows)

    assert in_order(np.array([2, 1, 1]), np.array([-5, 4, -4]), never).tolist() == [2, 1, 0]
