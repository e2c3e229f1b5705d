"""Who is put together: best pairs first, by the average over all their pairs, and never against a limit.

Within each group of records that scores connect, every pair is looked at, those too that no rule proposed. Two parts
join when their pairs are, on average, more likely one person than ``threshold`` asks, and nothing holds them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from knotwork_resolvers.match.blocking import within
from knotwork_resolvers.match.records import Floats, Ints, Mask
from knotwork_resolvers.match.scoring import Scored

LARGEST_WHOLE = 200
"""Groups up to this size have all their pairs looked at; in larger ones a pair that no rule found counts as unlike."""
UNLIKE = -10.0
EVEN = 0.0
"""Bits at which one person is as likely as two."""
MOST_SAID = 12.0
"""Bits above this, either way, say no more in an average: one lucky pair must not carry a group."""

Score = Callable[[Ints, Ints], Floats]
Apart = Callable[[Ints, Ints], Mask]


@dataclass(frozen=True, slots=True)
class Joining:
    """``group`` of each row: the smallest row in it; ``refused``: how many joins averages or limits held off."""

    group: Ints
    refused: int


def join(count: int, pairs: Scored, threshold: float, score: Score, apart: Apart) -> Joining:
    """The groups of ``count`` rows; pairs from ``threshold`` bits connect. Near-linear but for large groups.

    ``score`` tells the bits of any pairs of rows, ``apart`` which pairs must not be together whatever they score.
    """
    strong = pairs.score >= threshold
    component = components(count, pairs.left[strong], pairs.right[strong])
    group = np.arange(count)
    sizes = np.bincount(component, minlength=count)
    together = sizes[component] > 1
    rows = np.flatnonzero(together)
    rows = rows[np.argsort(component[rows], kind="stable")]
    sizes = sizes[sizes > 1]
    return _settled(group, rows, sizes, count, pairs, threshold, score, apart)


def _settled(
    group: Ints,
    rows: Ints,
    sizes: Ints,
    count: int,
    pairs: Scored,
    threshold: float,
    score: Score,
    apart: Apart,
) -> Joining:
    """The groups within components that lie one behind the other in ``rows``."""
    whole = np.repeat(sizes <= LARGEST_WHOLE, sizes)
    small, refused = sizes[sizes <= LARGEST_WHOLE], 0
    keys = within(rows[whole], small, count)
    left, right = keys // count, keys % count
    held = apart(left, right)
    bits = np.where(held, -np.inf, np.clip(score(left, right), -MOST_SAID, MOST_SAID))
    starts = np.cumsum(small * (small - 1) // 2) - small * (small - 1) // 2
    begins = np.cumsum(small) - small
    members = rows[whole]
    for place in np.flatnonzero(small > 2):
        size = int(small[place])
        some = slice(int(starts[place]), int(starts[place]) + size * (size - 1) // 2)
        parts = agglomerate(size, bits[some], threshold)
        own = members[begins[place] : begins[place] + size]
        group[own] = own[parts]
        refused += len(set(parts.tolist())) - 1
    twos = np.flatnonzero(small == 2)
    good = twos[bits[starts[twos]] >= threshold]
    group[members[begins[good] + 1]] = members[begins[good]]
    refused += len(twos) - len(good)
    return Joining(lowest(group), refused + _large(group, rows[~whole], sizes[sizes > LARGEST_WHOLE], pairs, threshold))


def components(count: int, left: Ints, right: Ints) -> Ints:
    """The connected component of each of ``count`` rows."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    matrix = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    return np.asarray(connected_components(matrix, directed=False)[1], np.int64)


def agglomerate(size: int, bits: Floats, threshold: float) -> Ints:
    """For each of ``size`` members the first of its part, by average linkage; ``bits`` of all pairs, row by row.

    Two parts join where their pairs say so on average (``EVEN``) and at least one of them reaches ``threshold``.
    """
    total = np.zeros((size, size))
    total[np.triu_indices(size, 1)] = bits
    total += total.T
    best = total.copy()
    part, weight, alive = np.arange(size), np.ones(size), np.ones(size, bool)
    least = min(threshold, EVEN)
    rows, columns = np.nonzero(np.triu(best >= threshold, 1))
    heap = [(-total[i, j], i, j, 1.0, 1.0) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
    heapify(heap)
    while heap:
        _, i, j, a, b = heappop(heap)
        if not (alive[i] and alive[j] and weight[i] == a and weight[j] == b):
            continue
        total[i] += total[j]
        total[:, i] = total[i]
        best[i] = np.maximum(best[i], best[j])
        best[:, i] = best[i]
        weight[i] += weight[j]
        alive[j], alive[i] = False, False
        part[part == j] = i
        average = total[i] / (weight[i] * weight)
        for k in np.flatnonzero(alive & (average >= least) & (best[i] >= threshold)).tolist():
            low, high = min(i, k), max(i, k)
            heappush(heap, (-average[k], low, high, weight[low], weight[high]))
        alive[i] = True
    return part


def _large(group: Ints, rows: Ints, sizes: Ints, pairs: Scored, threshold: float) -> int:
    """Join within components too large to look at every pair; those that no rule found count as unlike."""
    refused, start = 0, 0
    place = np.full(len(group), -1)
    for size in sizes.tolist():
        own = np.sort(rows[start : start + size])
        start += size
        place[own] = np.arange(size)
        inside = (place[pairs.left] >= 0) & (place[pairs.right] >= 0)
        parts = sparse(size, place[pairs.left[inside]], place[pairs.right[inside]], pairs.score[inside], threshold)
        group[own] = own[parts]
        refused += len(np.unique(parts)) - 1
        place[own] = -1
    return refused


def sparse(size: int, left: Ints, right: Ints, bits: Floats, threshold: float) -> Ints:
    """``agglomerate`` for many members, of whom few pairs are known."""
    links: list[dict[int, float]] = [{} for _ in range(size)]
    for i, j, bit in zip(left.tolist(), right.tolist(), np.clip(bits, -MOST_SAID, MOST_SAID).tolist(), strict=True):
        links[i][j] = links[j][i] = bit - UNLIKE
    weight = [1] * size
    part = np.arange(size)
    least = threshold - UNLIKE
    heap = [(-bit, i, j, 1, 1) for i in range(size) for j, bit in links[i].items() if i < j and bit >= least]
    heapify(heap)
    members: list[list[int]] = [[i] for i in range(size)]
    while heap:
        _, i, j, a, b = heappop(heap)
        if weight[i] != a or weight[j] != b:
            continue
        for k, bit in links[j].items():
            if k != i:
                links[i][k] = links[i].get(k, 0.0) + bit
                links[k][i] = links[i][k]
                links[k].pop(j, None)
        links[i].pop(j, None)
        links[j] = {}
        weight[i], weight[j] = a + b, 0
        members[i] += members[j]
        for k, bit in links[i].items():
            if bit / (weight[i] * weight[k]) >= least:
                low, high = min(i, k), max(i, k)
                heappush(heap, (-bit / (weight[i] * weight[k]), low, high, weight[low], weight[high]))
    for first, each in enumerate(members):
        if weight[first]:
            part[each] = first
    return part


def lowest(group: Ints) -> Ints:
    """The same groups, each named by its smallest row."""
    names, place = np.unique(group, return_inverse=True)
    low = np.full(len(names), len(group))
    np.minimum.at(low, place, np.arange(len(group)))
    return low[place]
