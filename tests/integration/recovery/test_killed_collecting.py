"""Collecting and packing killed at random moments: what was acknowledged is there, once, under the id it was given."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from knotwork_graph.facts import FactLog
from knotwork_resolvers.collecting import collect
from tests.integration.recovery.killing import killed_child
from tests.unit.loading.made_events import an_event

pytestmark = pytest.mark.slow

CHILD = "tests.integration.recovery.collecting_child"
KILLS = 8
SEED = 20260301


def held(log: FactLog) -> list[tuple[int, int]]:
    """Event id and number of all events, segments first."""
    segments, inbox = log.snapshot()
    tables = [*(pq.read_table(one.path, columns=["event_id", "message_id"]) for one in segments), inbox]
    return [(row["event_id"], int(row["message_id"])) for table in tables for row in table.to_pylist()]


def test_kill_9_loses_and_doubles_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    dice = Random(SEED)  # noqa: S311 - moments to die at, not secrets
    log, acknowledged, packed = FactLog(tmp_path / "facts"), 0, 0
    known: dict[int, int] = {}
    for _ in range(KILLS):
        acknowledged = killed_child(
            "tests.integration.recovery.collecting_child",
            log.folder,
            acknowledged,
            dice.randrange(1, 25),
            dice.random() / 20,
        )
        now = held(log)
        assert [event for event, _ in now] == list(range(1, len(now) + 1)), "ids ascend, and none is given out twice"
        assert {number: event for event, number in now}.items() >= known.items(), "an event keeps its id"
        assert [number for _, number in now] == list(range(len(now)))
        assert len(now) >= acknowledged
        assert (log.event_count(), log.inbox_count()) == (len(now), len(log.inbox()))
        known = {number: event for event, number in now}
        acknowledged, packed = len(now), max(packed, len(log.segments()))
    assert packed > 0, "nothing was packed, so nothing is proven of packing"
    report = collect(log, [an_event(number) for number in range(acknowledged + 3)]).report
    assert (report.accepted, report.duplicate, report.rejected) == (3, acknowledged, 0)
    log.pack()
    assert [number for _, number in held(log)] == list(range(acknowledged + 3))
    log.close()
