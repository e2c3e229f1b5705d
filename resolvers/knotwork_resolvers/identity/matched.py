"""Pairs that matching has joined, as the graph at hand sees them.

A machine's guess never severs what was seen: matched pairs are taken after every edge, the likeliest first, and only
where the policy and the stewards allow it. So customers with them are unions of the customers without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from knotwork_resolvers.identity.decided import Decided, index_of_keys
from knotwork_resolvers.identity.resolution import Ints, Mask, StatusCode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knotwork_graph.model import GraphArrays
    from knotwork_graph.proposals import Matched


def no_pairs() -> Ints:
    """No pairs, as an array of two columns."""
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True, slots=True)
class Guesses:
    """The matched pairs that may link, as index pairs (lower key first): the likeliest first, then by keys."""

    pairs: Ints = field(default_factory=no_pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def within(self, chosen: Mask) -> Ints:
        """The pairs whose first end is ``chosen``; the other is then too, as both hang together."""
        return self.pairs[chosen[self.pairs[:, 0]]]


def guesses(graph: GraphArrays, matches: Sequence[Matched], status: NDArray[np.int8], said: Decided) -> Guesses:
    """The ``matches`` between identifiers that may link and that no steward keeps apart; O(identifiers) if any."""
    if not matches:
        return Guesses()
    index = index_of_keys(graph, {key for one in matches for key in (one.a, one.b)})
    known = [one for one in matches if one.a in index and one.b in index]
    ordered = sorted(known, key=lambda one: (-one.score, one.a, one.b))
    pairs = np.array([(index[one.a], index[one.b]) for one in ordered], np.int64).reshape(-1, 2)
    free = (status[pairs] == StatusCode.LINKING).all(axis=1)
    return Guesses(pairs[free & ~among(pairs, said.cannot, len(graph.identifiers))])


def among(pairs: Ints, others: Ints, span: int) -> Mask:
    """Which of ``pairs`` are among ``others``, whatever the order of their ends; all indices are below ``span``."""
    low, high = np.sort(pairs, axis=1).T
    return np.isin(low * span + high, others[:, 0] * span + others[:, 1])
