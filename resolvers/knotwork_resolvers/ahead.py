"""Working ahead: the next of something is made while the one before it is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

THREAD = "knotwork-ahead"


def ahead(items: Iterator[T], room: int = 1) -> Generator[T, None, None]:
    """The same items (none of them None) in the same order, made in another thread, ``room`` of them ahead at most.

    Nothing is made before somebody asks. What making an item raises is raised here. A generator of items is closed in
    the thread that it ran in, be it at its end or where nobody wants more.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=THREAD) as pool:
        waiting = deque(pool.submit(_next, items) for _ in range(room))
        try:
            while (item := waiting.popleft().result()) is not None:
                waiting.append(pool.submit(_next, items))
                yield item
        finally:
            for one in waiting:
                one.cancel()
            pool.submit(_close, items)


def _next(items: Iterator[T]) -> T | None:
    """The next item, or None at the end."""
    return next(items, None)


def _close(items: Iterator[T]) -> None:
    if isinstance(items, Generator):
        items.close()
