"""What readers saw change when they were sent from one run to another, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.ports import GraphReader, Memberships
from knotwork_resolvers.identity.changes import changes_between
from knotwork_resolvers.identity.resolution import NOBODY, ChangeCode, Changes, Ints


@dataclass(frozen=True, slots=True)
class Moves:
    """The changes of one publication by (kind, customer, other).

    The identifiers (the store's ids) of change ``n`` are ``identifiers[starts[n]:starts[n + 1]]``, ascending.
    """

    changes: Changes
    identifiers: Ints
    starts: Ints

    def __len__(self) -> int:
        return len(self.changes.kind)

    def row(self, place: int) -> tuple[int, int, int]:
        """The kind, the customer and the other of one change, as numbers."""
        changes = self.changes
        return int(changes.kind[place]), int(changes.customer[place]), int(changes.other[place])

    def of(self, place: int) -> list[int]:
        """The identifiers of one change."""
        found: list[int] = self.identifiers[self.starts[place] : self.starts[place + 1]].tolist()
        return found


def moves_between(store: GraphReader, start: int, end: int) -> Moves:
    """What a reader sees change who is sent from run ``start`` (0: from nothing) to ``end``, be it older or newer.

    O(m log m) in the memberships that were written between the two, and one look-up for each customer in them.
    """
    rows = store.memberships_between(min(start, end), max(start, end))
    ids = np.unique(rows.identifier)
    before, after = _owners(ids, rows, start), _owners(ids, rows, end)
    stayed = _lived_on(store, (before, start), (after, end))
    changes = changes_between(
        np.concatenate([before, stayed]),
        np.concatenate([after, stayed]),
        int(max(before.max(initial=0), after.max(initial=0))) + 1,
    )
    moved = np.flatnonzero(before != after)
    change = _change_of(changes, before[moved], after[moved])
    order = np.lexsort((ids[moved], change))
    starts = np.concatenate([[0], np.cumsum(changes.identifiers)]).astype(np.int64)
    return Moves(changes, ids[moved][order], starts)


def _owners(ids: Ints, rows: Memberships, run: int) -> Ints:
    """Whose each of ``ids`` was for a reader of ``run``."""
    seen = rows.seen_by(run)
    owner = np.full(len(ids), NOBODY, np.int64)
    owner[np.searchsorted(ids, rows.identifier[seen])] = rows.customer[seen]
    return owner


def _lived_on(store: GraphReader, before: tuple[Ints, int], after: tuple[Ints, int]) -> Ints:
    """Customers that gained or lost identifiers here, and held others all the while that no run between touched."""
    found = [np.empty(0, np.int64)]
    for (here, run), (there, _) in ((before, after), (after, before)):
        asked = np.setdiff1d(there[here != there], np.append(here, NOBODY))
        if run and len(asked):
            found.append(store.living_in(asked, run))
    return np.unique(np.concatenate(found))


def _change_of(changes: Changes, before: Ints, after: Ints) -> Ints:
    """The place of the change that tells of each identifier that moved."""
    retired = changes.kind == ChangeCode.RETIRED  # is told of the customer that is gone, not of nobody
    to = np.where(retired, changes.other, changes.customer)
    of = np.where(retired, changes.customer, changes.other)
    span = int(max(before.max(initial=0), after.max(initial=0))) + 1
    code = to * span + of
    order = np.argsort(code)
    return np.asarray(order[np.searchsorted(code[order], after * span + before)], np.int64)
