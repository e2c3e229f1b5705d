"""Writing a run's generation: every event with its owner, sorted so that one customer's journey lies together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from knotwork_graph.facts import Segment, scan
from knotwork_graph.generations import BEARING, EVENTS, OWNERS
from knotwork_graph.model import GraphArrays
from knotwork_graph.model.arrays import places
from knotwork_graph.policy import Policy
from knotwork_graph.sightings import SightingFiles
from knotwork_resolvers.identity import NOBODY, Resolution
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.bearings import Bearing, by_identifier, write_bearings
from knotwork_resolvers.opened.owners import writing_owners
from knotwork_resolvers.ownership import Owned, Reason, Sighted, own_events, standing_of
from knotwork_resolvers.run.events_file import write_events_file
from knotwork_resolvers.run.rows import CARRIED, Rows
from knotwork_resolvers.run.sorting import in_order

COLUMNS = ("customer", "event_id", "timestamp", *CARRIED, "reason", "bears")
NO_EVENT = NO_ROW = -1
MOMENT = pa.timestamp("us")


@dataclass(frozen=True, slots=True)
class Told:
    """Whose each event is that bears a usable identifier, and the store's ids of these, as Arrow lists."""

    owned: Owned
    bears: pa.ListArray


@dataclass(frozen=True, slots=True)
class Whose:
    """The same with a last one more, which is nobody's and stands for every event that is not told of."""

    customer: Ints
    reason: NDArray[np.int8]
    bears: pa.ListArray

    def of(self, rows: Ints) -> dict[str, pa.Array]:
        """The columns of some of them: whose each is and why, and what it bears."""
        return {
            "customer": pa.array(self.customer[rows]),
            "reason": pa.array(self.reason[rows].astype(np.int8)),
            "bears": self.bears.take(pa.array(rows, mask=rows == len(self.bears))),
        }


def write_generation(folder: Path, rows: Rows, told: Told, *, until: int | None) -> None:
    """Write the events ``rows`` (up to ``until``) with their owners into ``folder``; O(n log n)."""
    place = _places(told, rows.event)
    whose = Whose(np.append(told.owned.customer, NOBODY), np.append(told.owned.reason, Reason.UNUSABLE), told.bears)
    asked = np.arange(len(place)) if until is None else np.flatnonzero(rows.moment <= until)
    customer = whose.customer[place[asked]]
    order = asked[in_order(customer, rows.moment[asked], lambda some: rows.named(asked[some]))]
    with ThreadPoolExecutor(1) as other, writing_owners(folder / OWNERS) as keep:
        written = other.submit(lambda: write_bearings(folder / BEARING, _bearings(rows, told, place, order)))
        write_events_file(folder / EVENTS, _pieces(rows, whose, place, order, keep))
        written.result()


def _places(told: Told, events: Ints) -> Ints:
    """Where each event stands among those that are told of; behind the last one where nothing is told."""
    known = told.owned.event
    place = np.searchsorted(known, events)
    return np.where(np.append(known, NO_EVENT)[place] == events, place, len(known))


def _bearings(rows: Rows, told: Told, place: Ints, order: Ints) -> Bearing:
    """Which events bear an identifier, by their places in the ``order``."""
    row = np.full(len(told.bears) + 1, NO_ROW)
    row[place[order]] = np.arange(len(order))
    of = np.repeat(row[:-1], np.asarray(told.bears.value_lengths().to_numpy(), np.int64))
    there, bears = of != NO_ROW, np.asarray(told.bears.values.to_numpy(), np.int64)
    return by_identifier(bears[there], of[there], rows.moment[order])


def _pieces(
    rows: Rows, whose: Whose, place: Ints, order: Ints, keep: Callable[[pa.RecordBatch], None]
) -> Iterator[pa.Table]:
    """The rows of the generation in their order, some at a time; at least one piece comes.

    ``keep`` is given what no source has told of each.
    """
    done = 0
    for carried in rows.pieces(order):
        here = order[done : done + len(carried)]
        done += len(carried)
        own = pa.record_batch(
            {"event_id": pa.array(rows.event[here]), "timestamp": pa.array(rows.moment[here]).cast(MOMENT)}
            | whose.of(place[here])
        )
        keep(own)
        columns = {name: part.column(name) for part in (own, carried) for name in part.schema.names}
        yield pa.table(columns).select(COLUMNS)


def owners(
    segments: Sequence[Segment],
    sightings: SightingFiles,
    graph: GraphArrays,
    found: Resolution,
    policy: Policy,
    *,
    until: int | None = None,
    adopted: tuple[Ints, Ints] | None = None,
) -> Told:
    """The owner of every event of ``segments`` (up to ``until``) that bears a usable identifier.

    With ``until`` no later event says whose an earlier one was. Events that matching gave to somebody, ``adopted``
    (event ids, and the ids of an identifier of theirs), count as bearing that identifier.
    """
    events, ids = sightings.read(segments)
    standing = standing_of(graph, found, policy)
    if adopted is not None and len(adopted[0]):
        theirs = events[standing.firm[places(graph.identifiers.ids, ids)]]
        events, ids = with_adopted(events, ids, adopted, theirs)
    if until is not None:
        early = np.isin(events, events_until(segments, until))
        events, ids = events[early], ids[early]
    sighted = Sighted(events, places(graph.identifiers.ids, ids))
    owned = own_events(sighted, standing, policy.shared_events, scan([segment.path for segment in segments]))
    offsets = np.r_[sighted.starts, len(events)].astype(np.int32)
    return Told(owned, pa.ListArray.from_arrays(pa.array(offsets), pa.array(ids)))


def with_adopted(events: Ints, ids: Ints, adopted: tuple[Ints, Ints], theirs: Ints) -> tuple[Ints, Ints]:
    """Sightings by event, with one for each adopted event that is not among ``theirs``: whose owner it says itself."""
    alone = ~np.isin(adopted[0], theirs)
    every = np.concatenate([events, adopted[0][alone]])
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate([ids, adopted[1][alone]])[order]


def events_until(segments: Sequence[Segment], until: int) -> Ints:
    """The ids of the events of ``segments`` up to ``until`` (microseconds), in no particular order; reads all times."""
    facts = scan([segment.path for segment in segments])
    with duckdb.connect() as connection:
        query = f'SELECT event_id FROM {facts} WHERE epoch_us("timestamp") <= $until'
        found = connection.sql(query, params={"until": until}).to_arrow_table()
    return np.asarray(found["event_id"].to_numpy(), np.int64)


def owned_counts(owned: Owned, events: int) -> dict[str, int]:
    """``events`` in all, and how many of them belong to ``nobody``."""
    return {"events": events, "nobody": events - int(np.count_nonzero(owned.customer != NOBODY))}
