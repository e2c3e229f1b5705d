"""One line of the change feed, and a page of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What became of a customer when readers were sent to ``run`` at the moment ``at``, and why.

    ``kind`` is created, merged, split, moved or retired. The ``identifiers`` (keys, sorted) were the customer
    ``other``'s and are ``customer``'s now; of one that is retired they were ``customer``'s. An empty id is nobody.
    ``cursor`` leads to the entries after this one.
    """

    cursor: str
    kind: str
    customer: str
    other: str
    identifiers: tuple[str, ...]
    run: int
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Entries in the order of the feed; ``cursor`` leads to what comes after them, ``more``: something does already."""

    entries: tuple[FeedEntry, ...]
    cursor: str
    more: bool

    def __iter__(self) -> Iterator[FeedEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
