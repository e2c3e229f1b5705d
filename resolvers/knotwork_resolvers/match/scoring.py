"""From records to scored pairs: identical records once, candidates, a model, and every candidate's score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_resolvers.match.blocking import Candidates, candidates
from knotwork_resolvers.match.columns import Prepared
from knotwork_resolvers.match.comparison import Compared, compare
from knotwork_resolvers.match.estimate import Sample, estimate, free_of
from knotwork_resolvers.match.matches import Lessons
from knotwork_resolvers.match.model import Model, weigh
from knotwork_resolvers.match.records import Floats, Ints, Mask
from knotwork_resolvers.match.settings import MatchSettings

CHUNK = 500_000
STRANGERS = 100_000
MOST_KEPT = 1_200_000
SAID = 5.0
"""A pair that people decided about counts as much as so many others."""
LEAST = -12.0
"""Pairs below these bits (a chance of one in four thousand) are forgotten."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs of rows with their score in bits, by row."""

    left: Ints
    right: Ints
    score: Floats


def in_order(prepared: Prepared) -> Ints:
    """The rows in the order of their values, so that the order in which records came decides nothing."""
    keys = [column.codes[:, place] for column in prepared.columns.values() for place in range(column.codes.shape[1])]
    return np.lexsort(keys[::-1]) if keys else np.arange(prepared.count)


def reordered(prepared: Prepared, order: Ints) -> Prepared:
    """The records in another order."""
    from dataclasses import replace
    from types import MappingProxyType

    columns = {kind: replace(column, codes=column.codes[order]) for kind, column in prepared.columns.items()}
    return Prepared(prepared.count, MappingProxyType(columns))


def twins(prepared: Prepared) -> Ints:
    """For each row the first row with all the same values; rows lie in the order of their values."""
    new = np.zeros(prepared.count, bool)
    new[:1] = True
    for column in prepared.columns.values():
        new[1:] |= (column.codes[1:] != column.codes[:-1]).any(axis=1)
    return np.flatnonzero(new)[np.cumsum(new) - 1] if prepared.count else np.zeros(0, np.int64)


def found_pairs(prepared: Prepared, settings: MatchSettings) -> Candidates:
    """Candidates among distinct records, and each identical record beside the first of its kind."""
    first = twins(prepared)
    rows = np.flatnonzero(first == np.arange(prepared.count))
    budget = max(settings.fewest_pairs, settings.pairs_a_record * len(rows))
    found = candidates(prepared, rows, budget, settings.all_pairs_below)
    again = np.flatnonzero(first != np.arange(prepared.count))
    return Candidates(
        np.concatenate([found.left, first[again]]),
        np.concatenate([found.right, again]),
        np.concatenate([found.always, np.zeros(len(again), np.int64)]),
        found.rules,
        found.distinct,
    )


@dataclass(frozen=True, slots=True)
class Taught:
    """Pairs of rows that people decided about; ``same`` says how."""

    left: Ints
    right: Ints
    same: Mask

    def refused(self, count: int) -> Ints:
        """The pairs that are not one person, each as left * count + right, ascending."""
        low, high = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        return np.unique((low * count + high)[~self.same])


def taught(prepared: Prepared, ids: Ints, lessons: Lessons) -> Taught:
    """The lessons about records that are still there."""
    order = np.argsort(ids, kind="stable")
    known = np.isin(lessons.left, ids) & np.isin(lessons.right, ids) if prepared.count else np.zeros(0, bool)
    rows = [order[np.searchsorted(ids[order], each[known])] for each in (lessons.left, lessons.right)]
    return Taught(rows[0], rows[1], lessons.same[known])


def learned(
    prepared: Prepared, found: Candidates, settings: MatchSettings, known: Taught, kept: Compared | None
) -> Model:
    """The model of these records, and of what people said; ``kept``: the candidates, if already compared."""
    random = np.random.default_rng(settings.seed)
    chosen = np.arange(len(found.left))
    if kept is None and len(chosen) > settings.sampled:
        chosen = np.sort(random.choice(len(chosen), settings.sampled, replace=False))
    pairs = kept or compare(prepared, found.left[chosen], found.right[chosen])
    said = compare(prepared, known.left, known.right)
    weight = len(found.left) / max(len(chosen), 1)
    sample = Sample(
        pairs=pairs.beside(said),
        free=free_of(np.append(found.always[chosen], np.zeros(len(said), np.int64)), len(prepared.columns)),
        times=np.append(np.full(len(chosen), weight), np.full(len(said), SAID)),
        told=np.append(np.full(len(chosen), np.nan), known.same.astype(np.float64)),
        strangers=drawn(prepared, random),
    )
    return estimate(prepared, sample, learn=prepared.count >= settings.learn_above)


def drawn(prepared: Prepared, random: np.random.Generator) -> Compared:
    """Random pairs compared; all pairs where these are no more."""
    if prepared.count * (prepared.count - 1) // 2 <= STRANGERS:
        left, right = np.triu_indices(prepared.count, 1)
        return compare(prepared, left, right)
    left = random.integers(0, prepared.count, STRANGERS)
    right = random.integers(0, prepared.count, STRANGERS)
    apart = left != right
    return compare(prepared, left[apart], right[apart])


def compared_at_once(prepared: Prepared, found: Candidates) -> Compared | None:
    """All candidates compared, where they are not too many to keep."""
    return compare(prepared, found.left, found.right) if len(found.left) <= MOST_KEPT else None


def scores(prepared: Prepared, found: Candidates, model: Model, kept: Compared | None) -> Scored:
    """The candidates whose score is at least ``LEAST``."""
    if kept is None:
        return scored(prepared, found.left, found.right, model)
    score = weigh(kept, model).score
    good = score >= LEAST
    return Scored(kept.left[good], kept.right[good], score[good])


def scored(prepared: Prepared, left: Ints, right: Ints, model: Model, least: float = LEAST) -> Scored:
    """The pairs whose score is at least ``least`` bits; a bounded number at a time."""
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for start in range(0, len(left), CHUNK):
        a, b = left[start : start + CHUNK], right[start : start + CHUNK]
        score = weigh(compare(prepared, a, b), model).score
        kept = score >= least
        parts.append((a[kept], b[kept], score[kept]))
    return Scored(*(np.concatenate(each) for each in zip(*parts, strict=True)))
