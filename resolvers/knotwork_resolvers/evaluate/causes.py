"""Which labelled troubles of the truth stand where customers are wrong: counts by cause, over whole populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knotwork_resolvers.evaluate.agreement import Contingency, pairs_in, totals
from knotwork_resolvers.evaluate.evaluation import CauseFigures
from knotwork_resolvers.identity.resolution import Ints

NOT_JUDGED = -1


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of identifiers, a row each: ``holder`` the customer that holds it (-1: none), ``cell`` its common part
    of person and customer (-1: it is not judged), ``cause`` an index into ``names``."""

    holder: Ints
    cell: Ints
    cause: Ints
    names: Sequence[str]


def by_cause(table: Contingency, labels: Labels) -> tuple[CauseFigures, ...]:
    """The figures of each cause, most wrong and missed pairs first; of no cause, too, where some is wrong or missed."""
    wrong, missed = wrong_pairs(table), missed_pairs(table)
    over = tallied(labels.holder, labels.cause, wrong, len(labels.names))
    under = tallied(labels.cell, labels.cause, missed, len(labels.names), table.person)
    seen = np.bincount(labels.cause, minlength=len(labels.names))
    found = [
        CauseFigures(name, int(count), *map(int, too_much), *map(int, too_little))
        for name, count, too_much, too_little in zip([*labels.names, ""], [*seen, 0], over, under, strict=True)
    ]
    found = [one for one in found if one.cause or one.over_pairs or one.under_pairs]
    return tuple(sorted(found, key=lambda one: (-one.over_pairs - one.under_pairs, one.cause)))


def wrong_pairs(table: Contingency) -> Ints:
    """For each customer number the pairs it holds that are not of one person; O(parts)."""
    return pairs_in(totals(table.customer, table.count)) - totals(table.customer, pairs_in(table.count))


def missed_pairs(table: Contingency) -> Ints:
    """For each common part the pairs that it misses with the larger parts of its person; 0 for the main one.

    The sum over all parts is the number of true pairs that are not of one customer. O(parts log parts).
    """
    order = np.lexsort((table.customer, -table.count, table.person))
    count, person = table.count[order], table.person[order]
    before = np.cumsum(count) - count
    first = np.flatnonzero(np.diff(person, prepend=-1))
    before -= np.repeat(before[first], np.diff(first, append=len(person)))
    missed = np.empty_like(count)
    missed[order] = before * count
    return missed


def tallied(group: Ints, cause: Ints, pairs: Ints, causes: int, counted: Ints | None = None) -> list[tuple[int, int]]:
    """(groups, pairs) for each cause, and last for the groups that bear none; only groups with ``pairs`` count.

    ``group``: the number of each label's group, -1 for none; ``pairs`` and ``counted``: for each group its pairs, and
    what to count it as (itself where absent).
    """
    names = np.arange(len(pairs)) if counted is None else counted
    known = (group >= 0) & (group < len(pairs))
    rows = np.unique(group[known] * (causes + 1) + cause[known])
    bare = np.ones(len(pairs), np.bool_)
    bare[rows // (causes + 1)] = False
    rows = np.concatenate([rows, np.flatnonzero(bare) * (causes + 1) + causes])
    place, kind = rows // (causes + 1), rows % (causes + 1)
    concerned = pairs[place] > 0
    place, kind = place[concerned], kind[concerned]
    found = []
    for one in range(causes + 1):
        here = place[kind == one]
        found.append((len(np.unique(names[here])), int(pairs[here].sum())))
    return found
