"""Which pairs are compared: those that share a key of some rule, in blocks that are never too large.

A block above the cap is parted by a second key, and by a third; what is still too large is ordered by all that is known
and each record meets its neighbours alone. So nothing is dropped in silence: what was parted and cut is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knotwork_resolvers.match.columns import Prepared
from knotwork_resolvers.match.keys import Keys, rules
from knotwork_resolvers.match.records import Ints

DEEPEST = 3
REFINERS = 3
NEIGHBOURS = 3
SMALLEST_CAP = 4


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What a rule did: pairs it made, blocks it had, its cap; blocks parted, and records that met neighbours only."""

    rule: str
    pairs: int
    blocks: int
    largest: int
    cap: int
    parted: int
    cut: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs of rows, left < right; ``always`` has the bit of each kind that every way to the pair used.

    ``distinct``: how many records they are taken from.
    """

    left: Ints
    right: Ints
    always: Ints
    rules: tuple[RuleReport, ...]
    distinct: int


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs on their way: each as left * count + right, and the bits of the kinds used to find all of them."""

    pair: Ints
    bits: int


def candidates(prepared: Prepared, rows: Ints, budget: int, all_below: int) -> Candidates:
    """The pairs among ``rows`` (ascending) to compare: all where these are few, else at most about ``budget``."""
    if len(rows) <= all_below:
        left, right = np.triu_indices(len(rows), 1)
        report = RuleReport("every pair, as there are few records", len(left), 1, len(rows), all_below, 0, 0)
        return Candidates(rows[left], rows[right], np.zeros(len(left), np.int64), (report,), len(rows))
    made = [only(keys, rows, prepared.count) for keys in rules(prepared)]
    found, reports = [], []
    for keys in made:
        pairs, report = pairs_of(keys, made, prepared, max(budget // max(len(made), 1), 1))
        found.extend(pairs)
        reports.append(report)
    return united(found, prepared.count, tuple(reports), len(rows))


def only(keys: Keys, rows: Ints, count: int) -> Keys:
    """The keys of ``rows`` alone."""
    chosen = np.zeros(count, bool)
    chosen[rows] = True
    kept = chosen[keys.row]
    return Keys(keys.name, keys.kinds, keys.row[kept], keys.key[kept])


def united(found: Sequence[Found], count: int, reports: tuple[RuleReport, ...], distinct: int) -> Candidates:
    """Each pair once, with the kinds that all ways to it used."""
    pair = np.concatenate([each.pair for each in found]) if found else np.zeros(0, np.int64)
    bits = (
        np.concatenate([np.full(len(each.pair), each.bits, np.int64) for each in found])
        if found
        else np.zeros(0, np.int64)
    )
    order = np.argsort(pair, kind="stable")
    pair, bits = pair[order], bits[order]
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    always = np.bitwise_and.reduceat(bits, starts) if len(starts) else bits
    return Candidates(pair[starts] // count, pair[starts] % count, always, reports, distinct)


def pairs_of(keys: Keys, others: Sequence[Keys], prepared: Prepared, budget: int) -> tuple[list[Found], RuleReport]:
    """The pairs of one rule and its report."""
    bits = bits_of(keys.kinds, prepared)
    order = np.lexsort((keys.row, keys.key))
    row, block = keys.row[order], keys.key[order]
    _, sizes = blocks_of(block)
    cap = cap_for(sizes, budget)
    large = np.repeat(sizes > cap, sizes)
    pairs = [Found(within(row[~large], sizes[sizes <= cap], prepared.count), bits)]
    refiners = refiners_of(keys, others)
    parts, cut = refine(row[large], block[large], bits, refiners, prepared, cap, DEEPEST - 1, budget)
    pairs.extend(parts)
    made = sum(len(each.pair) for each in pairs)
    report = RuleReport(keys.name, made, len(sizes), int(sizes.max(initial=0)), cap, int((sizes > cap).sum()), cut)
    return pairs, report


def blocks_of(block: Ints) -> tuple[Ints, Ints]:
    """Where each block of an ordered column begins, and its size."""
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    return starts, np.diff(np.append(starts, len(block)))


def cap_for(sizes: Ints, budget: int) -> int:
    """The largest size of blocks whose pairs, all together, keep within ``budget``; at least four."""
    ordered = np.sort(sizes)
    pairs = np.cumsum(ordered * (ordered - 1) // 2)
    fitting = int(np.searchsorted(pairs, budget, side="right"))
    if fitting == len(ordered):
        return max(int(ordered[-1]) if len(ordered) else 0, SMALLEST_CAP)
    return max(int(ordered[fitting]) - 1, SMALLEST_CAP)


def within(row: Ints, sizes: Ints, count: int) -> Ints:
    """Every pair within blocks that lie one behind the other, each as left * count + right."""
    later = np.repeat(sizes, sizes) - 1 - places_in(sizes)
    first = np.repeat(np.arange(len(row)), later)
    second = first + 1 + places_in(later[later > 0]) if len(first) else first
    a, b = row[first], row[second]
    return np.minimum(a, b) * count + np.maximum(a, b)


def places_in(sizes: Ints) -> Ints:
    """The place of each element within its run.

    >>> places_in(np.array([2, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def refiners_of(keys: Keys, others: Sequence[Keys]) -> list[Keys]:
    """The rules that part best among those of other kinds: one a kind, the most telling first."""
    best: dict[tuple[str, ...], Keys] = {}
    for other in others:
        if not set(other.kinds) & set(keys.kinds) and len(other.row):
            best.setdefault(other.kinds, other)
    return sorted(best.values(), key=lambda each: -telling(each))


def telling(keys: Keys) -> float:
    """How well keys part records: how many are held, and how evenly."""
    sizes = np.bincount(keys.key).astype(np.float64)
    part = sizes / sizes.sum()
    return float(len(keys.row) * (1 - (part**2).sum()) * np.log2(1 / max((part**2).sum(), 1e-12)))


def refine(
    row: Ints, block: Ints, bits: int, refiners: Sequence[Keys], prepared: Prepared, cap: int, depth: int, budget: int
) -> tuple[list[Found], int]:
    """The pairs of blocks that were too large, parted by each of the next keys; and how many records were cut."""
    if not len(row):
        return [], 0
    if not depth or not refiners:
        return [Found(neighbours(row, block, prepared), bits)], len(row)
    found: list[Found] = []
    cut, met = 0, np.zeros(prepared.count, bool)
    for place, keys in enumerate(refiners[:REFINERS]):
        where, smaller = parted(row, block, keys, prepared.count)
        met[where] = True
        _, sizes = blocks_of(smaller)
        own = min(cap, cap_for(sizes, budget // REFINERS))
        large = np.repeat(sizes > own, sizes)
        used = bits | bits_of(keys.kinds, prepared)
        found.append(Found(within(where[~large], sizes[sizes <= own], prepared.count), used))
        more, lost = refine(
            where[large], smaller[large], used, refiners[place + 1 :], prepared, own, depth - 1, budget // REFINERS
        )
        found.extend(more)
        cut += lost
    alone = ~met[row]
    found.append(Found(neighbours(row[alone], block[alone], prepared), bits))
    return found, cut + int(alone.sum())


def parted(row: Ints, block: Ints, keys: Keys, count: int) -> tuple[Ints, Ints]:
    """Rows and blocks after each block is parted by ``keys``; a record with several keys is in several."""
    held = np.bincount(keys.row, minlength=count)
    starts = np.cumsum(held) - held
    times = held[row]
    key = keys.key[np.repeat(starts[row], times) + places_in(times)]
    span = int(keys.key.max(initial=0)) + 1
    where, smaller = np.repeat(row, times), np.repeat(block, times) * span + key
    order = np.lexsort((where, smaller))
    return where[order], np.unique(smaller[order], return_inverse=True)[1]


def neighbours(row: Ints, block: Ints, prepared: Prepared) -> Ints:
    """Within each block, each record with the few that follow it when all of their values are put in order."""
    codes = [column.codes[row, 0] for column in prepared.columns.values()]
    order = np.lexsort((row, *codes, block))
    row, block = row[order], block[order]
    pairs = []
    for step in range(1, NEIGHBOURS + 1):
        together = np.flatnonzero(block[:-step] == block[step:])
        a, b = row[together], row[together + step]
        pairs.append(np.minimum(a, b) * prepared.count + np.maximum(a, b))
    return np.concatenate(pairs)


def bits_of(kinds: Sequence[str], prepared: Prepared) -> int:
    """One bit for each kind, by its place among the columns."""
    names = list(prepared.columns)
    return sum(1 << names.index(kind) for kind in kinds)
