"""One event is taken, read and refused as a file of it is: the two checks may never disagree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from knotwork_graph.facts.schema import GIVEN
from knotwork_resolvers.collecting.checking import NOT_SAID_IN_JSON, FewChecker
from knotwork_resolvers.collecting.quick import quick_row
from knotwork_resolvers.loading.block import Block, Refusal
from knotwork_resolvers.loading.check import Checker
from tests.unit.loading.made_events import an_event, as_line
from tests.unit.loading.test_bad_lines import REFUSED
from tests.unit.loading.test_good_lines import TIMES, VALUES

# without making a failing example smaller: each step of that is a batch through the engine
QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
SOME = settings(max_examples=40, deadline=None, phases=QUICKLY, suppress_health_check=[HealthCheck.too_slow])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)
keys = st.sampled_from(["email", "x", "Email", 'a "b" {', "năm", "a:b", "", "\\", "\x7f"]) | st.text()
values = st.text() | st.integers() | st.booleans() | st.none() | st.floats() | st.sampled_from(['["a"]', "{}", "\x1f"])
stamps = (
    st.datetimes(datetime(1850, 1, 1), datetime(2250, 1, 1)).map(str)  # noqa: DTZ001 - a time as people write it
    | st.datetimes(timezones=st.timezones(), allow_imaginary=False).map(datetime.isoformat)
    | st.sampled_from(
        [*TIMES, "2026-02-30T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:30:00+15:00", 5, "", None]
    )
)
objects = st.none() | st.dictionaries(st.text(), json_values, max_size=4) | json_values
whole = st.fixed_dictionaries(
    {
        "source": st.text() | st.just(" "),
        "message_id": st.text() | st.integers(),
        "timestamp": stamps,
        "identifiers": st.dictionaries(keys, values | st.lists(values, max_size=3), min_size=1, max_size=3),
    },
    optional={
        "channel": st.text() | st.none() | json_values,
        "event": st.text() | st.integers(),
        "vouched": st.lists(st.text()) | json_values,
        "traits": objects,
        "properties": objects,
        "consent": objects,
        "ip": json_values,
        "Source": json_values,
        "": json_values,
    },
)
sound = st.builds(
    lambda event, changes: event | changes,
    whole,
    st.fixed_dictionaries({"source": st.just("web"), "timestamp": st.sampled_from(list(TIMES)[:6])}),
)
numbers = st.from_regex(r"\A-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,10})?([eE][+-]?[0-9]{1,2})?\Z").map(
    lambda number: as_line(an_event(traits={"n": "N"}, identifiers={"x": "N"})).replace('"N"', number)
)
ways = [
    lambda event: json.dumps(event, ensure_ascii=False),
    json.dumps,
    lambda event: " " + json.dumps(event, separators=(" ,\t", " :\r")) + " \t",
    lambda event: json.dumps(dict(reversed(event.items()))).replace("}", ",}", 1),
    lambda event: json.dumps(event)[:-1] + ', "event": "again"}',
]
lines = st.builds(lambda way, event: way(event), st.sampled_from(ways), whole | sound) | numbers | st.text(max_size=20)


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """The check that files go through."""
    with duckdb.connect() as connection:
        yield Checker(connection)


@pytest.fixture(scope="module")
def few() -> Iterator[FewChecker]:
    made = FewChecker()
    yield made
    made.close()


def as_loaded(checker: Checker, texts: list[str]) -> list[Any]:
    """What loading makes of the texts, each by its place."""
    numbers = np.arange(1, len(texts) + 1)
    checked = checker(Block("few", pa.array(texts, pa.large_string()), numbers))
    found: list[Any] = [None] * len(texts)
    for row in checked.events.to_pylist():
        found[row.pop("row")] = row
    for refusal in checked.refused:
        found[refusal.line - 1] = refusal
    return found


def encodable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


@SOME
@given(st.lists(lines.filter(encodable), min_size=1, max_size=30))
def test_a_few_events_are_checked_as_a_file_of_them_is(checker: Checker, few: FewChecker, texts: list[str]) -> None:
    assert few("few", texts) == as_loaded(checker, texts)


@settings(SOME, max_examples=30)
@given(st.lists(sound.map(as_line).filter(encodable) | numbers, min_size=20, max_size=20))
def test_what_is_read_quickly_is_what_loading_reads(checker: Checker, texts: list[str]) -> None:
    for row, loaded in zip(map(quick_row, texts), as_loaded(checker, texts), strict=True):
        assert row is None or (row == loaded and list(row) == list(loaded) == list(GIVEN))


RICH = an_event(
    channel="web",
    event="Order Completed",
    vouched=["email"],
    identifiers={"email": ["Lan@Example.com", "b"], "phone": 84903123456, "zalo_id": None},
    traits={"name": 'Nguyễn "Lan"\n', "age": 30, "score": 1.5, "vip": True, "none": None, "tags": ["a", {"b": 1}]},
    properties={"revenue": 250000, "currency": "VND"},
    consent={"ads": False},
    ip="10.0.0.1",
)


@pytest.mark.parametrize("event", [an_event(), RICH, an_event(7), an_event(timestamp="2026-03-01T09:30:00.123456Z")])
def test_a_usual_event_is_read_quickly(event: dict[str, Any], checker: Checker) -> None:
    assert [quick_row(as_line(event))] == as_loaded(checker, [as_line(event)]) != [None]


@pytest.mark.parametrize("case", VALUES)
def test_values_are_kept_as_loading_keeps_them(case: str, few: FewChecker) -> None:
    value, expected = VALUES[case]
    (row,) = few("few", [an_event(identifiers={"x": value})])
    assert isinstance(row, dict)
    assert row["identifiers"] == expected


@pytest.mark.parametrize("case", REFUSED)
def test_what_loading_refuses_is_refused_for_the_same_reason(case: str, few: FewChecker) -> None:
    line, reason = REFUSED[case]
    (refusal,) = few("few", [line])
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


def test_a_python_value_is_said_as_people_write_it(few: FewChecker) -> None:
    zone = timezone(timedelta(hours=7))
    said = {
        "timestamp": datetime(2026, 3, 1, 9, 30, tzinfo=zone),
        "message_id": UUID(int=1),
        "traits": MappingProxyType({"birth_date": datetime(1990, 5, 1, tzinfo=UTC).date()}),
    }
    (row,) = few("few", [MappingProxyType(an_event() | said)])
    assert isinstance(row, dict)
    assert row["timestamp"] == datetime(2026, 3, 1, 2, 30)  # noqa: DTZ001 - the column holds UTC without saying so
    assert (row["message_id"], row["traits"]) == (str(UUID(int=1)), '{"birth_date":"1990-05-01"}')


LOOP: dict[str, Any] = {}
LOOP["loop"] = LOOP


@pytest.mark.parametrize("event", [an_event(traits={"a": {1, 2}}), an_event(traits=LOOP), an_event(traits={(1, 2): 3})])
def test_what_json_cannot_say_is_refused(event: dict[str, Any], few: FewChecker) -> None:
    good, bad, other = few("few", [an_event(1), event, an_event(2)])
    assert isinstance(bad, Refusal)
    assert (bad.line, bad.reason) == (2, NOT_SAID_IN_JSON)
    assert isinstance(good, dict)
    assert isinstance(other, dict)


def test_text_that_is_no_text_is_refused(few: FewChecker) -> None:
    half, broken = few("few", ['{"source": "\ud800"}', b'{"source": "\xff"}'])
    assert isinstance(half, Refusal)
    assert "stands for no character" in half.reason
    assert isinstance(broken, Refusal)
    assert broken.reason == "line is not UTF-8 text"


def test_blanks_are_nothing(few: FewChecker) -> None:
    assert few("few", ["", " \t", b"\n"]) == [None, None, None]
