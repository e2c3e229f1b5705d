"""The history of one customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import customer_id, from_micros
from knotwork_graph.ports import GraphReader, Memberships, PastChange, Publications, Redirected
from knotwork_resolvers.past.history import CustomerHistory, Handed, Led, Turn
from knotwork_resolvers.past.identifier import kind_name
from knotwork_resolvers.past.spans import NONE, SENT_BACK, moment, seen_at, sent_back, spans_of

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

MOST_TURNS = 100
SHOWN = 5


def customer_history(store: GraphReader, customer: int, *, most: int = MOST_TURNS) -> CustomerHistory:
    """What ``customer`` gained and lost as readers saw it, the last ``most`` turns of it, and where its id led.

    O(publications + turns x memberships of all that it ever held).
    """
    rows, published = store.held(customer), store.publications()
    places = turning_points(customer, rows, published)
    moves = [move_at(customer, rows, published, place) for place in places[-most:]]
    names = store.keys_of(sorted({one for move in moves for one in move.shown}))
    changes = store.changes_of([pair for move in moves for pair in move.pairs(customer)])
    return CustomerHistory(
        customer_id(customer),
        tuple(turn(customer, move, published, names, changes) for move in moves),
        tuple(led(store.redirects_of(customer), published)),
        max(0, len(places) - most),
    )


@dataclass(frozen=True, slots=True)
class Move:
    """What a customer gained and lost at one publication: identifiers by the customer they came from or went to."""

    place: int
    runs: tuple[int, ...]
    held: int
    gained: Mapping[int, tuple[int, ...]]
    lost: Mapping[int, tuple[int, ...]]

    @property
    def shown(self) -> frozenset[int]:
        """The identifiers whose keys are told."""
        some = (*self.gained.values(), *self.lost.values())
        return frozenset(one for ids in some for one in ids[:SHOWN])

    def pairs(self, customer: int) -> Iterable[tuple[int, int]]:
        """Which rows of the change feed may tell of it."""
        return [(run, one) for run in self.runs for one in {customer, *self.gained, *self.lost}]


def turning_points(customer: int, rows: Memberships, published: Publications) -> Sequence[int]:
    """The publications at which readers saw the customer hold other identifiers than before."""
    bounds = boundaries(customer, rows)
    part = np.searchsorted(bounds, published.run, "right")
    return [
        place
        for place in np.flatnonzero(np.diff(part, prepend=0)).tolist()
        if _differs(customer, rows, published, place)
    ]


def boundaries(customer: int, rows: Memberships) -> Ints:
    """The runs that began or ended a membership of the customer, ascending."""
    own = rows.customer == customer
    return np.unique(np.concatenate([rows.from_run[own], rows.to_run[own][rows.to_run[own] > 0]]))


def _differs(customer: int, rows: Memberships, published: Publications, place: int) -> bool:
    before, after = _held(customer, rows, published, place)
    return not np.array_equal(before, after)


def _held(customer: int, rows: Memberships, published: Publications, place: int) -> tuple[Ints, Ints]:
    """The identifiers of the customer before and after a publication, ascending."""
    runs = int(published.run[place - 1]) if place else 0, int(published.run[place])
    before, after = (np.unique(rows.identifier[seen_at(rows, run) & (rows.customer == customer)]) for run in runs)
    return before, after


def move_at(customer: int, rows: Memberships, published: Publications, place: int) -> Move:
    """What the customer gained and lost at a publication."""
    before, after = _held(customer, rows, published, place)
    start, end = int(published.run[place - 1]) if place else 0, int(published.run[place])
    bounds = boundaries(customer, rows)
    between = bounds[(bounds > min(start, end)) & (bounds <= max(start, end))]
    return Move(
        place,
        tuple(between.tolist()),
        len(after),
        by_customer(np.setdiff1d(after, before), rows, start),
        by_customer(np.setdiff1d(before, after), rows, end),
    )


def by_customer(ids: Ints, rows: Memberships, run: int) -> dict[int, tuple[int, ...]]:
    """Some identifiers by whose they are in ``run`` (0: nobody's), the customers and the identifiers ascending."""
    seen = seen_at(rows, run) & np.isin(rows.identifier, ids)
    owner = dict(zip(rows.identifier[seen].tolist(), rows.customer[seen].tolist(), strict=True))
    found: dict[int, list[int]] = {}
    for one in ids.tolist():
        found.setdefault(owner.get(one, 0), []).append(one)
    return {customer: tuple(found[customer]) for customer in sorted(found)}


def turn(
    customer: int, move: Move, published: Publications, names: Mapping[int, str], changes: Sequence[PastChange]
) -> Turn:
    """One move as people read it."""
    back = sent_back(published, move.place)
    told = [one for one in changes if one.run in move.runs and customer in (one.customer, one.other)]
    return Turn(
        at=from_micros(int(published.at[move.place])),
        run=int(published.run[move.place]),
        held=move.held,
        gained=handed(move.gained, names),
        lost=handed(move.lost, names),
        changes=(SENT_BACK,) if back else tuple(dict.fromkeys(kind_name(one.kind) for one in told)),
        causes=() if back else tuple(dict.fromkeys(one.cause for one in told)),
    )


def handed(groups: Mapping[int, tuple[int, ...]], names: Mapping[int, str]) -> tuple[Handed, ...]:
    """Groups of identifiers with their customers' ids."""
    return tuple(
        Handed(customer_id(other) if other else "", len(ids), tuple(names[one] for one in ids[:SHOWN]))
        for other, ids in groups.items()
    )


def led(redirects: Sequence[Redirected], published: Publications) -> Iterable[Led]:
    """From when to when an id led where."""
    starts = np.array([one.from_run for one in redirects], np.int64)
    stops = np.array([one.to_run for one in redirects], np.int64)
    for span in spans_of(starts, stops, published):
        if span.row != NONE:
            heirs = tuple(customer_id(one) for one in redirects[span.row].heirs)
            yield Led(from_micros(int(published.at[span.first])), moment(published, span.until), heirs)
