"""Two places at once: sessions of two sides that overlap in time, in places that cannot be one.

Where an event was is what its properties say by one of ``PLACES``; a trait says where somebody lives, and counts for
nothing here. Like is compared with like: one till is not another one, and a city is no till.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from knotwork_graph.model import from_micros
from knotwork_resolvers.sessions import SESSION_GAP

if TYPE_CHECKING:
    import pyarrow as pa

PLACES = ("till", "store", "shop", "branch", "district", "city", "province", "country")
"""The properties that tell where an event was, the most exact first."""

COLUMNS = ("timestamp", "properties", "bears")


@dataclass(slots=True)
class Session:
    """Events of one side with no longer a pause between them than a session's; where they were, by kind of place."""

    begun: int
    ended: int
    places: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two sessions at once: from when until when, and which kind of place is another."""

    begun: datetime
    ended: datetime
    place: str


def of_bearers(rows: pa.Table, mine: Collection[int], theirs: Collection[int]) -> tuple[pa.Table, pa.Table]:
    """Those of ``rows`` that bear one of ``mine`` and none of ``theirs``, and those that do the other way round."""
    import pyarrow as pa

    borne = [frozenset(bears or ()) for bears in rows["bears"].to_pylist()]
    here, there = ([not some.isdisjoint(one) for one in borne] for some in (frozenset(mine), frozenset(theirs)))
    left = pa.array([one and not other for one, other in zip(here, there, strict=True)], pa.bool_())
    right = pa.array([other and not one for one, other in zip(here, there, strict=True)], pa.bool_())
    return rows.filter(left), rows.filter(right)


def overlaps(left: pa.Table, right: pa.Table) -> tuple[Overlap, ...]:
    """The moments at which both were in different places; of two sides' events by time. O(events of both)."""
    return tuple(_overlaps(sessions_of(left), sessions_of(right)))


def _overlaps(left: Sequence[Session], right: Sequence[Session]) -> Iterator[Overlap]:
    """Both in turns: sessions of one side never overlap each other."""
    i = j = 0
    while i < len(left) and j < len(right):
        one, other = left[i], right[j]
        begun, ended = max(one.begun, other.begun), min(one.ended, other.ended)
        place = _apart(one, other) if begun <= ended else None
        if place is not None:
            yield Overlap(from_micros(begun), from_micros(ended), place)
        if one.ended <= other.ended:
            i += 1
        else:
            j += 1


def _apart(one: Session, other: Session) -> str | None:
    """The widest kind of place in which two sessions have nothing in common, where both tell."""
    apart = (name for name in reversed(PLACES) if name in one.places and name in other.places)
    return next((name for name in apart if one.places[name].isdisjoint(other.places[name])), None)


def sessions_of(rows: pa.Table) -> list[Session]:
    """The sessions of one side, in order; ``rows`` by time."""
    import pyarrow as pa

    found: list[Session] = []
    moments = rows["timestamp"].cast(pa.int64()).to_pylist()
    for at, text in sorted(zip(moments, rows["properties"].to_pylist(), strict=True), key=lambda one: one[0]):
        if not found or at - found[-1].ended > SESSION_GAP:
            found.append(Session(at, at))
        found[-1].ended = at
        for name, value in _places(text):
            found[-1].places.setdefault(name, set()).add(value)
    return found


def _places(text: str | None) -> Iterator[tuple[str, str]]:
    if text is None or not any(name in text for name in PLACES):
        return
    told = json.loads(text)
    for name in PLACES:
        value = told.get(name)
        if isinstance(value, str | int) and str(value).strip():
            yield name, str(value).strip().casefold()
