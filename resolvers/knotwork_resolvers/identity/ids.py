"""Step 6: customers keep their ids. Whole populations through arrays; only ids that two want are settled one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.conflict import keys_of
from knotwork_resolvers.identity.resolution import NOBODY, Ints, Mask, Partition, Previous, Redirect, lives
from knotwork_resolvers.identity.sets import FEW

HIGHEST_WEIGHT = 27_720  # divisible by 1 to 12, so that the usual priorities weigh whole numbers and sums are exact


@dataclass(frozen=True, slots=True)
class Overlaps:
    """How much each part shares with each customer: one row for each pair that shares an identifier.

    ``since``: the run that brought the first of them to the customer; ``until``: the run that took the last one away.
    """

    part: Ints
    customer: Ints
    weight: Ints
    identifiers: Ints
    since: Ints
    until: Ints

    def __len__(self) -> int:
        return len(self.part)

    def take(self, rows: NDArray[np.generic]) -> Overlaps:
        """The rows that a mask or indices pick."""
        columns = (self.part, self.customer, self.weight, self.identifiers, self.since, self.until)
        return Overlaps(*(column[rows] for column in columns))


@dataclass(frozen=True, slots=True)
class Numbered:
    """``number``: the customer number of each part; ``before``: the overlaps it was decided by."""

    number: Ints
    before: Overlaps
    next_number: int


def number_parts(graph: GraphArrays, policy: Policy, found: Partition, previous: Previous) -> Numbered:
    """A customer number for each part: kept where it can be, taken up again where it was retired, else new.

    Pairs of part and previous customer are taken greedily by (overlap, how long the customer has held any of it, older
    customer, smallest key of the part), one to one; of retired customers the one that held the identifiers last comes
    before older ones. That who held longer comes first is what makes a decision that is undone give back every id: a
    customer that came by an identifier through the decision never outdoes the one that kept some.
    """
    weights = _weights(graph, policy)
    still = np.zeros(len(previous.since), np.int64)
    before = overlaps(found.label, previous.customer, weights, previous.since, still)
    number = np.full(found.parts, NOBODY, np.int64)
    _assign(number, before, graph, found.label)
    _assign(number, _past(found, previous, weights, number), graph, found.label)
    fresh = np.flatnonzero(number == NOBODY)
    number[fresh] = previous.next_number + np.arange(len(fresh))
    return Numbered(number, before, previous.next_number + len(fresh))


def redirects(numbered: Numbered) -> tuple[Redirect, ...]:
    """For each previous customer that is none any more, the customers that took its identifiers, most first."""
    before = numbered.before
    gone = ~lives(before.customer, numbered.number, numbered.next_number)
    rows = before.take(gone)
    heirs = numbered.number[rows.part]
    order = np.lexsort((heirs, -rows.weight, -rows.identifiers, rows.customer))
    found: dict[int, list[int]] = {}
    for customer, heir in zip(rows.customer[order].tolist(), heirs[order].tolist(), strict=True):
        found.setdefault(customer, []).append(heir)
    return tuple(Redirect(customer, tuple(to)) for customer, to in found.items())


def overlaps(label: Ints, customer: Ints, weights: Ints, since: Ints, until: Ints) -> Overlaps:
    """The overlaps of the parts in ``label`` with the customers in ``customer``; O(n log n) in identifiers."""
    rows = np.flatnonzero((label >= 0) & (customer != NOBODY))
    part, owner = label[rows], customer[rows]
    order = np.argsort(part * (int(owner.max(initial=0)) + 1) + owner, kind="stable")  # one integer sorts faster
    part, owner, rows = part[order], owner[order], rows[order]
    starts = np.flatnonzero(np.r_[True, (part[1:] != part[:-1]) | (owner[1:] != owner[:-1])][: len(part)])
    if not len(starts):
        none = np.empty(0, np.int64)
        return Overlaps(none, none, none, none, none, none)
    return Overlaps(
        part=part[starts],
        customer=owner[starts],
        weight=np.add.reduceat(weights[rows], starts),
        identifiers=np.diff(np.r_[starts, len(part)]),
        since=np.minimum.reduceat(since[rows], starts),
        until=np.maximum.reduceat(until[rows], starts),
    )


def weight(policy: Policy, kind: str) -> int:
    """How much an identifier of a type weighs in a claim."""
    return max(1, HIGHEST_WEIGHT // policy.rule(kind).priority)


def _weights(graph: GraphArrays, policy: Policy) -> Ints:
    of_type = [weight(policy, name) for name in graph.identifiers.type_names]
    return np.asarray(np.array(of_type or [1], np.int64)[graph.identifiers.types])


def _assign(number: Ints, pairs: Overlaps, graph: GraphArrays, label: Ints) -> None:
    """Give the parts their customers by ``pairs``, the clear ones at once and the wanted-by-two one by one."""
    clear = _once(pairs.part) & _once(pairs.customer)
    number[pairs.part[clear]] = pairs.customer[clear]
    rest = pairs.take(~clear)
    taken: set[int] = set()
    for row in _by_claim(rest, graph, label):
        part, customer = int(rest.part[row]), int(rest.customer[row])
        if number[part] == NOBODY and customer not in taken:
            number[part] = customer
            taken.add(customer)


def _by_claim(pairs: Overlaps, graph: GraphArrays, label: Ints) -> list[int]:
    """The rows of ``pairs`` in the order in which their claims are heard."""
    if not len(pairs):
        return []
    smallest = _smallest_keys(pairs.part, graph, label)
    rows = range(len(pairs))
    part, weight, customer = pairs.part.tolist(), pairs.weight.tolist(), pairs.customer.tolist()
    since, until = pairs.since.tolist(), pairs.until.tolist()
    return sorted(rows, key=lambda row: (-weight[row], -until[row], since[row], customer[row], smallest[part[row]]))


def _smallest_keys(parts: Ints, graph: GraphArrays, label: Ints) -> dict[int, str]:
    members = np.flatnonzero(np.isin(label, parts))
    smallest: dict[int, str] = {}
    for part, key in zip(label[members].tolist(), keys_of(graph, members).tolist(), strict=True):
        if part not in smallest or key < smallest[part]:
            smallest[part] = key
    return smallest


def _once(values: Ints) -> Mask:
    """For each value (0 and up) whether it occurs once; of many O(n + the largest)."""
    if FEW * len(values) < int(values.max(initial=0)):
        _, row, count = np.unique(values, return_inverse=True, return_counts=True)
        return np.asarray(count[row] == 1)
    return np.asarray(np.bincount(values, minlength=1)[values] == 1)


def _past(found: Partition, previous: Previous, weights: Ints, number: Ints) -> Overlaps:
    """The claims of parts without a number on retired ids that most of their identifiers once had."""
    known = previous.past_until if previous.past_until is not None else np.zeros(len(previous.past_customer), np.int64)
    label = found.label[previous.past_identifier]
    claimed = ~lives(previous.past_customer, number, previous.next_number) & (label >= 0)
    claimed[claimed] = number[label[claimed]] == NOBODY
    identifier, customer, until = _latest(previous.past_identifier, previous.past_customer, known, claimed)
    still = np.zeros(len(identifier), np.int64)
    claims = overlaps(found.label[identifier], customer, weights[identifier], still, until)
    size = np.bincount(found.label[found.label >= 0], minlength=found.parts)
    return claims.take(2 * claims.identifiers > size[claims.part])


def _latest(identifier: Ints, customer: Ints, until: Ints, rows: Mask) -> tuple[Ints, Ints, Ints]:
    """Those of ``rows``, each identifier and customer once, as it ended last: it may have come and gone more often."""
    picked = np.flatnonzero(rows)
    picked = picked[np.lexsort((until[picked], customer[picked], identifier[picked]))]
    pair = identifier[picked], customer[picked]
    last = np.r_[(pair[0][1:] != pair[0][:-1]) | (pair[1][1:] != pair[1][:-1]), True][: len(picked)]
    return pair[0][last], pair[1][last], until[picked][last]
