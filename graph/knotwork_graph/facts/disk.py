"""Making bytes outlive a power cut, and saying in words what a disk refused."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knotwork_graph.errors import DiskFullError, StoreError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL_WORDS = ("no space left", "disk is full", "disk quota", "file too large")


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """A block in which whatever the disk refuses becomes ``DiskFullError`` or ``StoreError``, with its cause."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, StoreError | BrokenPipeError):  # whoever reads our output went away; no disk did
            raise
        raise _translated(error, folder) from error


def _translated(error: OSError | sqlite3.Error, folder: Path) -> StoreError:
    """The error of ours that says what ``error`` means for the person at the keyboard."""
    text = str(error).lower()
    if getattr(error, "errno", None) in FULL or any(words in text for words in FULL_WORDS):
        return DiskFullError(
            f"{folder}: the disk is full. What was acknowledged is kept, the rest was not taken: "
            "make room, then run the same command again; nothing is doubled."
        )
    return StoreError(
        f"{folder}: the disk refused to read or write ({_words(error)}). Check that it is there and yours."
    )


def _words(error: Exception) -> str:
    """The short text of an error of the operating system or of SQLite."""
    return getattr(error, "strerror", None) or str(error)


def sync(path: Path) -> None:
    """Nothing comes back; when it does, the file or folder at ``path`` is on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(temporary: Path, final: Path) -> None:
    """Nothing comes back; ``final`` holds the whole of ``temporary``, or (after a crash) nothing of it."""
    sync(temporary)
    temporary.replace(final)
    sync(final.parent)
