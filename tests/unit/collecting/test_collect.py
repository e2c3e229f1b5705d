"""Collecting does what a load of the same lines does: the same events, the same counts, the same reasons."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from knotwork_graph.errors import StoreError
from knotwork_graph.facts import FactLog, read_dead_letters
from knotwork_graph.facts.schema import GIVEN
from knotwork_resolvers.collecting import Collected, Collector, Fate, collect
from knotwork_resolvers.loading import load
from knotwork_resolvers.loading.judge import CONFLICT
from tests.unit.loading.made_events import an_event, as_line
from tests.unit.loading.test_duplicates import OTHER, RICH, SAME
from tests.unit.loading.test_properties import consistent, contradicting, distorted, rewritten

FEW = settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


def fates(done: Collected) -> list[str]:
    return [outcome.fate.value for outcome in done.outcomes]


def everything(log: FactLog) -> list[dict[str, Any]]:
    """All events of the log as rows, by id, without the time they were received."""
    segments, inbox = log.snapshot()
    rows = [row for one in segments for row in pq.read_table(one.path).to_pylist()] + inbox.to_pylist()
    return [{name: row[name] for name in ("event_id", *GIVEN)} for row in rows]


def test_an_event_is_durable_and_says_its_id(log: FactLog, collector: Collector) -> None:
    done = collector([an_event(1), an_event(2)])
    assert done.report.line() == "received 2 = accepted 2 + duplicate 0 + rejected 0"
    assert [outcome.event_id for outcome in done.outcomes] == [1, 2]
    again = FactLog(log.folder)
    assert again.waiting() == ((), done.rows)
    again.close()


def test_what_came_before_is_a_duplicate_wherever_it_lies(log: FactLog, collector: Collector) -> None:
    collector([an_event(1)])
    log.pack()
    collector([an_event(2)])
    done = collector([an_event(1), an_event(2), an_event(3), an_event(3)])
    assert fates(done) == ["duplicate", "duplicate", "accepted", "duplicate"]
    assert [outcome.event_id for outcome in done.outcomes] == [1, 2, 3, 3]
    assert [row["event_id"] for row in done.rows] == [3]


def test_a_load_knows_what_waits_in_the_inbox(log: FactLog, collector: Collector, tmp_path: Path) -> None:
    collector([an_event(1), an_event(2)])
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(map(as_line, [an_event(1), an_event(2, event="other"), an_event(3)])), "utf-8")
    report = load([file], log)
    assert (report.accepted, report.duplicate, report.rejected) == (1, 1, 1)
    assert [row["event_id"] for row in everything(log)] == [1, 2, 3]


@pytest.mark.parametrize("place", ["together", "inbox", "segment"])
def test_same_and_other_bodies_are_told_apart(place: str, log: FactLog, collector: Collector) -> None:
    if place != "together":
        collector([RICH])
    if place == "segment":
        log.pack()
    told: list[Any] = [*SAME.values(), *OTHER.values()]
    done = collector([RICH, *told] if place == "together" else told)
    found = fates(done)[place == "together" :]
    assert found == ["duplicate"] * len(SAME) + ["rejected"] * len(OTHER)
    assert done.report.reasons == {CONFLICT: len(OTHER)}


def test_refused_events_are_dead_letters_that_can_be_replayed(log: FactLog, collector: Collector) -> None:
    done = collector([an_event(1, timestamp="never"), an_event(2), "nonsense", an_event(2, event="other")], name="http")
    letters = list(read_dead_letters(Path(done.report.dead_letters)))
    assert [(one.file, one.line, one.reason) for one in letters] == [
        ("http", outcome.place, outcome.reason) for outcome in done.outcomes if outcome.fate is Fate.REJECTED
    ]
    assert [one.line for one in letters] == [1, 3, 4]
    assert json.loads(letters[0].row) == an_event(1, timestamp="never")
    mended = Path(done.report.dead_letters)
    mended.write_text(mended.read_text("utf-8").replace("never", "2026-03-01"), "utf-8")
    report = load([mended], log, replay=True)
    assert (report.accepted, report.rejected) == (1, 2)


def test_no_dead_letters_no_file(log: FactLog, collector: Collector) -> None:
    assert collector([an_event(1)]).report.dead_letters == ""
    assert not log.dead_letters.exists()


def test_types_that_the_policy_does_not_name_are_noted(collector: Collector) -> None:
    done = collector([an_event(1, identifiers={"email": "a", "zalo_id": "b"})], policy_types={"email"})
    assert done.report.notes == ("identifier type `zalo_id` is not in the policy; it links with the defaults",)


def test_nothing_is_nothing(log: FactLog, collector: Collector) -> None:
    done = collector(["", " \n"])
    assert (done.report.received, done.outcomes, len(done.rows)) == (0, (), 0)
    assert log.event_count() == 0


def test_a_batch_that_the_disk_refuses_is_not_taken(
    log: FactLog, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector([an_event(1)])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(log._inbox, "add", full)
        with pytest.raises(StoreError, match="disk is full"):
            collector([an_event(2)])
    assert fates(collector([an_event(1), an_event(2)])) == ["duplicate", "accepted"]


@FEW
@given(st.lists(consistent | rewritten | contradicting | distorted, max_size=30), st.data())
def test_collecting_equals_loading(events: list[Any], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    with TemporaryDirectory() as folder:
        one, other = FactLog(Path(folder, "a", "facts")), FactLog(Path(folder, "b", "facts"))
        file = Path(folder, "all.jsonl")
        file.write_text("\n".join(lines), encoding="utf-8")
        report = load([file], one)
        reports = [collect(other, events[:cut]).report, collect(other, events[cut:]).report]
        assert everything(one) == everything(other)
        other.close()
    for name in ("received", "accepted", "duplicate", "rejected"):
        assert getattr(report, name) == sum(getattr(each, name) for each in reports)
    assert report.reasons == sum((Counter(each.reasons) for each in reports), Counter())
