"""What matching found, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from knotwork_resolvers.match.blocking import RuleReport
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.match.records import Floats, Ints, Mask

Band = Literal["join", "propose"]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What people decided: pairs of record ids, and whether they are one person."""

    left: Ints
    right: Ints
    same: Mask

    @classmethod
    def none(cls) -> Lessons:
        """No decisions yet."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool))


@dataclass(frozen=True, slots=True)
class Threshold:
    """What proposing from ``probability`` would mean: ``pairs`` to look at, and what to expect of them, without labels.

    ``precision`` is the mean probability of these pairs, ``recall`` their part of all that is expected to be found.
    """

    probability: float
    pairs: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class MatchReport:
    """How it went: ``records`` and those ``distinct``, candidate ``pairs``, each rule's share, and the thresholds.

    ``refused`` counts joins that averages or limits held off; ``seconds`` are by step.
    """

    records: int
    distinct: int
    pairs: int
    rules: tuple[RuleReport, ...]
    thresholds: tuple[Threshold, ...]
    refused: int
    seconds: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """``pairs``: an Arrow table of ``left``, ``right`` (ids, left < right), ``score`` (probability), ``weight`` (bits)
    and ``band``, the most likely first. ``group``: for each record, as they came, the smallest id of its group.
    """

    pairs: Any
    group: Ints
    model: Model
    report: MatchReport


def pair_table(left: Ints, right: Ints, score: Floats, bits: Floats, joined: Mask) -> Any:
    """The table of pairs, the most likely first, then by ids."""
    low, high = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((high, low, -bits))
    bands = pa.array(np.where(joined, "join", "propose")[order], pa.string())
    columns = {"left": low[order], "right": high[order], "score": score[order], "weight": bits[order]}
    return pa.table({**columns, "band": bands})
