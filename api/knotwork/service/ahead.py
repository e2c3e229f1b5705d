"""Making the next part of something while the last one is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
ROOM = 2
PATIENCE = 0.1
"""Seconds after which a thread that waits for room looks whether anybody is left to take what it made."""


@dataclass(frozen=True, slots=True)
class Ended:
    """After the last part: what broke the making off, None for nothing."""

    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Ahead(Generic[T]):
    """Makes parts in a thread of its own, at most ``ROOM`` of them before they are taken."""

    parts: Iterator[T]
    made: Queue[T | Ended] = field(default_factory=lambda: Queue(ROOM))
    gone: Event = field(default_factory=Event)

    def work(self) -> None:
        """Make the parts until they end, or until nobody is there to take them."""
        ended = Ended()
        try:
            for part in self.parts:
                if not self._given(part):
                    break
        except BaseException as error:  # noqa: BLE001 - it is raised again where the parts are taken
            ended = Ended(error)
        close = getattr(self.parts, "close", None)
        if close is not None:  # here, where it was opened
            close()
        self._given(ended)

    def _given(self, one: T | Ended) -> bool:
        while not self.gone.is_set():
            try:
                self.made.put(one, timeout=PATIENCE)
            except Full:
                continue
            return True
        return False


def ahead(parts: Iterator[T]) -> Iterator[T]:
    """The same parts, in their order; the next ones are made while one is taken. Raises what making them raises."""
    making = Ahead(parts)
    thread = Thread(target=making.work, name="export", daemon=True)
    thread.start()
    try:
        while not isinstance(one := making.made.get(), Ended):
            yield one
        if one.error is not None:
            raise one.error
    finally:
        making.gone.set()
        _emptied(making.made)
        thread.join()


def _emptied(made: Queue[T]) -> None:
    """Let go of what nobody takes."""
    try:
        while True:
            made.get_nowait()
    except Empty:
        pass
