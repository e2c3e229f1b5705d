"""What may be set of matching; the defaults are for all data alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Probabilities from which pairs are proposed and joined, and bounds of the work.

    ``pairs_a_record``: so many candidates are compared for each record, at least ``fewest_pairs``. Up to
    ``all_pairs_below`` records every pair is; from ``learn_above`` records the weights are learned. ``sampled`` pairs
    are learned from. The same ``seed`` gives the same answer.
    """

    propose_above: float = 0.5
    join_above: float = 0.95
    pairs_a_record: int = 20
    fewest_pairs: int = 500_000
    all_pairs_below: int = 500
    learn_above: int = 50
    sampled: int = 300_000
    seed: int = 20_260_101
