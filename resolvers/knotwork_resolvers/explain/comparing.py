"""Two partitions of the same identifiers compared, whole populations at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_resolvers.identity import NOBODY, components
from knotwork_resolvers.identity.resolution import Ints


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of customers. ``fate`` counts those of before; the arrays describe the groups that hang together.

    ``before`` and ``after``: customer numbers, ascending; ``group_before`` and ``group_after``: the group of each;
    ``group_row``: the group of each identifier (-1: nobody's before and after); ``changed``: per group, the identifiers
    whose customer differs.
    """

    fate: dict[str, int]
    before: Ints
    after: Ints
    group_before: Ints
    group_after: Ints
    group_row: Ints
    changed: Ints


def compare(before: Ints, after: Ints) -> Comparison:
    """The comparison of two arrays of customer numbers (``NOBODY`` for none), an identifier a row; O(n log n)."""
    old, old_row = _numbered(before)
    new, new_row = _numbered(after)
    stays = (old_row >= 0) & (new_row >= 0)
    pair = np.unique(old_row[stays] * max(1, len(new)) + new_row[stays])  # one integer sorts faster than two
    a, b = pair // max(1, len(new)), pair % max(1, len(new))
    group = components(len(old) + len(new), a, len(old) + b)
    group_old, group_new = group[: len(old)], group[len(old) :]
    row = np.full(len(before), -1, np.int64)
    row[new_row >= 0] = group_new[new_row[new_row >= 0]]
    row[old_row >= 0] = group_old[old_row[old_row >= 0]]
    count = int(group.max(initial=-1)) + 1
    changed = np.bincount(row[(before != after) & (row >= 0)], minlength=count)
    fate = _fates(old_row, new_row, (len(old), len(new)), a, b)
    return Comparison(fate, old, new, group_old, group_new, row, np.asarray(changed, np.int64))


def _numbered(customer: Ints) -> tuple[Ints, Ints]:
    """The customers there are, ascending, and for each identifier the place of its own among them (-1 for none)."""
    held = customer != NOBODY
    known, inverse = np.unique(customer[held], return_inverse=True)
    row = np.full(len(customer), -1, np.int64)
    row[held] = inverse
    return known, row


def _fates(old: Ints, new: Ints, sizes: tuple[int, int], a: Ints, b: Ints) -> dict[str, int]:
    """How many customers of before are unchanged, merged and so on; ``a`` and ``b`` pair old with new customers."""
    heirs, sources = np.bincount(a, minlength=sizes[0]), np.bincount(b, minlength=sizes[1])
    split = heirs > 1
    merged = np.zeros(sizes[0], np.bool_)
    merged[a[sources[b] > 1]] = True
    touched = np.zeros(sizes[0], np.bool_)
    touched[old[(old >= 0) & (new < 0)]] = True
    gained = np.zeros(sizes[1], np.bool_)
    gained[new[(new >= 0) & (old < 0)]] = True
    touched[a[gained[b]]] = True
    gone = heirs == 0
    alone = ~gone & ~split & ~merged
    return {
        "unchanged": int(np.count_nonzero(alone & ~touched)),
        "merged": int(np.count_nonzero(merged & ~split)),
        "split": int(np.count_nonzero(split & ~merged)),
        "both": int(np.count_nonzero(split & merged)),
        "adjusted": int(np.count_nonzero(alone & touched)),
        "dissolved": int(np.count_nonzero(gone)),
        "appeared": int(np.count_nonzero(sources == 0)),
    }
