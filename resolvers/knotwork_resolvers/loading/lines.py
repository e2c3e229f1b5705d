"""JSON lines: a stream of bytes to blocks of lines, without a step for each line."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from knotwork_resolvers.loading.block import BLOCK_BYTES, KEPT, LONGEST_LINE, MEGABYTE, Block, Refusal, kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ends = NDArray[np.int64]

NEWLINE = 10
STRIDE = MEGABYTE
TOO_LONG = f"line is longer than {LONGEST_LINE // MEGABYTE} MB"
NOT_UTF8 = "line is not UTF-8 text"


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first bytes of a line that is too long to be held."""

    text: bytes


def blocks(file: str, stream: BinaryIO, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """The lines of ``stream`` in blocks of about ``size`` bytes; memory is a few blocks, whatever the file's size."""
    line = 1
    for piece in _pieces(stream, size):
        if isinstance(piece, Beginning):
            yield _overlong(file, piece, line)
            line += 1
        else:
            block = _block(file, piece, line)
            line += len(block.numbers)
            yield block


def _pieces(stream: BinaryIO, size: int) -> Iterator[memoryview | Beginning]:
    """The stream's bytes, cut after a newline, without the mark that some programs put before UTF-8."""
    rest = stream.read(len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
    ended = False
    while not ended:
        text, ended = _filled(stream, rest, size)
        cut = len(text) if ended else text.rfind(b"\n") + 1
        if cut:
            yield memoryview(text)[:cut]
        rest = bytes(memoryview(text)[cut:])
        if len(rest) > LONGEST_LINE:
            yield Beginning(rest[: 4 * KEPT])
            rest = _after_newline(stream, size)


def _filled(stream: BinaryIO, rest: bytes, size: int) -> tuple[bytearray, bool]:
    """``rest`` and the next ``size`` bytes of the stream, and whether it ended there; copies nothing but ``rest``."""
    text = bytearray(len(rest) + size)
    text[: len(rest)] = rest
    filled = len(rest)
    with memoryview(text) as view:
        while filled < len(view):
            with view[filled:] as room:
                count = cast("io.BufferedIOBase", stream).readinto(room)
            if not count:
                break
            filled += count
    ended = filled < len(text)
    del text[filled:]
    return text, ended


def _after_newline(stream: BinaryIO, size: int) -> bytes:
    """What follows the line that the stream stands in, as far as it is read already."""
    while data := stream.read(size):
        _, newline, after = data.partition(b"\n")
        if newline:
            return after
    return b""


def _block(file: str, text: memoryview, first_line: int) -> Block:
    """The block of the whole lines in ``text``."""
    import numpy as np

    ends = _ends(text)
    lengths = np.diff(ends, prepend=0)
    present = lengths > 1
    present[-1] |= text[-1] != NEWLINE  # without its newline, one character is a whole line
    refused = [
        _refuse(text, ends, int(index), first_line, TOO_LONG) for index in np.flatnonzero(lengths > LONGEST_LINE)
    ]
    present[lengths > LONGEST_LINE] = False
    lines = _array(text, ends, present)
    if not _is_utf8(lines):
        bad = [index for index in _not_utf8(text, ends) if present[index]]
        refused += [_refuse(text, ends, index, first_line, NOT_UTF8) for index in bad]
        present[bad] = False
        lines = _array(text, ends, present)
    return Block(file, lines, np.arange(first_line, first_line + len(ends), dtype=np.int64), refused)


def _ends(text: memoryview) -> Ends:
    """Where each line of ``text`` ends, its newline included; the last line may lack one."""
    import numpy as np

    codes = np.frombuffer(text, np.uint8)
    # piece by piece, so that what is compared stays in the processor's cache
    starts = range(0, len(codes), STRIDE)
    ends = np.concatenate([np.flatnonzero(codes[start : start + STRIDE] == NEWLINE) + start + 1 for start in starts])
    return ends if len(ends) and ends[-1] == len(text) else np.append(ends, len(text))


def _array(text: memoryview, ends: Ends, present: NDArray[np.bool_]) -> Any:
    """An Arrow array over the bytes of ``text``, not copied; null where a line is not ``present``."""
    import numpy as np
    import pyarrow as pa

    offsets = np.concatenate([np.zeros(1, np.int64), ends.astype(np.int64)])
    valid = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(text), valid)


def _is_utf8(lines: Any) -> bool:
    """Whether every line that is present is UTF-8."""
    import pyarrow as pa

    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _not_utf8(text: memoryview, ends: Ends) -> list[int]:
    """The indices of the lines that are not UTF-8; decodes from bad line to bad line, so O(bytes) in all."""
    import numpy as np

    bad: list[int] = []
    start = 0
    while start < len(text):
        try:
            codecs.utf_8_decode(text[start:], "strict", True)
            break
        except UnicodeDecodeError as error:
            index = int(np.searchsorted(ends, start + error.start, side="right"))
            bad.append(index)
            start = int(ends[index])
    return bad


def _refuse(text: memoryview, ends: Ends, index: int, first_line: int, reason: str) -> Refusal:
    """The refusal of one line; of a line that is too long, its beginning."""
    start = int(ends[index - 1]) if index else 0
    row = text[start : int(ends[index])]
    return Refusal(
        first_line + index, reason, reason, _beginning(bytes(row[: 4 * KEPT])) if reason is TOO_LONG else kept(row)
    )


def _overlong(file: str, piece: Beginning, line: int) -> Block:
    """A block of no lines but one refusal: a line too long to be read at all."""
    import numpy as np
    import pyarrow as pa

    refusal = Refusal(line, TOO_LONG, TOO_LONG, _beginning(piece.text))
    return Block(file, pa.array([None], pa.large_string()), np.array([line], np.int64), [refusal])


def _beginning(row: bytes) -> str:
    """The first characters of a row that is too long to keep."""
    return row.decode("utf-8", "backslashreplace")[:KEPT]
