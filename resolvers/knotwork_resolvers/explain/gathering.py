"""Reading the part of the graph that a question needs: a whole customer where it is small, else what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knotwork_graph.model import Status
from knotwork_graph.ports import GraphReader, Standing, Surroundings, Tie

MOST_EDGES = 20_000
"""So many edges are looked at for one question."""

OF_ONE_IDENTIFIER = 1_000
"""So many edges of one identifier are looked at where a customer is too large to be read whole."""

AT_ONCE = 200


def customer_around(store: GraphReader, a: Standing, b: Standing, most: int = MOST_EDGES) -> Surroundings:
    """The edges of the customer of ``a`` and ``b``; where there are more than ``most``, those met on the way from
    both of them towards each other. O(``most``), whatever the customer's size.
    """
    whole = store.around_customer(a.customer, most)
    return whole if whole.whole else Between(store, most).met(a, b)


@dataclass(frozen=True, slots=True)
class Between:
    """A search from two identifiers towards each other, within their customer, ring by ring."""

    store: GraphReader
    most: int

    def met(self, a: Standing, b: Standing) -> Surroundings:
        """What was read until the two searches met (or gave up), never ``whole``."""
        ends, ties = {a.id: a, b.id: b}, dict[tuple[int, int], Tie]()
        rings, known = [[a.id], [b.id]], [{a.id}, {b.id}]
        while all(rings) and not known[0] & known[1] and len(ties) < self.most:
            side = 0 if len(known[0]) <= len(known[1]) else 1  # the one that met fewer, so that hubs come last
            now, later = rings[side][:AT_ONCE], rings[side][AT_ONCE:]
            found = self.store.around_identifiers(now, min(OF_ONE_IDENTIFIER, self.most))
            ends.update(found.ends)
            ties.update({(tie.a, tie.b): tie for tie in found.ties})
            fresh = fresh_ends(found, a.customer, known[side])
            known[side].update(fresh)
            rings[side] = [*later, *fresh]
        return Surroundings(ends, tuple(ties.values()), whole=False)


def fresh_ends(found: Surroundings, customer: int, known: set[int]) -> Sequence[int]:
    """The linking identifiers of the customer that are not ``known`` yet, ascending."""
    return sorted(
        one.id
        for one in found.ends.values()
        if one.customer == customer and one.status is Status.LINKING and one.id not in known
    )
