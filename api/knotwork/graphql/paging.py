"""Pages of lists that a service gives whole, and what a request for a page means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from knotwork.graphql.cursors import Cursors
from knotwork.graphql.errors import problem
from knotwork.graphql.nodes import PageInfo

MOST = 100


@dataclass(frozen=True, slots=True)
class Turned:
    """A request for a page: so many, forward or backward, from the place of a cursor or from an end."""

    count: int
    cursor: str | None
    backward: bool


def turned(
    first: int | None, after: str | None, last: int | None, before: str | None, usual: int = 20, most: int = MOST
) -> Turned:
    """What the four arguments of a connection mean together; a typed error where they mean nothing."""
    backward = last is not None or before is not None
    if backward and (first is not None or after is not None):
        raise problem("BAD_REQUEST", "go forward with `first` and `after`, or backward with `last` and `before`")
    count, name = (last, "last") if backward else (first, "first")
    asked = usual if count is None else count
    if not 1 <= asked <= most:
        raise problem("BAD_REQUEST", f"{name} is {asked}; it must be between 1 and {most}")
    return Turned(asked, before if backward else after, backward)


def page_info(cursors: Sequence[str], wanted: Turned, more: bool) -> PageInfo:
    """The page's place: what lies on the side that it came from is known by there having been a cursor."""
    came = wanted.cursor is not None
    return PageInfo(
        has_next_page=came if wanted.backward else more,
        has_previous_page=more if wanted.backward else came,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def cut(
    rows: Sequence[Any], number: Callable[[Any], int], wanted: Turned, cursors: Cursors
) -> tuple[list[Any], list[str], bool]:
    """The rows of a page out of all, ascending by ``number``; their cursors, and whether there are more beyond."""
    place = cursors.number(wanted.cursor)
    if wanted.backward:
        left = [row for row in rows if place is None or number(row) < place]
        kept = left[-wanted.count :]
    else:
        left = [row for row in rows if place is None or number(row) > place]
        kept = left[: wanted.count]
    return list(kept), [cursors.make(str(number(row))) for row in kept], len(left) > wanted.count
