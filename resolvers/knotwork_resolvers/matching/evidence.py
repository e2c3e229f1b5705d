"""Why two records are thought one person: what each comparison weighs, as a sum that a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.columns import Prepared, prepare
from knotwork_resolvers.match.comparison import compare
from knotwork_resolvers.match.manners import MANNERS
from knotwork_resolvers.match.measures import MISSING
from knotwork_resolvers.match.model import Model, probability, weigh
from knotwork_resolvers.match.records import Records

CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison: the trait or identifier type, how both agree in words, and what that weighs (bits)."""

    trait: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the chance of any two records to that of these two: ``prior`` + ``steps`` + ``household`` = ``total``.

    All in bits (log2 of odds); ``household``, never above 0, is what living together explains; ``score`` a probability.
    """

    prior: float
    steps: tuple[Step, ...]
    household: float
    total: float
    score: float

    def to_json(self) -> str:
        """The waterfall as ``from_json`` reads it; also what ``export proposals`` shows as evidence."""
        steps = [{"trait": one.trait, "words": one.words, "weight": one.weight} for one in self.steps]
        return json.dumps(
            {
                "prior": self.prior,
                "steps": steps,
                "household": self.household,
                "total": self.total,
                "score": self.score,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Waterfall:
        """What ``to_json`` wrote."""
        held: Mapping[str, Any] = json.loads(text)
        steps = tuple(Step(one["trait"], one["words"], one["weight"]) for one in held["steps"])
        return cls(held["prior"], steps, held["household"], held["total"], held["score"])


def waterfalls(records: Records, left: Ints, right: Ints, model: Model) -> Iterator[Waterfall]:
    """The waterfall of each pair of rows, in their order; records are made ready once, then O(pairs x kinds)."""
    ready = prepare(records)
    for start in range(0, len(left), CHUNK):
        yield from _some(ready, left[start : start + CHUNK], right[start : start + CHUNK], model)


def _some(ready: Prepared, left: Ints, right: Ints, model: Model) -> Iterator[Waterfall]:
    compared = compare(ready, left, right)
    bits = weigh(compared, model)
    labels = [MANNERS[ready.columns[kind].role].labels for kind in compared.kinds]
    prior = round(model.prior_bits(), 2)
    weight, score = np.round(bits.weight, 2), probability(bits.score)
    for pair in range(len(left)):
        levels = compared.levels[:, pair].tolist()
        steps = tuple(
            Step(kind, labels[place][levels[place]], float(weight[place, pair]))
            for place, kind in enumerate(compared.kinds)
            if levels[place] != MISSING
        )
        household = -round(float(bits.household[pair]), 2)
        total = round(prior + sum(one.weight for one in steps) + household, 2)
        yield Waterfall(prior, steps, household, total, round(float(score[pair]), 6))
