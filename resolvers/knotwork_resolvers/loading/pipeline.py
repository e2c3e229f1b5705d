"""Working ahead: the next block is read and checked while this one is written."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items in the same order, each made in another thread while the one before it is used.

    What making an item raises is raised here. Holds two items at a time.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="knotwork-load") as pool:
        waiting = pool.submit(_next, items)
        while (item := waiting.result()) is not None:
            waiting = pool.submit(_next, items)
            yield item


def _next(items: Iterator[T]) -> T | None:
    """The next item, or None at the end."""
    return next(items, None)
