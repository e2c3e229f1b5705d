"""What may be said in many ways is taken in all of them, and kept as it came."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from knotwork_graph.model import LoadReport
from tests.unit.loading.made_events import an_event, as_line

Loaded = Callable[..., LoadReport]
Facts = Callable[..., list[Any]]

TIMES = {
    "2026-03-01T09:30:00+07:00": datetime(2026, 3, 1, 2, 30),  # noqa: DTZ001 - the column holds UTC without saying so
    "2026-03-01T09:30:00+0700": datetime(2026, 3, 1, 2, 30),  # noqa: DTZ001 - as above
    "2026-03-01T09:30:00Z": datetime(2026, 3, 1, 9, 30),  # noqa: DTZ001 - as above
    "2026-03-01t09:30:00z": datetime(2026, 3, 1, 9, 30),  # noqa: DTZ001 - as above
    "2026-03-01T09:30:00.123456789Z": datetime(2026, 3, 1, 9, 30, 0, 123456),  # noqa: DTZ001 - as above
    "2026-03-01 09:30:00": datetime(2026, 3, 1, 9, 30),  # noqa: DTZ001 - as above
    "2026-03-01 09:30:00 -03:30": datetime(2026, 3, 1, 13, 0),  # noqa: DTZ001 - as above
    "2026-03-01T09:30": datetime(2026, 3, 1, 9, 30),  # noqa: DTZ001 - as above
    "2026-03-01": datetime(2026, 3, 1),  # noqa: DTZ001 - as above
    "2024-02-29": datetime(2024, 2, 29),  # noqa: DTZ001 - as above
}


def test_times_are_kept_as_moments_in_utc(loaded: Loaded, facts: Facts) -> None:
    report = loaded(*(an_event(number, timestamp=text) for number, text in enumerate(TIMES)))
    assert report.accepted == len(TIMES)
    assert facts("timestamp") == list(TIMES.values())


def pairs(*found: tuple[str, str]) -> list[dict[str, str]]:
    return [{"type": kind, "value": value} for kind, value in found]


VALUES: dict[str, tuple[object, list[dict[str, str]]]] = {
    "text": ("a", pairs(("x", "a"))),
    "empty text, which resolution will block": ("", pairs(("x", ""))),
    "text with blanks": (" a ", pairs(("x", " a "))),
    "text like a list": ('["a"]', pairs(("x", '["a"]'))),
    "text like an object": ("{}", pairs(("x", "{}"))),
    "quotes and backslashes": ('a"b\\c', pairs(("x", 'a"b\\c'))),
    "other scripts": ("Nguyễn 東京 😀", pairs(("x", "Nguyễn 東京 😀"))),
    "a whole number": (84903123456, pairs(("x", "84903123456"))),
    "a number beyond all integers": (12345678901234567890123, pairs(("x", "12345678901234567890123"))),
    "true": (True, pairs(("x", "true"))),
    "a list": (["a", "b"], pairs(("x", "a"), ("x", "b"))),
    "a list with a null": (["a", None, 3], pairs(("x", "a"), ("x", "3"))),
    "the same twice": (["a", "a"], pairs(("x", "a"), ("x", "a"))),
}


@pytest.mark.parametrize("case", VALUES)
def test_an_identifier_is_kept_as_it_came(case: str, loaded: Loaded, facts: Facts) -> None:
    value, kept = VALUES[case]
    loaded(an_event(identifiers={"x": value}))
    assert facts("identifiers") == [kept]


def test_a_type_met_late_is_read_like_one_met_early(loaded: Loaded, facts: Facts) -> None:
    many = [an_event(number) for number in range(1_500)]
    late = {"email": ["a", "b"], "zalo_id": ["c", None], 'a "type" {x}': "d", "năm": "e"}
    loaded(*many, an_event("late", identifiers=late), block_bytes=1 << 26)
    assert facts("identifiers")[-1] == pairs(
        ('a "type" {x}', "d"), ("email", "a"), ("email", "b"), ("năm", "e"), ("zalo_id", "c")
    )


def test_types_that_differ_in_case_alone_are_told_apart(loaded: Loaded, facts: Facts) -> None:
    events = [an_event(number, identifiers={"Email": "a", "email": "b", "EMAIL": "c"}) for number in range(3)]
    loaded(*events, block_bytes=1)
    assert facts("identifiers") == [pairs(("EMAIL", "c"), ("Email", "a"), ("email", "b"))] * 3


def test_types_without_end_are_all_kept(loaded: Loaded, facts: Facts) -> None:
    events = [an_event(number, identifiers={f"t{number}": f"v{number}", "x": "y"}) for number in range(300)]
    loaded(*events, block_bytes=4_000)
    assert facts("identifiers") == [pairs((f"t{number}", f"v{number}"), ("x", "y")) for number in range(300)]


def test_all_parts_are_kept(loaded: Loaded, facts: Facts) -> None:
    traits = {"name": "Nguyễn Thị Lan", "nested": {"a": [1, None, 2.5]}}
    loaded(
        an_event(
            channel="web",
            event="Order Completed",
            vouched=["email"],
            traits=traits,
            properties={"revenue": 250000},
            consent={"ads": False},
        )
    )
    (row,) = facts("channel", "event", "vouched", "traits", "properties", "consent", "extra")
    assert row[:3] == ("web", "Order Completed", ["email"])
    assert [json.loads(text) for text in row[3:6]] == [traits, {"revenue": 250000}, {"ads": False}]
    assert row[6] is None


def test_absent_and_null_are_the_same(loaded: Loaded, facts: Facts) -> None:
    line = as_line(an_event())[:-1] + ', "channel": null, "traits": null, "vouched": null}'
    loaded(line)
    assert facts("channel", "traits", "vouched", "extra") == [(None, None, None, None)]


def test_unknown_keys_are_kept_apart(loaded: Loaded, facts: Facts) -> None:
    loaded(an_event(ip="10.0.0.1", context={"page": {"path": "/"}}))
    assert json.loads(facts("extra")[0]) == {"ip": "10.0.0.1", "context": {"page": {"path": "/"}}}


def test_what_only_looks_wrong_is_taken(loaded: Loaded, facts: Facts) -> None:
    events = [
        an_event(1, traits={"a": "NaN, Infinity ,} ,]"}),
        an_event(2, traits={"a": "a \\u0000 b"}),
        an_event(3, traits={"a": "[{" * 50_000}),
        an_event(4, traits={"a": "x" * 10_000_000}),
        an_event(5, source="{web}", channel="[1]", event="{"),
        an_event(6, traits=json.loads('{"a":' * 150 + "1" + "}" * 150)),
    ]
    assert loaded(*events).accepted == len(events)
    assert json.loads(facts("traits")[1]) == {"a": "a \\u0000 b"}


def test_numbers_name_a_message_as_text_does(loaded: Loaded) -> None:
    report = loaded(an_event(7), an_event("7"))
    assert (report.accepted, report.duplicate) == (1, 1)
