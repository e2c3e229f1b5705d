"""Step 7: what became of customers, as rows that caches and exports can follow."""

from __future__ import annotations

import numpy as np

from knotwork_resolvers.identity.ids import Numbered
from knotwork_resolvers.identity.resolution import NOBODY, ChangeCode, Changes, Ints, Mask, Previous, lives


def find_changes(label: Ints, numbered: Numbered, previous: Previous) -> Changes:
    """The changes from ``previous`` to the numbered parts of ``label``, ordered by (kind, customer, other)."""
    return changes_between(previous.customer, owners(label, numbered.number), numbered.next_number)


def changes_between(before: Ints, after: Ints, upto: int) -> Changes:
    """The changes from one division of the same identifiers to another, ordered by (kind, customer, other).

    All customer numbers are below ``upto``. O(n log n) in the identifiers that changed hands.
    """
    rows = np.flatnonzero(after != before)
    to, of = after[rows], before[rows]
    span = max(int(to.max(initial=0)), int(of.max(initial=0))) + 1
    pair, count = np.unique(to * span + of, return_counts=True)  # one integer sorts much faster than two
    to, of = pair // span, pair % span
    kind = _kinds(to, of, ~lives(to, before, upto), ~lives(of, after, upto))
    retired = kind == ChangeCode.RETIRED  # is told of the customer that is gone, not of nobody
    to, of = np.where(retired, of, to), np.where(retired, to, of)
    order = np.lexsort((of, to, kind))
    return Changes(kind[order], to[order], of[order], count[order].astype(np.int64))


def owners(label: Ints, number: Ints) -> Ints:
    """For each identifier the number of its customer, ``NOBODY`` where ``label`` is -1."""
    customer = np.full(len(label), NOBODY, np.int64)
    held = label >= 0
    customer[held] = number[label[held]]
    return customer


def _kinds(to: Ints, of: Ints, to_is_new: Mask, of_is_gone: Mask) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """The kind of each (to, of) pair: told by which of both lived before and lives now."""
    kind = np.full(len(to), ChangeCode.MOVED, np.int8)
    kind[to_is_new] = ChangeCode.SPLIT
    kind[of_is_gone] = ChangeCode.MERGED
    kind[(of == NOBODY) & to_is_new] = ChangeCode.CREATED
    kind[(of == NOBODY) & ~to_is_new] = ChangeCode.MOVED
    kind[(to == NOBODY) & of_is_gone] = ChangeCode.RETIRED
    kind[(to == NOBODY) & ~of_is_gone] = ChangeCode.MOVED
    return kind
