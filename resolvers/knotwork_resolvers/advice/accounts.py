"""Types that nobody named and that look like accounts: what would tie people together unless it is limited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.resolution import Mask
from knotwork_resolvers.identity.shared import Neighbours

FEWEST = 20
"""Of fewer addresses, numbers and cards nothing can be told."""

NEARLY_ALL = 0.99


@dataclass(frozen=True, slots=True)
class Accountlike:
    """A ``type`` that the policy does not name and that goes with people one to one.

    Of ``seen`` identifiers that name a person and were seen with it, ``single`` were seen with one value alone;
    ``tying`` are the machines and other values that were seen with several, and so tie these together.
    """

    type: str
    seen: int
    single: int
    tying: int

    @property
    def words(self) -> str:
        """What it looks like, and what it does, in a sentence without its end."""
        return (
            f"looks like an account: {self.single:,} of the {self.seen:,} addresses, numbers and accounts that it was"
            f" seen with have one value alone, and {self.tying:,} machines or others have several, which ties people"
            " together"
        )


def accountlike(graph: GraphArrays, policy: Policy) -> Iterator[Accountlike]:
    """Each type that the policy does not name, that looks like an account, and that ties people; by name.

    It looks like one where nearly all identifiers of types with a limit per customer were seen with one value of it.
    O(edges) for each type that is not named.
    """
    names = graph.identifiers.type_names
    neighbours = Neighbours(graph, np.ones(len(graph.edges), np.bool_))
    person = _of_types(graph, [policy.names(name) and policy.rule(name).max_per_customer is not None for name in names])
    for code, name in sorted(enumerate(names), key=lambda one: one[1]):
        if policy.names(name) or not (graph.identifiers.types == code).any():
            continue
        counts = neighbours.of_type(name)
        seen, single = (int(np.count_nonzero(person & some)) for some in (counts > 0, counts == 1))
        tying = int(np.count_nonzero(~person & (counts > 1) & (graph.identifiers.types != code)))
        if seen >= FEWEST and single >= NEARLY_ALL * seen and tying:
            yield Accountlike(name, seen, single, tying)


def _of_types(graph: GraphArrays, chosen: list[bool]) -> Mask:
    """Which identifiers are of the types that ``chosen`` marks."""
    return np.asarray(np.array(chosen or [False], np.bool_)[graph.identifiers.types])
