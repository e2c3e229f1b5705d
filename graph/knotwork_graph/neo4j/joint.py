"""One transaction for all that a thread reads and writes for a while: an event is then known whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.ahead import Ahead
from knotwork_graph.neo4j.standing import Remembered
from knotwork_graph.neo4j.work import Runner, Work

T = TypeVar("T")
OVER = "something failed before in the same transaction, so nothing of it was kept. Run the command again."


class Opened(Protocol):
    """A transaction that was begun."""

    runner: Runner

    def commit(self) -> None:
        """All of it happens."""

    def close(self) -> None:
        """Give everything back; what was not committed did not happen."""


class Joint:
    """Begun with the first statement. Whatever fails in it ends it, for nobody could tell what of it had happened.

    ``apart``: what comes is too much for one transaction, and happens step by step.
    """

    def __init__(self, begin: Callable[[], Opened], standing: Remembered) -> None:
        self._begin = begin
        self._opened: Opened | None = None
        self._ahead = Ahead(standing)
        self._failed = False
        self.apart = False

    def read(self, work: Callable[[Work], T]) -> T:
        """What ``work`` comes back with. Raises ``StoreError`` where something failed before."""
        if self._failed:
            raise StoreError(OVER)
        try:
            return work(self._work())
        except BaseException:  # whatever it was goes on up; what was begun is not to be gone on with
            self._failed = True
            self.close()
            raise

    def write(self, work: Callable[[Work], T]) -> T:
        """The same for what writes: what was read ahead before is not relied on after."""
        done = self.read(work)
        self._ahead.written()
        return done

    def commit(self) -> None:
        """All that was done happens. Raises ``StoreError`` where something of it has failed."""
        if self._failed:
            raise StoreError(OVER)
        if self._opened is not None:
            self._opened.commit()
            self._opened.close()
            self._opened = None

    def close(self) -> None:
        """Nothing happens of what was not committed, nor is it remembered."""
        opened, self._opened = self._opened, None
        if opened is not None:
            self._ahead.standing.forget()
            opened.close()

    def part(self) -> None:
        """Commit what was done so far; what follows does not join it."""
        self.commit()
        self.apart = True

    def _work(self) -> Work:
        if self._opened is None:
            self._opened = self._begin()
        return Work(self._opened.runner, self._ahead)
