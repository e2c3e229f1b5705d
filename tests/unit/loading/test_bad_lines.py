"""Every line that cannot be an event is refused with a reason that a person understands; its neighbours are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knotwork_graph.facts import FactLog, read_dead_letters
from knotwork_graph.model import LoadReport
from knotwork_resolvers.loading import load
from tests.unit.loading.made_events import an_event, as_line

Loaded = Callable[..., LoadReport]
Reasons = Callable[[LoadReport], list[str]]


def deep(levels: int) -> str:
    """A line whose traits hold a list in a list in a list ..."""
    return as_line(an_event(traits={"a": 0})).replace(": 0}", ":" + "[" * levels + "]" * levels + "}")


REFUSED: dict[str, tuple[object, str]] = {
    "no JSON": ("hello", "line is not valid JSON: Expecting value at character 1"),
    "half a line": ('{"source": "a"', "line is not valid JSON: Expecting ',' delimiter at character 15"),
    "a comma too many": (as_line(an_event())[:-1] + ",}", "line is not valid JSON: Expecting property name"),
    "NaN": (an_event(properties={"revenue": float("nan")}), "line is not valid JSON: NaN is no number of JSON"),
    "Infinity": (an_event(properties={"revenue": float("-inf")}), "line is not valid JSON: -Infinity is no number"),
    "a list": ("[1, 2]", "line is not an event: a JSON object is expected"),
    "a number": ("3", "line is not an event: a JSON object is expected"),
    "null": ("null", "line is not an event: a JSON object is expected"),
    "two objects": ("{} {}", "line is not valid JSON: Extra data at character 4"),
    "half a character": ('{"source": "\\ud800"}', "line is not valid JSON: an escape that stands for no character"),
    "NUL": (b'{"source": "a\x00"}', "line holds a NUL character"),
    "NUL escaped": (an_event(traits={"name": "a\x00b"}), "line holds a NUL character"),
    "not UTF-8": (b'{"source": "caf\xe9"}', "line is not UTF-8 text"),
    "a key twice": (as_line(an_event())[:-1] + ', "source": "b"}', "a key occurs twice"),
    "no source": (an_event(source=None), "`source` is missing"),
    "blank source": (an_event(source="  "), "`source` is empty"),
    "source an object": (an_event(source={"a": 1}), "`source` must be text"),
    "no message id": (an_event(message_id=None), "`message_id` is missing"),
    "no timestamp": (an_event(timestamp=None), "`timestamp` is missing"),
    "30 February": (an_event(timestamp="2026-02-30"), "`timestamp` 2026-02-30 is not a time (write it like"),
    "25 o'clock": (an_event(timestamp="2026-02-03T25:00:00Z"), "`timestamp` 2026-02-03T25:00:00Z is not a time"),
    "offset of 25 h": (an_event(timestamp="2026-02-03T05:00:00+25:00"), "`timestamp` 2026-02-03T05:00:00+25:00 is not"),
    "epoch seconds": (an_event(timestamp=1772332200), "`timestamp` 1772332200 is not a time"),
    "a name as time": (an_event(timestamp="Nguyễn Thị Lan"), "`timestamp` is not a time"),
    "year 1066": (an_event(timestamp="1066-10-14"), "`timestamp` lies outside the years 1900 to 2200"),
    "year 9999": (an_event(timestamp="9999-12-31"), "`timestamp` lies outside the years 1900 to 2200"),
    "channel a list": (an_event(channel=["web"]), "`channel` must be text"),
    "event an object": (an_event(event={"name": "x"}), "`event` must be text"),
    "no identifiers": (an_event(identifiers=None), "`identifiers` is missing"),
    "identifiers null": (as_line(an_event(identifiers=0)).replace(": 0", ": null"), "`identifiers` is missing"),
    "identifiers a list": (an_event(identifiers=["a"]), "`identifiers` must be an object of type: value"),
    "identifiers text": (an_event(identifiers="a"), "`identifiers` must be an object of type: value"),
    "none in it": (an_event(identifiers={}), "no identifier"),
    "only nulls in it": (an_event(identifiers={"email": [None]}), "no identifier"),
    "a type twice": (
        as_line(an_event()).replace('"email": ', '"email": "a", "email": '), "a type of identifier occurs twice"),
    "value an object": (an_event(identifiers={"email": {"a": 1}}), "the value of an identifier must be text"),
    "value a list of lists": (an_event(identifiers={"email": [["a"]]}), "the value of an identifier must be text"),
    "type with a colon": (an_event(identifiers={"a:b": "c"}), "the type of an identifier is empty or holds a colon"),
    "type empty": (an_event(identifiers={"": "c"}), "the type of an identifier is empty or holds a colon"),
    "crowd": (an_event(identifiers={"email": list(range(20_001))}), "more than 20000 identifiers"),
    "vouched text": (an_event(vouched="email"), "`vouched` must be a list of identifier types"),
    "vouched numbers": (an_event(vouched=[1]), "`vouched` must be a list of identifier types"),
    "traits text": (an_event(traits="tall"), "`traits` must be an object"),
    "properties a list": (an_event(properties=[1]), "`properties` must be an object"),
    "consent true": (an_event(consent=True), "`consent` must be an object"),
    "deep": (deep(500), "line is nested deeper than 200 levels"),
    "deep, unclosed": ('{"a":' + "[" * 100_000, "line is not valid JSON: it is nested too deep"),
    "very deep": (deep(100_000), "line is nested deeper than 200 levels"),
    "keys without end": (
        an_event(traits={f"k{number}": 0 for number in range(200_000)}), "line holds more than 10000 keys"),
    "keys at the top": (an_event(**{f"k{number}": 0 for number in range(200_000)}), "line holds more than 10000 keys"),
    "types without end": (
        an_event(identifiers={f"t{number}": 0 for number in range(200_000)}), "more than 20000 identifiers"),
    "17 MB": (an_event(traits={"a": "x" * 17_000_000}), "line is longer than 16 MB"),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[LoadReport, dict[int, str]]:
    """What came of one file in which good lines stand between the bad ones: the report, and the reason of each line."""
    folder = tmp_path_factory.mktemp("bad_lines")
    file = folder / "events.jsonl"
    with file.open("wb") as out:
        for case, (line, _) in REFUSED.items():
            out.write(as_line(an_event(f"before {case}")).encode() + b"\n")
            out.write(
                (
                    line
                    if isinstance(line, bytes)
                    else line.encode()
                    if isinstance(line, str)
                    else as_line(line).encode()
                )
                + b"\n"
            )
    report = load([file], FactLog(folder / "data" / "facts"))
    return report, {letter.line: letter.reason for letter in read_dead_letters(Path(report.dead_letters))}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_line_is_refused_in_words(case: str, found: tuple[LoadReport, dict[int, str]]) -> None:
    _, reasons = found
    line = 2 * list(REFUSED).index(case) + 2
    assert reasons[line][: len(REFUSED[case][1])] == REFUSED[case][1]


def test_good_lines_between_bad_ones_are_taken(found: tuple[LoadReport, dict[int, str]]) -> None:
    report, reasons = found
    assert report.accepted == report.rejected == len(reasons) == len(REFUSED)


def test_a_dead_letter_names_file_and_line_and_holds_the_row(loaded: Loaded) -> None:
    report = loaded(an_event("1"), "", an_event("2", source=None))
    (letter,) = read_dead_letters(Path(report.dead_letters))
    assert Path(letter.file).name == "events.jsonl"
    assert letter.line == 3
    assert letter.row == as_line(an_event("2", source=None))


def test_a_line_beyond_all_limits_leaves_its_first_thousand_characters(loaded: Loaded) -> None:
    report = loaded(an_event(traits={"a": "ờ" * 20_000_000}), an_event("2"), block_bytes=1 << 20)
    (letter,) = read_dead_letters(Path(report.dead_letters))
    assert (report.accepted, letter.line, len(letter.row)) == (1, 1, 1000)


def test_no_reason_holds_a_personal_value(loaded: Loaded, reasons: Reasons) -> None:
    address = "lan.nguyen.1990@example.com"
    rows: list[Any] = [
        an_event(timestamp=address),
        an_event(identifiers={address: {}}),
        an_event(source={address: address}),
        as_line(an_event(traits={"email": address}))[:-1],
        f'{{"{address}": {address}}}',
        an_event(vouched=address),
    ]
    report = loaded(*rows)
    assert report.rejected == len(rows)
    assert not [reason for reason in reasons(report) if "lan" in reason]


def test_the_report_counts_reasons_without_their_details(loaded: Loaded) -> None:
    report = loaded(*(an_event(number, timestamp=f"2026-02-{number}") for number in (30, 31, 32)))
    assert report.reasons == {"`timestamp` is not a time": 3}
