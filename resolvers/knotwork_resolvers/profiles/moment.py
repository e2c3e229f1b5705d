"""The moment that a profile is computed for: what fades, and how long ago something was, are counted from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from knotwork_graph.model import to_micros

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphReader


@dataclass(frozen=True, slots=True)
class Moment:
    """``now`` in microseconds; events after ``until`` are left out, and without it every event counts.

    An event whose clock ran ahead of ``now`` happened now.
    """

    now: int
    until: int | None = None

    def holds(self, at: int) -> bool:
        """Whether an event of this time counts."""
        return self.until is None or at <= self.until


def moment_of(store: GraphReader, as_of: datetime | None = None) -> Moment:
    """The moment of the run that readers see, with every event; or the one asked for, with the events up to it."""
    if as_of is None:
        return Moment(store.state().as_of)
    return Moment(to_micros(as_of), to_micros(as_of))


def until_sql(moment: Moment) -> str:
    """What a query adds to its conditions."""
    return "" if moment.until is None else f' AND epoch_us("timestamp") <= {moment.until}'
