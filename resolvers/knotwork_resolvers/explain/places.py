"""The graph seen from afar: a customer is one place, an identifier of nobody another, and edges lead between places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knotwork_graph.model import Status
from knotwork_graph.ports import GraphReader, Standing, Surroundings
from knotwork_resolvers.explain.ground import Ground
from knotwork_resolvers.explain.ties import Hold, Judged, judged

OF_NOBODY = 2_000
"""So many edges of an identifier that is nobody's are looked at: a shared one may have millions."""

Place = int
"""A customer's number, or minus the store's id of an identifier that belongs to nobody."""


def place_of(one: Standing) -> Place:
    """Where an identifier is."""
    return one.customer or -one.id


@dataclass(frozen=True, slots=True)
class Crossing:
    """An edge that leads from one place to another; ``near`` is the end on this side."""

    edge: Judged
    near: Standing
    far: Standing

    @property
    def cost(self) -> int:
        """How many changes it takes to cross: the edge must hold, and the far identifier must link."""
        return (self.edge.hold is not Hold.LINKS) + (not self.far.customer and self.far.status is not Status.LINKING)


@dataclass(slots=True)
class Atlas:
    """The places met so far, each read once; no more than ``most`` edges in all."""

    store: GraphReader
    ground: Ground
    most: int
    crossings: dict[Place, tuple[Crossing, ...]] = field(default_factory=dict)
    inside: dict[Place, tuple[Judged, ...]] = field(default_factory=dict)
    members: dict[Place, dict[str, Standing]] = field(default_factory=dict)
    partly: set[Place] = field(default_factory=set)
    read: int = 0

    @property
    def full(self) -> bool:
        """Whether no more may be read."""
        return self.read >= self.most

    def around(self, here: Place) -> tuple[Crossing, ...]:
        """The edges that lead away from a place, the heaviest first."""
        if here not in self.crossings:
            found = self._read(here)
            self.read += len(found.ties)
            if not found.whole:
                self.partly.add(here)
            edges = judged(found, self.ground)
            self.inside[here] = tuple(one for one in edges if place_of(one.a) == place_of(one.b) == here)
            own = (one for one in found.ends.values() if place_of(one) == here)
            self.members.setdefault(here, {}).update({one.key: one for one in own})
            self.crossings[here] = tuple(sorted(_leading(edges, here), key=_heaviest))
        return self.crossings[here]

    def _read(self, here: Place) -> Surroundings:
        left = max(1, self.most - self.read)
        if here > 0:
            return self.store.around_customer(here, left)
        return self.store.around_identifiers([-here], min(OF_NOBODY, left))


def turned(crossing: Crossing) -> Crossing:
    """The same edge, crossed the other way."""
    return Crossing(crossing.edge, crossing.far, crossing.near)


def _leading(edges: Iterable[Judged], here: Place) -> Iterator[Crossing]:
    for edge in edges:
        ends = [one for one in (edge.a, edge.b) if place_of(one) == here]
        if len(ends) == 1:
            yield Crossing(edge, ends[0], edge.other(ends[0]))


def _heaviest(one: Crossing) -> tuple[float, str, str]:
    return -one.edge.weight, one.near.key, one.far.key
