"""Taking turns at the log: one thread of one process changes it, and nobody who waits is passed over."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import RLock
from types import TracebackType
from weakref import finalize

from knotwork_graph.facts.disk import disk_errors

NAME, NEXT = "turn", "turn.next"
"""Held by whose turn it is; and, while they wait for it, by whoever is next."""


class Turn:
    """A block in which nobody else changes the log in ``folder``, be it another thread or another process.

    A thread may enter it again. The operating system ends the turn of a process that dies. Whoever leaves it and comes
    back at once queues behind those who waited meanwhile: a long load lets single events in between its blocks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = RLock()
        self._depth = 0
        self._handles: tuple[int, int] | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if not self._depth:
                self._wait()
            self._depth += 1
        except BaseException:  # whatever it was goes on up
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth and self._handles is not None:
            fcntl.flock(self._handles[0], fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Give the files back; they are opened again when they are needed again."""
        with self._threads:
            if self._handles is not None and not self._depth:
                self._end()
                self._handles = None

    def _wait(self) -> None:
        turn, following = self._handles or self._opened()
        fcntl.flock(following, fcntl.LOCK_EX)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)

    def _opened(self) -> tuple[int, int]:
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            turn, following = (os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o644) for name in (NAME, NEXT))
        self._handles = turn, following
        self._end = finalize(self, _close, turn, following)
        return self._handles


def _close(*handles: int) -> None:
    for handle in handles:
        os.close(handle)
