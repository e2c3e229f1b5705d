"""Stays: who is in which segment, since when and by which run, and who was. Only the layout is known here.

``folder/<n>/`` is what looking at everybody for the ``n``-th time has found: ``open.parquet``, the stays that hold on
(``customer, segment, entered_at, entered_run``, by customer and segment); ``left.parquet``, those that ended since the
time before (with ``left_at, left_run`` too); ``due.parquet``, when time alone next changes what is said of a customer
(``customer, at``, by customer). ``since.db``: what came since. Times are microseconds.

A folder is written under a temporary name and put in place by one rename. Older ones keep what ended: the history.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knotwork_graph.facts.disk import disk_errors, sync

OPEN, LEFT, DUE, SINCE = "open.parquet", "left.parquet", "due.parquet", "since.db"
TEMPORARY = ".tmp"
KEPT = 2
"""So many folders are kept whole: one that was replaced may still be read."""


class StayFolders:
    """The stays of one workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def turn(self, *, wait: bool = True) -> Iterator[bool]:
        """Only one process at a time is inside; others wait, or without ``wait`` hear False and may do nothing.

        It is free when its holder dies.
        """
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / "turn", os.O_RDWR | os.O_CREAT, 0o644)
            try:
                yield _taken(handle, wait=wait)
            finally:
                os.close(handle)

    def current(self) -> int:
        """The number of the newest folder, 0 where there is none."""
        return max(self._numbers(), default=0)

    def path(self, number: int, name: str) -> Path:
        """A file of one folder, whether there is one or not."""
        return self.folder / str(number) / name

    def left(self) -> list[Path]:
        """The files of all stays that ended until the newest folder was made, oldest first."""
        return [path for number in sorted(self._numbers()) if (path := self.path(number, LEFT)).exists()]

    @contextmanager
    def writing(self, number: int) -> Iterator[Path]:
        """A folder to write into; it is put in place when the block ends well, and older ones are thinned out."""
        temporary = self.folder / f"{number}{TEMPORARY}"
        with disk_errors(self.folder):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            yield temporary
            for path in (*temporary.iterdir(), temporary):
                sync(path)
            temporary.rename(self.folder / str(number))
            sync(self.folder)
        self._thin(number)

    def _thin(self, newest: int) -> None:
        for number in self._numbers():
            for name in (OPEN, DUE, SINCE, f"{SINCE}-wal", f"{SINCE}-shm") if number <= newest - KEPT else ():
                self.path(number, name).unlink(missing_ok=True)

    def _numbers(self) -> list[int]:
        found = self.folder.iterdir() if self.folder.exists() else ()
        return [int(path.name) for path in found if path.name.isdigit()]


def _taken(handle: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
