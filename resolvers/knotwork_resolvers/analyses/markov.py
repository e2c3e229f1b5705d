"""Removal effects of a first-order Markov chain, exactly: linear algebra on the absorbing chain, no simulation.

States: the start, each touchpoint, conversion and null. Where touchpoint c is removed, whoever would come to c is lost.
With N = (I - Q)^-1 the visits from one state to another, h = N b the chance to convert, the chance ever to come from
the start to c is N[s, c] / N[c, c], so that the chance to convert without c is h[s] - N[s, c] / N[c, c] * h[c]: one
inverse serves all removals. Anderl, Becker, von Wangenheim and Schumann (2016), Mapping the customer journey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knotwork_graph.errors import UsageError

MOST_STATES = 3_000
BEGIN, CONVERTED, LOST = "\0start", "\0converted", "\0lost"


@dataclass(frozen=True, slots=True)
class Chain:
    """The chance to convert from the start, and for each touchpoint the share of it that its removal takes (0 to 1)."""

    converts: float
    removal: Mapping[str, float]

    def shares(self) -> dict[str, float]:
        """The removal effects, so scaled that they sum to 1; equal shares where none has an effect."""
        total = sum(self.removal.values())
        count = len(self.removal)
        return {name: effect / total if total else 1 / count for name, effect in self.removal.items()}


def chain_of(moves: Mapping[tuple[str, str], float]) -> Chain:
    """The chain in which each move (from, to) happens as often as counted; O(touchpoints cubed).

    Moves begin at ``BEGIN`` and end at ``CONVERTED`` or ``LOST``. Raises ``UsageError`` beyond ``MOST_STATES``.
    """
    import numpy as np

    names = sorted({name for move in moves for name in move} - {BEGIN, CONVERTED, LOST})
    if len(names) > MOST_STATES:
        raise UsageError(f"{len(names):,} touchpoints are too many for a Markov model; choose a coarser touchpoint.")
    place = {name: number for number, name in enumerate([BEGIN, *names])}
    counted = np.zeros((len(place), len(place)))
    converted, leaves = np.zeros(len(place)), np.zeros(len(place))
    for (origin, target), count in moves.items():
        leaves[place[origin]] += count
        if target in place:
            counted[place[origin], place[target]] += count
        elif target == CONVERTED:
            converted[place[origin]] += count
    leaves[leaves == 0] = 1.0
    visits = np.linalg.inv(np.eye(len(place)) - counted / leaves[:, None])
    hope = visits @ (converted / leaves)
    reached = visits[0] / np.diagonal(visits)
    effect = reached * hope / hope[0] if hope[0] else np.zeros(len(place))
    return Chain(float(hope[0]), {name: float(min(1.0, effect[number])) for name, number in place.items() if number})
