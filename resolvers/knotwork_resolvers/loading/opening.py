"""Opening what people give: packed or not, and saying why a file cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from knotwork_graph.errors import InputError

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ENDINGS = (".gz", ".zst")


def opened(file: Path) -> BinaryIO:
    """The bytes of the file, unpacked where they start as gzip or zstd does, whatever the name says."""
    with file.open("rb") as stream:
        start = stream.read(len(ZSTD_MAGIC))
    if start.startswith(GZIP_MAGIC):
        return cast("BinaryIO", gzip.open(file, "rb"))
    return _without_zstd(file.open("rb")) if start == ZSTD_MAGIC else file.open("rb")


def unpacked(stream: BinaryIO) -> BinaryIO:
    """The same for a stream that can be read once only."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    start = buffered.peek(len(ZSTD_MAGIC))
    if start.startswith(GZIP_MAGIC):
        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
    return _without_zstd(buffered) if start.startswith(ZSTD_MAGIC) else buffered


def _without_zstd(stream: io.BufferedReader) -> BinaryIO:
    """What a stream packed with zstd holds; closing it closes the stream."""
    import pyarrow as pa

    return io.BufferedReader(cast("io.RawIOBase", pa.CompressedInputStream(stream, "zstd")))


@contextmanager
def read_errors(name: str | Path, done: str = "Nothing of it was loaded.") -> Iterator[None]:
    """A block in which whatever the reading of ``name`` raises becomes ``InputError``; ``done`` says what it left."""
    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        if isinstance(error, InputError):
            raise
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number else str(error)
        raise InputError(
            f"{name}: cannot be read: {reason}. {done} Mend the file, then load it again: nothing is doubled."
        ) from error


PARTLY = "The rows before the fault are loaded."
