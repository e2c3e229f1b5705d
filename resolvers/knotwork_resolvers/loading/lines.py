"""JSON lines: a stream of bytes to blocks of lines, without a step for each line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from knotwork_resolvers.loading.block import BLOCK_BYTES, KEPT, LONGEST_LINE, MEGABYTE, Block, Refusal, kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ends = NDArray[np.int64]

NEWLINE = 10
TOO_LONG = f"line is longer than {LONGEST_LINE // MEGABYTE} MB"
NOT_UTF8 = "line is not UTF-8 text"


def blocks(file: str, stream: BinaryIO, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """The lines of ``stream`` in blocks of about ``size`` bytes; memory is a few blocks, whatever the file's size."""
    line = 1
    for piece in _pieces(stream, size):
        if isinstance(piece, bytes):
            block = _block(file, piece, line)
            line += len(block.numbers)
            yield block
        else:
            yield _overlong(file, piece, line)
            line += 1


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes | bytearray]:
    """The stream's bytes, cut after a newline; a line beyond all limits comes as the ``bytearray`` of its beginning."""
    rest = b""
    first = True
    while data := stream.read(size):
        text = rest + data
        if first:
            text, first = text.removeprefix(codecs.BOM_UTF8), False
        cut = text.rfind(b"\n") + 1
        if cut:
            yield text[:cut]
        rest = text[cut:]
        if len(rest) > LONGEST_LINE:
            head, rest = bytearray(rest[: 4 * KEPT]), _after_newline(stream, size)
            yield head
    if rest:
        yield rest


def _after_newline(stream: BinaryIO, size: int) -> bytes:
    """What follows the line that the stream stands in, as far as it is read already."""
    while data := stream.read(size):
        _, newline, after = data.partition(b"\n")
        if newline:
            return after
    return b""


def _block(file: str, text: bytes, first_line: int) -> Block:
    """The block of the whole lines in ``text``."""
    import numpy as np

    ends = _ends(text)
    lengths = np.diff(ends, prepend=0)
    present = lengths > 1
    refused: list[Refusal] = []
    for index in np.flatnonzero(lengths > LONGEST_LINE):
        refused.append(_refuse(text, ends, int(index), first_line, TOO_LONG))
        present[index] = False
    lines = _array(text, ends, present)
    bad = _not_utf8(text, ends) if not _is_utf8(lines) else []
    if bad:
        refused += [_refuse(text, ends, index, first_line, NOT_UTF8) for index in bad if present[index]]
        present[bad] = False
        lines = _array(text, ends, present)
    return Block(file, lines, np.arange(first_line, first_line + len(ends), dtype=np.int64), refused)


def _ends(text: bytes) -> Ends:
    """Where each line of ``text`` ends, its newline included; the last line may lack one."""
    import numpy as np

    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == NEWLINE) + 1
    return ends if len(ends) and ends[-1] == len(text) else np.append(ends, len(text))


def _array(text: bytes, ends: Ends, present: NDArray[np.bool_]) -> Any:
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


def _not_utf8(text: bytes, ends: Ends) -> list[int]:
    """The indices of the lines that are not UTF-8; decodes from bad line to bad line, so O(bytes) in all."""
    import numpy as np

    view = memoryview(text)
    bad: list[int] = []
    start = 0
    while start < len(text):
        try:
            codecs.utf_8_decode(view[start:], "strict", True)
            break
        except UnicodeDecodeError as error:
            index = int(np.searchsorted(ends, start + error.start, side="right"))
            bad.append(index)
            start = int(ends[index])
    return bad


def _refuse(text: bytes, ends: Ends, index: int, first_line: int, reason: str) -> Refusal:
    """The refusal of one line; of a line that is too long, its beginning."""
    start = int(ends[index - 1]) if index else 0
    row = text[start : int(ends[index])]
    return Refusal(first_line + index, reason, reason, _beginning(row) if reason is TOO_LONG else kept(row))


def _overlong(file: str, head: bytearray, line: int) -> Block:
    """A block of no lines but one refusal: a line too long to be read at all."""
    import numpy as np
    import pyarrow as pa

    refusal = Refusal(line, TOO_LONG, TOO_LONG, _beginning(bytes(head)))
    return Block(file, pa.array([None], pa.large_string()), np.array([line], np.int64), [refusal])


def _beginning(row: bytes) -> str:
    """The first characters of a row that is too long to keep."""
    return row[: 4 * KEPT].decode("utf-8", "backslashreplace")[:KEPT]
