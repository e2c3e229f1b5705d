"""What lies between two runs, whether readers saw them or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.model import Run, RunState
from knotwork_graph.ports import GraphStore, Memberships
from knotwork_resolvers.identity.resolution import NOBODY, Ints
from knotwork_resolvers.nightly.shelf import Shelf
from knotwork_resolvers.nightly.turnover import Moved, named, turnover


@dataclass(frozen=True, slots=True)
class Handed:
    """One identifier that changed hands: its key, and the ids of both customers (or nobody)."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """From run ``a`` to run ``b``: how many customers there were and are, what became of them, and who changed hands.

    ``handed`` holds the first of the ``identifiers`` that had a customer in both runs, but not the same.
    """

    a: int
    b: int
    customers_before: int
    customers_after: int
    movements: tuple[Moved, ...]
    largest_changes: tuple[str, ...]
    identifiers: int
    handed: tuple[Handed, ...]


def between_runs(store: GraphStore, shelf: Shelf, a: int, b: int, most: int) -> Difference:
    """The difference from run ``a`` to run ``b``, with at most ``most`` examples of each sort; O(memberships).

    Raises ``UnknownRunError`` for a run there is none of, or a held one of which nothing is kept any more.
    """
    rows = store.memberships()
    both = [_members(_run(store, number), rows, shelf) for number in (a, b)]
    ids = np.union1d(both[0][0], both[1][0])
    before, after = (_spread(ids, *one) for one in both)
    over = turnover(before, after, int(max(before.max(initial=0), after.max(initial=0))) + 1)
    places = np.flatnonzero(over.handed)
    keys = store.keys_of(ids[places[:most]].tolist())
    told = (Handed(keys[int(ids[one])], named(int(before[one])), named(int(after[one]))) for one in places[:most])
    return Difference(
        a=a,
        b=b,
        customers_before=over.customers_before,
        customers_after=over.customers_after,
        movements=over.movements(),
        largest_changes=over.largest_changes(most),
        identifiers=len(places),
        handed=tuple(told),
    )


def _run(store: GraphStore, number: int) -> Run:
    found = store.run(number)
    if found is None:
        raise UnknownRunError(f"there is no run {number}. `knotwork runs list` shows those there are.")
    return found


def _members(run: Run, rows: Memberships, shelf: Shelf) -> tuple[Ints, Ints]:
    """The identifiers that have a customer in a run, and their customers."""
    if run.state is not RunState.HELD:
        seen = rows.seen_by(run.number) & (rows.customer != NOBODY)
        return rows.identifier[seen], rows.customer[seen]
    kept = shelf.members(run.number)
    if kept is None:
        raise UnknownRunError(
            f"run {run.number} was held, and what it found is kept no more: later held runs took its place."
        )
    return kept


def _spread(ids: Ints, identifiers: Ints, customers: Ints) -> Ints:
    """The customer of each of ``ids``, nobody for those that are not among ``identifiers``."""
    customer = np.full(len(ids), NOBODY, np.int64)
    customer[np.searchsorted(ids, identifiers)] = customers
    return customer
