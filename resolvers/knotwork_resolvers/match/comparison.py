"""Pairs of records compared in bulk: a level for each kind and pair, and how common what they agree on is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knotwork_resolvers.match.columns import Column, Prepared
from knotwork_resolvers.match.manners import MANNERS
from knotwork_resolvers.match.measures import MEASURES, MISSING, likeness
from knotwork_resolvers.match.records import Codes, Ints, Levels, Mask

Shares = NDArray[np.float32]
SWAPPED = 5  # the level of PART
ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of rows, and for each kind (a row of the matrices) and pair a level (-1: nothing to compare).

    ``share`` is how common the agreed value is, for what is the same (if in the other's place); else 0. ``made`` is how
    common its words would make it.
    """

    kinds: tuple[str, ...]
    left: Ints
    right: Ints
    levels: Levels
    share: Shares
    made: Shares

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.left)

    def beside(self, other: Compared) -> Compared:
        """These pairs and then those of ``other``."""
        if not len(other):
            return self
        return Compared(
            self.kinds,
            np.append(self.left, other.left),
            np.append(self.right, other.right),
            np.concatenate([self.levels, other.levels], axis=1),
            np.concatenate([self.share, other.share], axis=1),
            np.concatenate([self.made, other.made], axis=1),
        )

    def take(self, rows: Ints | Mask) -> Compared:
        """Some of the pairs."""
        levels, share, made = self.levels[:, rows], self.share[:, rows], self.made[:, rows]
        return Compared(self.kinds, self.left[rows], self.right[rows], levels, share, made)


def compare(prepared: Prepared, left: Ints, right: Ints) -> Compared:
    """Every kind of every pair of rows; O(pairs x kinds)."""
    kinds = tuple(prepared.columns)
    levels = np.full((len(kinds), len(left)), MISSING, np.int8)
    share, made = (np.zeros((len(kinds), len(left)), np.float32) for _ in range(2))
    for place, column in enumerate(prepared.columns.values()):
        levels[place], share[place], made[place] = best_levels(column, left, right)
    _swap(prepared, levels, share, left, right, kinds)
    _spare(levels, kinds)
    return Compared(kinds, left, right, levels, share, made)


def best_levels(column: Column, left: Ints, right: Ints) -> tuple[Levels, Shares, Shares]:
    """The best level among the values of both records, and the share of the rarest value they agree on, as seen and
    as made of its words."""
    worst = len(MANNERS[column.role].labels)
    level = np.full(len(left), worst, np.int8)
    share, made = (np.full(len(left), 2, np.float32) for _ in range(2))
    for i in range(column.codes.shape[1]):
        for j in range(column.codes.shape[1]):
            a, b = column.codes[left, i], column.codes[right, j]
            there = np.flatnonzero((a >= 0) & (b >= 0))
            if len(there):
                found, common = levels_of(column, a[there], b[there])
                known = found != MISSING
                where = there[known]
                level[where] = np.minimum(level[where], found[known])
                share[where] = np.minimum(share[where], common[known])
                by_words = np.where(found == 0, column.made[a[there]], 2)[known].astype(np.float32)
                made[where] = np.minimum(made[where], by_words)
    level[level == worst] = MISSING
    share[level != 0], made[level != 0] = 0, 1
    return level, share, made


def levels_of(column: Column, a: Codes, b: Codes) -> tuple[Levels, Shares]:
    """The level of each pair of codes, and the share of those that are the same (2 for others)."""
    level = np.zeros(len(a), np.int8)
    unlike = np.flatnonzero((a != b) | (column.role == "masked_phone"))
    if len(unlike):
        level[unlike] = MEASURES[column.role](column, a[unlike], b[unlike])
    return level, np.where(level == 0, column.share[a], 2).astype(np.float32)


def _swap(prepared: Prepared, levels: Levels, share: Shares, left: Ints, right: Ints, kinds: Sequence[str]) -> None:
    """Mark given and family names of which one stands in the other's place."""
    if not {"given_name", "family_name"} <= set(kinds):
        return
    given, family = prepared.columns["given_name"], prepared.columns["family_name"]
    rows = [kinds.index("given_name"), kinds.index("family_name")]
    worst = levels[rows].max(axis=0)
    doubtful = np.flatnonzero(worst >= SWAPPED)
    if not len(doubtful):
        return
    here = across(given, family, left[doubtful], right[doubtful])
    there = across(family, given, left[doubtful], right[doubtful])
    swapped = doubtful[(here >= 0) & (there >= 0) & (here + there > 0)]
    for row, column in zip(rows, (given, family), strict=True):
        bad = swapped[levels[row, swapped] > SWAPPED]
        levels[row, bad] = SWAPPED
        share[row, bad] = column.share[column.codes[left[bad], 0]]


def across(one: Column, other: Column, left: Ints, right: Ints) -> Levels:
    """1 where the left's value of ``one`` is like the right's of ``other``, -1 where unlike, 0 where one is absent."""
    a, b = one.codes[left, 0], other.codes[right, 0]
    found = np.zeros(len(left), np.int8)
    both = np.flatnonzero((a >= 0) & (b >= 0))
    alike = likeness(one, a[both], b[both], other) >= ALIKE
    found[both] = np.where(alike, 1, -1)
    return found


def _spare(levels: Levels, kinds: Sequence[str]) -> None:
    """Leave out what says the same twice: the whole name, where both of its parts were compared."""
    if {"name", "given_name", "family_name"} <= set(kinds):
        parts = levels[[kinds.index("given_name"), kinds.index("family_name")]]
        levels[kinds.index("name"), (parts != MISSING).all(axis=0)] = MISSING
