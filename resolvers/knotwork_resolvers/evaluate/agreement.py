"""How far two partitions of the same things agree, from the counts of their common parts; no pair is enumerated.

Pairwise precision and recall count pairs of things that are together. B-cubed (Bagga and Baldwin, 1998) averages over
things: of those that are with it, how many should be, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_resolvers.evaluate.evaluation import Pairs, Score
from knotwork_resolvers.identity.resolution import Ints


@dataclass(frozen=True, slots=True)
class Contingency:
    """The common parts of two partitions: arrays of one length, by (person, customer).

    ``count`` things are of both ``person`` and ``customer``; ``cell`` is, for each thing, the row of its part.
    """

    person: Ints
    customer: Ints
    count: Ints
    cell: Ints


def contingency(person: Ints, customer: Ints) -> Contingency:
    """The common parts of ``person`` and ``customer``, a number from 0 for each thing; O(n log n)."""
    span = int(customer.max(initial=0)) + 1
    keys, cell, count = np.unique(person * span + customer, return_inverse=True, return_counts=True)
    return Contingency(keys // span, keys % span, count.astype(np.int64), cell.astype(np.int64))


def pair_counts(table: Contingency) -> Pairs:
    """How many pairs are together in truth, in the customers, and in both; O(parts)."""
    return Pairs(
        true=int(pairs_in(totals(table.person, table.count)).sum()),
        made=int(pairs_in(totals(table.customer, table.count)).sum()),
        right=int(pairs_in(table.count).sum()),
    )


def pairwise(table: Contingency) -> Score:
    """Precision: of the pairs in one customer, the share of one person. Recall: the other way round. O(parts)."""
    pairs = pair_counts(table)
    return Score.of(share(pairs.right, pairs.made), share(pairs.right, pairs.true))


def bcubed(table: Contingency) -> Score:
    """The means over all things of their own precision and recall, each thing counting as with itself; O(parts)."""
    square = table.count.astype(np.float64) ** 2
    things = int(table.count.sum())
    of_customer = totals(table.customer, table.count)[table.customer]
    of_person = totals(table.person, table.count)[table.person]
    return Score.of(share((square / of_customer).sum(), things), share((square / of_person).sum(), things))


def totals(group: Ints, count: Ints) -> Ints:
    """The sum of ``count`` for each number of ``group``, from 0 to the largest."""
    return np.bincount(group, weights=count).astype(np.int64)  # exact: sums stay far below 2**53


def pairs_in(size: Ints) -> Ints:
    """How many pairs each of some groups holds.

    >>> pairs_in(np.array([1, 2, 5])).tolist()
    [0, 1, 10]
    """
    return np.asarray(size * (size - 1) // 2)


def share(part: float, whole: float) -> float:
    """``part / whole``; a share of nothing is 1, because nothing of it is wrong or missed."""
    return float(part) / float(whole) if whole else 1.0
