"""Bytes become lines, whatever the blocks are cut like."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from knotwork_graph.facts import FactLog
from knotwork_graph.model import LoadReport
from knotwork_resolvers.loading import lines, load
from tests.unit.loading.made_events import an_event, as_line

Loaded = Callable[..., LoadReport]
Facts = Callable[..., list[Any]]
BOM = b"\xef\xbb\xbf"


def numbered(text: bytes, size: int) -> list[tuple[int, str]]:
    """Line number and text of each line that is not blank."""
    found = [
        pair
        for block in lines.blocks("f", io.BytesIO(text), size)
        for pair in zip(block.numbers, block.lines.to_pylist(), strict=True)
    ]
    return [(int(number), line.rstrip()) for number, line in found if line and line.strip()]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1 << 20])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_lines_keep_their_numbers(size: int, end: bytes) -> None:
    text = BOM + b"one\n\nthree\r\n" + "bốn".encode() + b"\n     \n" + b"six" + end
    assert numbered(text, size) == [(1, "one"), (3, "three"), (4, "bốn"), (6, "six")]


@pytest.mark.parametrize("size", [1, 2, 64])
def test_a_last_line_of_one_character_is_a_line(size: int) -> None:
    assert numbered(b"a\n\nb", size) == [(1, "a"), (3, "b")]
    assert numbered(b"x", size) == [(1, "x")]


@pytest.mark.parametrize("size", [1, 5, 64])
def test_a_mark_of_utf8_in_the_middle_stays(size: int) -> None:
    assert numbered(b"a\n" + BOM + b"b\n", size) == [(1, "a"), (2, "\ufeffb")]


@pytest.mark.parametrize("text", [b"", b"\n", BOM, b"\r\n\r\n", b"   \n\t\n"])
def test_nothing_is_received_from_blank_files(text: bytes, loaded: Loaded, tmp_path: Path, log: FactLog) -> None:
    file = tmp_path / "blank.jsonl"
    file.write_bytes(text)
    assert load([file], log).line() == "received 0 = accepted 0 + duplicate 0 + rejected 0"
    assert log.segments() == ()


def test_blank_lines_are_not_received_but_counted_as_lines(loaded: Loaded, reasons: Callable[..., list[str]]) -> None:
    report = loaded("", an_event(1), "  ", "\t", "nonsense", "")
    assert (report.received, report.accepted, report.rejected) == (2, 1, 1)
    assert '"line": 5' in Path(report.dead_letters).read_text("utf-8")


def packed(text: bytes, how: str) -> bytes:
    """The bytes as gzip or zstd packs them, or as they are."""
    if how != "zstd":
        return gzip.compress(text) if how else text
    whole = pa.BufferOutputStream()
    with pa.CompressedOutputStream(whole, "zstd") as stream:
        stream.write(text)
    return bytes(whole.getvalue())


def test_packed_bytes_are_known_by_their_start_not_by_the_name(tmp_path: Path, log: FactLog) -> None:
    names = {"a.jsonl": "gzip", "b.jsonl.gz": "gzip", "c.jsonl.gz": "", "d.ndjson": "", "e.jsonl.zst": "zstd"}
    names |= {"f.json": "zstd", "g.jsonl.zst": ""}
    for number, (name, how) in enumerate(names.items()):
        (tmp_path / name).write_bytes(packed(as_line(an_event(number)).encode(), how))
    assert load(sorted(tmp_path.glob("*.*")), log).accepted == 7


@pytest.mark.parametrize("how", ["gzip", "zstd", ""])
def test_a_stream_may_be_packed_or_not(how: str, log: FactLog) -> None:
    text = "\n".join(as_line(an_event(number)) for number in range(100)).encode()
    report = load(io.BytesIO(packed(text, how)), log, block_bytes=1_000)
    assert report.accepted == 100


def test_one_bad_line_of_many_is_found_in_every_block(loaded: Loaded, log: FactLog) -> None:
    rows: list[object] = [an_event(number) for number in range(1_000)]
    rows[::100] = [b'{"source": "\xff"}'] * 10
    report = loaded(*rows, block_bytes=2_000)
    assert (report.accepted, report.rejected) == (990, 10)
    letters = Path(report.dead_letters).read_text("utf-8")
    assert [f'"line": {line},' in letters for line in range(1, 1_001, 100)] == [True] * 10
    assert '{\\"source\\": \\"\\\\xff\\"}' in letters


def test_events_stand_in_the_order_of_the_file(loaded: Loaded, facts: Facts) -> None:
    loaded(*(an_event(number) for number in range(3_000)), block_bytes=100_000)
    assert facts("message_id") == [str(number) for number in range(3_000)]
