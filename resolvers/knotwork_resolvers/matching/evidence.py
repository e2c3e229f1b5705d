"""Why two records are thought one person: what each comparison weighs, as a sum that a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.columns import Prepared
from knotwork_resolvers.match.evidence import Evidence, evidence_of
from knotwork_resolvers.match.model import Model

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
    ``apart``: something holds both apart, whatever they score.
    """

    prior: float
    steps: tuple[Step, ...]
    household: float
    total: float
    score: float
    apart: bool = False

    def to_json(self) -> str:
        """The waterfall as ``from_json`` reads it; also what ``export proposals`` shows as evidence."""
        steps = [{"trait": one.trait, "words": one.words, "weight": one.weight} for one in self.steps]
        held = {"prior": self.prior, "steps": steps, "household": self.household, "total": self.total}
        return json.dumps({**held, "score": self.score, "apart": self.apart}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Waterfall:
        """What ``to_json`` wrote."""
        held: Mapping[str, Any] = json.loads(text)
        steps = tuple(Step(one["trait"], one["words"], one["weight"]) for one in held["steps"])
        return cls(held["prior"], steps, held["household"], held["total"], held["score"], held["apart"])


def waterfalls(ready: Prepared, left: Ints, right: Ints, model: Model) -> Iterator[Waterfall]:
    """The waterfall of each pair of rows, in their order; O(pairs x kinds)."""
    for start in range(0, len(left), CHUNK):
        found = evidence_of(ready, left[start : start + CHUNK], right[start : start + CHUNK], model)
        yield from map(waterfall, found)


def waterfall(found: Evidence) -> Waterfall:
    """The evidence as it is kept and shown: two decimals, so that the printed figures add up to the printed total."""
    steps = tuple(Step(one.kind, one.agreement, round(one.bits, 2)) for one in found.parts)
    prior, household = round(found.prior, 2), -round(found.household, 2)
    total = round(prior + sum(one.weight for one in steps) + household, 2)
    return Waterfall(prior, steps, household, total, round(found.probability, 6), found.apart)
