"""From one division into customers to another: who came, went, grew, and which identifiers changed hands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from knotwork_graph.counted import counted
from knotwork_graph.model import customer_id
from knotwork_resolvers.identity.changes import changes_between
from knotwork_resolvers.identity.resolution import NOBODY, ChangeCode, Changes, Ints, Mask

WORDS = {
    ChangeCode.CREATED: "born",
    ChangeCode.MERGED: "merged",
    ChangeCode.SPLIT: "split",
    ChangeCode.MOVED: "moved",
    ChangeCode.RETIRED: "retired",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What happened of one kind: to how many customers, and with how many identifiers."""

    kind: str
    customers: int
    identifiers: int


@dataclass(frozen=True, slots=True)
class Turnover:
    """Two divisions of the same identifiers, and what lies between them.

    ``before`` and ``after``: the customer number of each identifier, ``NOBODY`` for none. ``held_before`` and
    ``held_after``: how many identifiers each customer number holds.
    """

    before: Ints
    after: Ints
    held_before: Ints
    held_after: Ints
    changes: Changes

    @property
    def customers_before(self) -> int:
        """How many customers there were."""
        return int(np.count_nonzero(self.held_before))

    @property
    def customers_after(self) -> int:
        """How many there are now."""
        return int(np.count_nonzero(self.held_after))

    @property
    def retired(self) -> Ints:
        """The customers whose id names nobody any more, those that held most first."""
        gone = np.flatnonzero((self.held_before > 0) & (self.held_after == 0))
        return np.asarray(gone[np.argsort(-self.held_before[gone], kind="stable")], np.int64)

    @property
    def handed(self) -> Mask:
        """Which identifiers went from one customer to another."""
        return np.asarray((self.before != self.after) & (self.before != NOBODY) & (self.after != NOBODY))

    @property
    def lost(self) -> Mask:
        """Which identifiers went from a customer to nobody."""
        return np.asarray((self.before != NOBODY) & (self.after == NOBODY))

    def movements(self) -> tuple[Moved, ...]:
        """How much there was of each kind of change, all kinds named."""
        return tuple(self._movement(kind) for kind in ChangeCode)

    def _movement(self, kind: ChangeCode) -> Moved:
        rows = self.changes.kind == kind
        # merged and split are told of the customers that were: these are what readers knew
        of = self.changes.other if kind in {ChangeCode.MERGED, ChangeCode.SPLIT} else self.changes.customer
        return Moved(WORDS[kind], len(np.unique(of[rows])), int(self.changes.identifiers[rows].sum()))

    def largest_changes(self, most: int) -> tuple[str, ...]:
        """The changes that took most identifiers along, in words, those of customers that were born left out."""
        rows = np.flatnonzero(self.changes.kind != ChangeCode.CREATED)
        order = rows[np.argsort(-self.changes.identifiers[rows], kind="stable")][:most]
        return tuple(change_words(self.changes, int(row)) for row in order)


def turnover(before: Ints, after: Ints, upto: int) -> Turnover:
    """What lies between two divisions; all customer numbers are below ``upto``. O(n log n)."""
    held = [np.bincount(one, minlength=upto) for one in (before, after)]
    for one in held:
        one[NOBODY] = 0
    return Turnover(before, after, held[0], held[1], changes_between(before, after, upto))


def change_words(changes: Changes, row: int) -> str:
    """One change as a sentence about ids."""
    kind, count = ChangeCode(int(changes.kind[row])), identifiers(int(changes.identifiers[row]))
    customer, other = named(int(changes.customer[row])), named(int(changes.other[row]))
    return {
        ChangeCode.CREATED: f"{customer} was born with {count}",
        ChangeCode.MERGED: f"{other} was merged into {customer} with {count}",
        ChangeCode.SPLIT: f"{customer} was split off {other} with {count}",
        ChangeCode.MOVED: f"{count} moved from {other} to {customer}",
        ChangeCode.RETIRED: f"{customer} was retired; {count} went to nobody",
    }[kind]


def identifiers(count: int) -> str:
    """So many identifiers, in words."""
    return counted(count, "identifier")


def named(number: int) -> str:
    """A customer's id, or nobody."""
    return "nobody" if number == NOBODY else customer_id(number)


def ranked(customers: Ints, most: int) -> Iterator[tuple[int, int]]:
    """The customers that occur most often, and how often; nobody is left out."""
    numbers, counts = np.unique(customers[customers != NOBODY], return_counts=True)
    for place in np.argsort(-counts, kind="stable")[:most]:
        yield int(numbers[place]), int(counts[place])
