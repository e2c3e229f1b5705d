"""Events that came after those which a generation, or what came since it, knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from knotwork_graph.facts import Segment
from knotwork_graph.since import COLUMNS, Follows, kept_row
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import NOBODY, Ints
from knotwork_resolvers.opened.owners import SCHEMA
from knotwork_resolvers.ownership import Owned, Reason

FACTS = tuple(name for name in COLUMNS if name not in {"customer", "reason", "bears"})


@dataclass(frozen=True, slots=True)
class Later:
    """All events above the id ``after`` and up to ``upto``: rows as the inbox has them, by id.

    ``bears``: the ids of the usable identifiers of each. ``owned``, below, are theirs in the same order.
    """

    rows: Sequence[Mapping[str, Any]]
    bears: Sequence[list[int]]
    after: int
    upto: int

    @property
    def events(self) -> Ints:
        """The id of each event."""
        return np.array([row["event_id"] for row in self.rows], np.int64)

    def sightings(self) -> tuple[Ints, Ints]:
        """Each sighting: the place of its event, and the identifier's id; by place."""
        pairs = [(place, one) for place, held in enumerate(self.bears) for one in held]
        place, identifier = np.array(pairs, np.int64).reshape(-1, 2).T
        return place, identifier

    def owned_by(self, owned: Owned) -> Iterator[tuple[Any, ...]]:
        """The rows with their owners, as what came since a generation keeps them."""
        told = zip(self.rows, self.bears, owned.customer.tolist(), owned.reason.tolist(), strict=True)
        return (kept_row(row, held, customer, reason) for row, held, customer, reason in told)

    def light(self) -> pa.Table:
        """The columns of a file of owners, as long as nobody has said whose they are."""
        columns = {
            "event_id": self.events,
            "customer": np.full(len(self.rows), NOBODY, np.int64),
            "timestamp": [row["timestamp"] for row in self.rows],
            "reason": np.full(len(self.rows), Reason.UNUSABLE, np.int8),
            "bears": self.bears,
        }
        return pa.table(columns, schema=SCHEMA)

    def named(self) -> dict[int, tuple[str, str]]:
        """Source and message id of each, by event id."""
        return {row["event_id"]: (row["source"], row["message_id"]) for row in self.rows}


def later_of(
    rows: Sequence[Mapping[str, Any]], events: Iterable[int], ids: Iterable[int], *, after: int, upto: int | None = None
) -> Later:
    """The events ``rows`` (by id, all there are above ``after``) with their sightings: ``events`` bear ``ids``."""
    bears: dict[int, list[int]] = {row["event_id"]: [] for row in rows}
    for event, one in zip(events, ids, strict=True):
        if event in bears:
            bears[event].append(one)
    return Later(rows, list(bears.values()), after, max([after, *bears]) if upto is None else upto)


def read_later(home: Home, known: Follows) -> Later:
    """The events after ``known`` that the graph holds."""
    projected = home.store.projected()
    segments, waiting = home.facts.waiting(after=known.upto)
    packed = [one for one in segments if one.last_event > known.upto and projected.holds(one.number, one.last_event)]
    single = [row for row in waiting if row["event_id"] <= projected.upto]
    events, ids = home.sightings.read(packed)
    last = max([known.upto, *(segment.last_event for segment in packed)])
    recent = home.sightings.recent(last, projected.upto) if single else (events[:0], ids[:0])
    borne = np.concatenate([events, recent[0]]), np.concatenate([ids, recent[1]])
    return later_of(_read(packed, known.upto) + single, borne[0].tolist(), borne[1].tolist(), after=known.upto)


def _read(segments: Sequence[Segment], after: int) -> list[dict[str, Any]]:
    """The events of ``segments`` above ``after``, by id."""
    if not segments:
        return []
    paths = [str(segment.path) for segment in segments]
    found = pq.read_table(paths, columns=list(FACTS), filters=[("event_id", ">", after)])
    rows: list[dict[str, Any]] = found.sort_by("event_id").to_pylist()
    return rows
