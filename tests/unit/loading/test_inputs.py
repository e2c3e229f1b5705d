"""Which files a load takes, and what is said of those it cannot take: before anything is loaded."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from knotwork_graph.errors import InputError, MappingError
from knotwork_graph.facts import FactLog
from knotwork_resolvers.loading import Mapping, load
from tests.unit.loading.made_events import an_event, as_line

Write = Callable[..., Path]


def test_a_folder_is_read_to_the_bottom_in_order(
    log: FactLog, write: Write, tmp_path: Path, facts: Callable[..., list[object]]
) -> None:
    for name in ("in/b/2.jsonl", "in/a/3.ndjson", "in/1.json", "in/.hidden/4.jsonl", "in/notes.md"):
        write(an_event(name), name=name)
    load([tmp_path / "in"], log)
    assert facts("message_id") == ["in/1.json", "in/a/3.ndjson", "in/b/2.jsonl"]


def test_standard_input(log: FactLog, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(as_line(an_event()).encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert load([Path("-")], log).accepted == 1


def test_a_named_pipe_is_read_once(log: FactLog, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(as_line(an_event()) + "\n"))
    writer.start()
    assert load([pipe], log).accepted == 1
    writer.join()


def missing(folder: Path) -> Path:
    return folder / "none.jsonl"


def empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def folder_named_like_a_file(folder: Path) -> Path:
    (folder / "rows.csv").mkdir()
    return folder / "rows.csv"


def unknown_ending(folder: Path) -> Path:
    (folder / "events.xlsx").write_bytes(b"PK")
    return folder / "events.xlsx"


def utf16(folder: Path) -> Path:
    (folder / "events.jsonl").write_bytes(as_line(an_event()).encode("utf-16"))
    return folder / "events.jsonl"


def broken_gzip(folder: Path) -> Path:
    (folder / "events.jsonl.gz").write_bytes(b"\x1f\x8bnonsense")
    return folder / "events.jsonl.gz"


UNUSABLE: list[tuple[Callable[[Path], Path], str]] = [
    (missing, "there is no such file or folder"),
    (empty_folder, "holds no file that can be loaded"),
    (folder_named_like_a_file, "this is a folder"),
    (unknown_ending, "does not tell what this file is"),
    (utf16, "is UTF-16. Save it as UTF-8"),
    (broken_gzip, "cannot be read.*Nothing of it was loaded"),
]


@pytest.mark.parametrize(("make", "error"), UNUSABLE, ids=lambda value: getattr(value, "__name__", ""))
def test_a_file_that_is_no_use_stops_the_load_before_it_starts(
    make: Callable[[Path], Path], error: str, log: FactLog, write: Write, tmp_path: Path
) -> None:
    good = write(an_event(), name="good.jsonl")
    with pytest.raises(InputError, match=error):
        load([good, make(tmp_path)], log)
    assert log.event_count() == 0


def test_a_file_that_ends_too_soon_keeps_what_came_before(log: FactLog, tmp_path: Path) -> None:
    lines = [as_line(an_event(number, traits={"a": os.urandom(50).hex()})) for number in range(2_000)]
    file = tmp_path / "events.jsonl.gz"
    whole = gzip.compress("\n".join(lines).encode())
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cannot be read.*rows before the fault are loaded.*nothing is doubled"):
        load([file], log, block_bytes=10_000)
    kept = log.event_count()
    file.write_bytes(whole)
    report = load([file], log)
    assert 0 < kept < 2_000
    assert (report.accepted, report.duplicate) == (2_000 - kept, kept)


def test_nothing_to_load(log: FactLog) -> None:
    with pytest.raises(InputError, match="nothing to load"):
        load([], log)


def test_json_lines_take_no_mapping(log: FactLog, write: Write, mapping: Callable[[str], Mapping]) -> None:
    useless = mapping('[source]\nname = "x"\ntimestamp = "t"\n[identifiers]\nemail = "e"')
    with pytest.raises(MappingError, match="Load these files without --mapping"):
        load([write(an_event())], log, mapping=useless)


def test_types_that_the_policy_does_not_name_are_noted(log: FactLog, write: Write) -> None:
    file = write(an_event(identifiers={"email": "a", "zalo": "b", "line": "c"}))
    assert load([file], log, policy_types=["email", "line"]).notes == (
        "identifier type `zalo` is not in the policy; it links with the defaults",
    )


def test_progress_is_told_what_was_received(log: FactLog, write: Write) -> None:
    told: list[int] = []
    load([write(*(an_event(number) for number in range(100)))], log, progress=told.append, block_bytes=3_000)
    assert told == sorted(told)
    assert (len(told) > 2, told[-1]) == (True, 100)
