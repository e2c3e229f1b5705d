"""Why a pair scores as it does: a waterfall from the prior over each comparison to the total, in numbers and words.

Texts of the records are not part of it: who may see them is for others to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from knotwork_resolvers.match.columns import Prepared
from knotwork_resolvers.match.comparison import Compared, compare
from knotwork_resolvers.match.guards import held_apart
from knotwork_resolvers.match.measures import MISSING
from knotwork_resolvers.match.model import Bits, Model, probability, weigh
from knotwork_resolvers.match.records import Ints

SLIGHT = 0.05
"""Bits below this change nothing that a person would see."""


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison: its kind, how the two agree in words, and what that weighs in bits.

    ``share`` is the part of all records that hold the agreed value; 0 where the values are not the same.
    """

    kind: str
    agreement: str
    bits: float
    share: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The waterfall of one pair: ``prior`` + the bits of ``parts`` - ``household`` = ``score``, in bits; then the odds
    as ``probability``. ``apart``: something holds the two apart, whatever they score. ``model`` is its version.
    """

    prior: float
    parts: tuple[Part, ...]
    household: float
    score: float
    probability: float
    apart: bool
    model: str

    def in_words(self) -> str:
        """One line: the probability, and what speaks for and against, the weightiest first."""
        told = [f"{part.kind} {part.agreement} ({part.bits:+.1f})" for part in self.by_weight()]
        if self.household >= SLIGHT:
            told.append(f"could be two of one household ({-self.household:+.1f})")
        ending = "; held apart by what is known of them" if self.apart else ""
        said = "; ".join(told) or "nothing to compare"
        return f"{self.probability:.1%}: {said}; to begin with {self.prior:+.1f}{ending}"

    def by_weight(self) -> tuple[Part, ...]:
        """The parts, those that say most first, either way."""
        return tuple(sorted(self.parts, key=lambda part: (-abs(part.bits), part.kind)))

    def to_json(self) -> str:
        """The waterfall as text."""
        return json.dumps(asdict(self), sort_keys=True)


def evidence_of(prepared: Prepared, left: Ints, right: Ints, model: Model) -> tuple[Evidence, ...]:
    """The evidence for each pair of rows; the score is that of ``match``, to the bit."""
    compared = compare(prepared, left, right)
    bits, held, version = weigh(compared, model), held_apart(compared, model), model.version
    prior, chance = model.prior_bits(), probability(bits.score).tolist()
    told = zip(_parts(compared, bits, model), bits.household.tolist(), bits.score.tolist(), chance, held, strict=True)
    return tuple(
        Evidence(prior, parts, household, score, likely, bool(apart), version)
        for parts, household, score, likely, apart in told
    )


def _parts(compared: Compared, bits: Bits, model: Model) -> Iterator[tuple[Part, ...]]:
    """The comparisons of each pair; columns are read as lists, for numbers of arrays take longer one by one."""
    labels = {each.kind: each.labels() for each in model.weights}
    known = [(row, kind, labels[kind]) for row, kind in enumerate(compared.kinds) if kind in labels]
    columns = [
        zip(compared.levels[row].tolist(), bits.weight[row].tolist(), compared.share[row].tolist(), strict=True)
        for row, _, _ in known
    ]
    for cells in zip(*columns, strict=True) if columns else ((),) * len(compared):
        yield tuple(
            Part(kind, words[level], weight, share)
            for (_, kind, words), (level, weight, share) in zip(known, cells, strict=True)
            if level != MISSING
        )
