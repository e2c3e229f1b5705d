"""An event is known by source and message id: the first counts, the same again is a duplicate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knotwork_graph.facts import FactLog
from knotwork_graph.model import LoadReport
from knotwork_resolvers.loading import load
from knotwork_resolvers.loading.judge import CONFLICT
from tests.unit.loading.made_events import an_event, as_line

Loaded = Callable[..., LoadReport]
Facts = Callable[..., list[Any]]

RICH = an_event(
    "rich",
    channel="web",
    event="Order Completed",
    identifiers={"email": ["a", "b"], "phone": "1"},
    vouched=["email", "phone"],
    traits={"name": "Lan", "n": {"x": [1, 2]}},
    properties={"revenue": 1.5},
    ip="10.0.0.1",
)
SAME: dict[str, object] = {
    "the very line": RICH,
    "keys in another order": dict(reversed(RICH.items())),
    "other blanks": as_line(RICH).replace(": ", "  :\t"),
    "values in another order": RICH | {"identifiers": {"phone": ["1"], "email": ["b", "a"]}},
    "vouched in another order": RICH | {"vouched": ["phone", "email"]},
    "nested keys in another order": RICH | {"traits": {"n": {"x": [1, 2]}, "name": "Lan"}},
    "the moment in another zone": RICH | {"timestamp": "2026-03-01T02:30:00Z"},
    "escapes": as_line(RICH).replace("Lan", "\\u004can"),
    "an absent part as empty": RICH | {"consent": {}},
}
OTHER: dict[str, object] = {
    "another time": RICH | {"timestamp": "2026-03-01T09:30:01+07:00"},
    "another channel": RICH | {"channel": "app"},
    "no event": {key: value for key, value in RICH.items() if key != "event"},
    "another value": RICH | {"identifiers": {"email": ["a", "c"], "phone": "1"}},
    "a value more": RICH | {"identifiers": {"email": ["a", "b", "c"], "phone": "1"}},
    "vouched less": RICH | {"vouched": ["email"]},
    "a list in another order": RICH | {"traits": {"name": "Lan", "n": {"x": [2, 1]}}},
    "true for 1": RICH | {"traits": {"name": "Lan", "n": {"x": [True, 2]}}},
    "another property": RICH | {"properties": {"revenue": 1.25}},
    "a key more": RICH | {"browser": "x"},
    "another unknown key": RICH | {"ip": "10.0.0.2"},
}


@pytest.mark.parametrize("together", [True, False], ids=["in one load", "in a later load"])
def test_the_same_said_again_is_a_duplicate(together: bool, loaded: Loaded) -> None:
    report = loaded(RICH, *SAME.values()) if together else [loaded(RICH), loaded(*SAME.values())][1]
    assert (report.duplicate, report.rejected) == (len(SAME), 0)


@pytest.mark.parametrize("together", [True, False], ids=["in one load", "in a later load"])
def test_another_body_is_refused(together: bool, loaded: Loaded, reasons: Callable[..., list[str]]) -> None:
    report = loaded(RICH, *OTHER.values()) if together else [loaded(RICH), loaded(*OTHER.values())][1]
    assert (report.duplicate, report.rejected) == (0, len(OTHER))
    assert set(reasons(report)) == {CONFLICT}


def test_the_first_in_the_file_counts(loaded: Loaded, facts: Facts) -> None:
    report = loaded(an_event(1, event="first"), an_event(1, event="second"), an_event(1, event="first"))
    assert (report.accepted, report.duplicate, report.rejected) == (1, 1, 1)
    assert facts("event") == ["first"]


def test_a_refused_event_does_not_count_as_the_first(loaded: Loaded, facts: Facts) -> None:
    report = loaded(an_event(1, timestamp="never"), an_event(1, event="second"))
    assert (report.accepted, report.rejected) == (1, 1)
    assert facts("event") == ["second"]


def test_the_same_message_id_of_another_source_is_another_event(loaded: Loaded) -> None:
    assert loaded(an_event(1, source="a"), an_event(1, source="b")).accepted == 2


def test_source_and_message_id_do_not_run_together(loaded: Loaded) -> None:
    sides = [("a", "b\x1fc"), ("a\x1fb", "c"), ("a|b", "c"), ("a", "b|c")]
    report = loaded(*(an_event(message, source=source) for source, message in sides))
    assert report.accepted == len(sides), "the first two share their key, and are told apart all the same"


def test_a_load_again_changes_nothing(loaded: Loaded, log: FactLog) -> None:
    events = [an_event(number) for number in range(500)]
    first = loaded(*events, block_bytes=10_000)
    segments = log.segments()
    again = loaded(*events, block_bytes=7_000)
    assert (first.accepted, again.accepted, again.duplicate) == (500, 0, 500)
    assert log.segments() == segments


def test_duplicates_are_found_across_blocks_and_files(write: Callable[..., Path], log: FactLog) -> None:
    one = write(*(an_event(number % 50) for number in range(200)), name="one.jsonl")
    two = write(*(an_event(number % 100) for number in range(200)), name="two.jsonl")
    report = load([one, two], log, block_bytes=1_000)
    assert (report.accepted, report.duplicate) == (100, 300)
    assert log.event_count() == 100
