"""Refused rows, mended by hand, are loaded again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knotwork_graph.errors import InputError
from knotwork_graph.facts import FactLog, read_dead_letters
from knotwork_graph.model import LoadReport
from knotwork_resolvers.loading import Mapping, load
from tests.unit.loading.made_events import an_event, as_line

Loaded = Callable[..., LoadReport]


def test_mended_rows_are_taken_and_others_refused_again(loaded: Loaded, log: FactLog) -> None:
    report = loaded(an_event(1, timestamp="2026-02-30"), an_event(2), "nonsense")
    letters = Path(report.dead_letters)
    letters.write_text(letters.read_text("utf-8").replace("2026-02-30", "2026-02-28"), "utf-8")
    again = load([letters], log, replay=True)
    assert again.line() == "received 2 = accepted 1 + duplicate 0 + rejected 1"
    assert not letters.exists()
    assert letters.with_name(letters.name + ".replayed").exists()
    (left,) = read_dead_letters(Path(again.dead_letters))
    assert (Path(left.file).name, left.line) == ("events.jsonl", 3), "it is still named by where it stood at first"


def test_a_row_may_be_mended_as_text_or_as_an_object(log: FactLog, tmp_path: Path) -> None:
    rows: list[Any] = [as_line(an_event(1)), an_event(2)]
    file = tmp_path / "letters.jsonl"
    file.write_text("\n".join(json.dumps({"file": "f", "line": 1, "reason": "r", "row": row}) for row in rows), "utf-8")
    assert load([file], log, replay=True).accepted == 2


def test_a_mapped_row_needs_no_mapping_any_more(
    log: FactLog, write: Callable[..., Path], mapping: Callable[[str], Mapping]
) -> None:
    text = '[source]\nname = "x"\ntimestamp = "t"\nmessage_id = "n"\n[identifiers]\nemail = "e"'
    file = write("n,t,e", "1,2026-02-30,a", "2,2026-02-28,b", name="rows.csv")
    letters = Path(load([file], log, mapping=mapping(text)).dead_letters)
    letters.write_text(letters.read_text("utf-8").replace("2026-02-30", "2026-02-28"), "utf-8")
    assert load([letters], log, replay=True).accepted == 1


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"file": "f"}', "\udcff"])
def test_what_is_no_dead_letter_is_said_before_anything(text: str, log: FactLog, tmp_path: Path) -> None:
    file = tmp_path / "letters.jsonl"
    good = json.dumps({"file": "f", "line": 1, "reason": "r", "row": an_event()})
    file.write_bytes(f"{good}\n{text}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(
        InputError, match=r"line 2: this is no dead letter|cannot read these dead letters: it is not UTF-8"
    ):
        load([file], log, replay=True)
    assert (log.event_count(), file.exists()) == (0, True)


def test_dead_letters_that_are_not_there(log: FactLog, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read these dead letters: No such file"):
        load([tmp_path / "none.jsonl"], log, replay=True)
