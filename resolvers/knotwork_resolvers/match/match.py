"""From records to proposals: everything in one call, with one configuration for all data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np

from knotwork_resolvers.match.columns import Prepared, prepare
from knotwork_resolvers.match.comparison import compare
from knotwork_resolvers.match.guards import held_apart
from knotwork_resolvers.match.joining import Apart, Score, join
from knotwork_resolvers.match.matches import Lessons, Matches, MatchReport, Threshold, pair_table
from knotwork_resolvers.match.model import Model, probability, weigh
from knotwork_resolvers.match.records import Floats, Ints, Mask, Records
from knotwork_resolvers.match.scoring import (
    CHUNK,
    Scored,
    compared_at_once,
    found_pairs,
    in_order,
    learned,
    reordered,
    scores,
    taught,
)
from knotwork_resolvers.match.settings import MatchSettings

CHART = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)


def match(
    records: Records,
    settings: MatchSettings | None = None,
    lessons: Lessons | None = None,
    *,
    prepared: Prepared | None = None,
) -> Matches:
    """The pairs that may be one person, with scores, and the groups that are to be joined.

    ``lessons`` re-weigh the model; a pair that was refused is neither proposed nor joined. Near-linear in records;
    nothing is drawn by chance that the settings' seed does not fix, and the order of the records decides nothing.
    Records that are ``prepared`` already are not made ready again.
    """
    chosen, lessons = settings or MatchSettings(), lessons or Lessons.none()
    clock = [("start", perf_counter())]
    ready = prepared or prepare(records)
    order = in_order(ready)
    ready = reordered(ready, order)
    ids = records.id[order]
    clock.append(("prepare", perf_counter()))
    found = found_pairs(ready, chosen)
    clock.append(("block", perf_counter()))
    known = taught(ready, ids, lessons)
    kept = compared_at_once(ready, found)
    clock.append(("compare", perf_counter()))
    model = learned(ready, found, chosen, known, kept)
    clock.append(("learn", perf_counter()))
    pairs = scores(ready, found, model, kept)
    clock.append(("score", perf_counter()))
    refused = known.refused(ready.count)
    joining = join(ready.count, pairs, bits_of(chosen.join_above), *judges(ready, model, refused))
    clock.append(("join", perf_counter()))
    good = (probability(pairs.score) >= chosen.propose_above) & ~np.isin(keyed(pairs, ready.count), refused)
    return Matches(
        pairs=_table(pairs, good, joining.group, ids, chosen),
        group=_by_id(joining.group, ids, order),
        model=model,
        report=MatchReport(
            records=ready.count,
            distinct=found.distinct,
            pairs=len(found.left),
            rules=found.rules,
            thresholds=chart(probability(pairs.score)),
            refused=joining.refused,
            seconds=tuple((name, end - begin) for (_, begin), (name, end) in pairwise(clock)),
        ),
    )


def judges(prepared: Prepared, model: Model, refused: Ints) -> tuple[Score, Apart]:
    """What tells the bits of any pairs of rows, and which must stay apart."""

    def score(left: Ints, right: Ints) -> Floats:
        return np.asarray(in_chunks(lambda a, b: weigh(compare(prepared, a, b), model).score, left, right), np.float64)

    def apart(left: Ints, right: Ints) -> Mask:
        keys = np.minimum(left, right) * prepared.count + np.maximum(left, right)
        held = in_chunks(lambda a, b: held_apart(compare(prepared, a, b), model), left, right)
        return np.asarray(held.astype(bool) | np.isin(keys, refused), bool)

    return score, apart


def in_chunks(ask: Callable[[Ints, Ints], Any], left: Ints, right: Ints) -> Any:
    """What ``ask`` says of all pairs, a bounded number at a time."""
    starts = range(0, max(len(left), 1), CHUNK)
    return np.concatenate([ask(left[at : at + CHUNK], right[at : at + CHUNK]) for at in starts])


def bits_of(probability: float) -> float:
    """A probability as bits of odds.

    >>> bits_of(0.5), round(bits_of(0.95), 2)
    (0.0, 4.25)
    """
    return float(np.log2(probability) - np.log2(1 - probability))


def keyed(pairs: Scored, count: int) -> Ints:
    """Each pair as one number."""
    return np.minimum(pairs.left, pairs.right) * count + np.maximum(pairs.left, pairs.right)


def chart(chances: Floats) -> tuple[Threshold, ...]:
    """What proposing from each of some thresholds would mean; expectations from the probabilities themselves."""
    ordered = np.sort(chances)[::-1]
    found = np.concatenate([[0.0], np.cumsum(ordered)])
    whole = max(float(found[-1]), 1e-9)
    counts = [int(np.searchsorted(-ordered, -one, side="right")) for one in CHART]
    return tuple(
        Threshold(one, count, float(found[count] / count) if count else 1.0, float(found[count] / whole))
        for one, count in zip(CHART, counts, strict=True)
    )


def _table(pairs: Scored, kept: Mask, group: Ints, ids: Ints, settings: MatchSettings) -> Any:
    left, right, bits = pairs.left[kept], pairs.right[kept], pairs.score[kept]
    score = probability(bits)
    joined = (group[left] == group[right]) & (score >= settings.join_above)
    return pair_table(ids[left], ids[right], score, bits, joined)


def _by_id(group: Ints, ids: Ints, order: Ints) -> Ints:
    smallest = np.full(len(group), np.iinfo(np.int64).max)
    np.minimum.at(smallest, group, ids)
    found = np.empty(len(group), np.int64)
    found[order] = smallest[group]
    return found
