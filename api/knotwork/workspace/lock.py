"""One writer at a time: a lock that the operating system drops when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from knotwork_graph.errors import WorkspaceBusyError, WorkspaceError

AGAIN = 0.005
"""Seconds until a lock that another holds is tried again."""


@contextmanager
def writing(path: Path, what: str, patience: float = 0, *, behind: str = "") -> Iterator[None]:
    """Hold the lock at ``path`` to do ``what``; where another holds it, ``WorkspaceBusyError`` names who.

    With ``patience`` it is tried for so many seconds; with ``behind`` only while whoever holds it does that.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise WorkspaceError(
            f"{path.parent}: cannot write here: {error.strerror}. Check the folder's owner."
        ) from error
    try:
        _take(handle, monotonic() + patience, behind)
        _sign(handle, what)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, until: float, behind: str) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
            unsigned = not holder  # in the moment after it was taken, and in that before it is given back
            if monotonic() >= until or not (unsigned or f"({behind}" in holder):
                raise WorkspaceBusyError(holder or "another process") from error
            sleep(AGAIN)
        else:
            return


def _sign(handle: int, what: str) -> None:
    """Leave a word for whoever finds the lock taken."""
    os.ftruncate(handle, 0)
    since = datetime.now(UTC).strftime("%H:%M:%S UTC")
    os.pwrite(handle, f"process {os.getpid()} ({what}, since {since})".encode(), 0)
