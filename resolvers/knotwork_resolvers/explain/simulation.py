"""What ``simulate`` answers: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EffectKind(StrEnum):
    """What becomes of some customers that have to do with one another."""

    MERGED = "merged"
    SPLIT = "split"
    BOTH = "both"
    ADJUSTED = "adjusted"
    RENAMED = "renamed"
    DISSOLVED = "dissolved"
    APPEARED = "appeared"


@dataclass(frozen=True, slots=True)
class Named:
    """One customer of an effect: its id, its strongest identifier, how many it holds, whether the id would be new."""

    id: str
    key: str
    identifiers: int
    new: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """Customers that would change together: ``identifiers`` change hands, the ``examples`` among them.

    ``before`` and ``after`` name the largest customers, out of ``customers_before`` and ``customers_after``.
    """

    kind: EffectKind
    identifiers: int
    customers_before: int
    customers_after: int
    before: tuple[Named, ...]
    after: tuple[Named, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The same data under another policy, beside what the present policy makes of it; nothing was written.

    Every customer of the present is one of ``unchanged`` (the same identifiers), ``merged`` (with others), ``split``,
    ``both``, ``adjusted`` (the same customer, with identifiers more or fewer that were or will be nobody's) and
    ``dissolved`` (all its identifiers would be nobody's); these add up to ``before["customers"]``. ``moved``
    identifiers go from one customer to another, ``released`` become nobody's, ``taken`` were nobody's. ``churn`` is the
    share of today's ids that would be retired. ``before`` and ``after`` are counts: customers, largest, severed, shared
    and so on. ``effects`` are the largest, the largest first. ``reread``: the facts were read anew.
    """

    moment: datetime
    before: Mapping[str, int]
    after: Mapping[str, int]
    unchanged: int = 0
    merged: int = 0
    split: int = 0
    both: int = 0
    adjusted: int = 0
    dissolved: int = 0
    appeared: int = 0
    moved: int = 0
    released: int = 0
    taken: int = 0
    ids_retired: int = 0
    ids_new: int = 0
    churn: float = 0.0
    effects: tuple[Effect, ...] = ()
    all_effects: int = 0
    reread: bool = False
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: Mapping[str, float] = field(default_factory=dict)
