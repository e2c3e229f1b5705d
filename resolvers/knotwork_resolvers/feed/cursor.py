"""Cursors: places in the feed that stay good, whatever is published later and however often it is restarted."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from knotwork_graph.errors import UsageError
from knotwork_graph.ports import Publications

FORM = "1"
STRANGE = (
    "this is no cursor of the change feed. Give one as `knotwork changes` printed it, or none to begin at the start."
)
ELSEWHERE = (
    "this cursor is of the change feed of another workspace, or of this one before it was restored from a backup. "
    "Read the feed again from its start."
)


@dataclass(frozen=True, slots=True)
class Place:
    """``whole`` publications were told wholly, and of the next one its first ``taken`` entries."""

    whole: int = 0
    taken: int = 0

    @property
    def publications(self) -> int:
        """How many publications it takes for this place to be."""
        return self.whole + (self.taken > 0)


def cursor_of(place: Place, published: Publications) -> str:
    """The cursor for a place. It holds when the last publication before it was, so that another feed's is known."""
    at = int(published.at[place.publications - 1]) if place.publications else 0
    numbers = ".".join((FORM, *map(str, (place.whole, place.taken, at))))
    return urlsafe_b64encode(numbers.encode()).decode().rstrip("=")


def place_of(cursor: str | None, published: Publications) -> Place:
    """The place that a cursor stands for, the start for none. Raises ``UsageError`` for one of no feed or another's."""
    if cursor is None:
        return Place()
    whole, taken, at = _numbers(cursor)
    place = Place(whole, taken)
    if place.publications > len(published.at) or cursor_of(place, published) != _written(whole, taken, at):
        raise UsageError(ELSEWHERE)
    return place


def _numbers(cursor: str) -> tuple[int, int, int]:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError as error:  # what is wrong with its letters, whichever it is
        raise UsageError(STRANGE) from error
    form, *numbers = text.split(".")
    if form != FORM or len(numbers) != 3 or not all(one.isdecimal() and len(one) < 20 for one in numbers):
        raise UsageError(STRANGE)
    whole, taken, at = map(int, numbers)
    return whole, taken, at


def _written(whole: int, taken: int, at: int) -> str:
    return urlsafe_b64encode(f"{FORM}.{whole}.{taken}.{at}".encode()).decode().rstrip("=")
