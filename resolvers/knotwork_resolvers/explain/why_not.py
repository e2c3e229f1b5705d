"""``why_not``: what keeps two identifiers in different customers, and the smallest change that would join them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knotwork_graph.counted import counted
from knotwork_graph.model import from_micros
from knotwork_graph.ports import GraphReader, Standing
from knotwork_resolvers.explain.advising import Barrier, Question, advice_for
from knotwork_resolvers.explain.answers import Change, ChangeKind, Link, Obstacle, ObstacleKind, Step, WhyNot
from knotwork_resolvers.explain.chain import Chain, cheapest_chain
from knotwork_resolvers.explain.evidence import Meaning, Sighting, crowded, samples
from knotwork_resolvers.explain.gathering import MOST_EDGES
from knotwork_resolvers.explain.ground import Ground
from knotwork_resolvers.explain.places import Atlas, Crossing, Place, place_of
from knotwork_resolvers.explain.remedies import (
    collisions,
    forbidding,
    held_by,
    identifier_obstacle,
    link_obstacle,
    may_not_link,
    must_link,
    remedies,
)
from knotwork_resolvers.explain.ties import Hold
from knotwork_resolvers.explain.why import Side

MOST_SHOWN = 10
"""So many obstacles of one kind are named."""

Seen = Callable[[Sequence[int], Sequence[Link], frozenset[str]], tuple[tuple[Sighting, ...], ...]]
"""Gives the events with several identifiers of each of some customers, those behind some links among them.

It is told the usable keys that are known."""

Common = Callable[[Sequence[int], Sequence[int]], tuple[Sighting, ...]]
"""Gives the events that bear an identifier (by its store id) of each of two sides, whosever the events are."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of the question as places, with what lies around them."""

    a: Side
    b: Side
    atlas: Atlas

    @property
    def start(self) -> Place:
        """The place of the first side."""
        return place_of(self.a.standing)

    @property
    def goal(self) -> Place:
        """The place of the second side."""
        return place_of(self.b.standing)

    def held(self, place: Place) -> frozenset[str]:
        """The keys of a place, as far as they were read."""
        return frozenset(self.atlas.members.get(place, {}))

    @property
    def ids(self) -> tuple[list[int], list[int]]:
        """The store ids of both sides, as far as they were read."""
        first, second = (
            sorted({side.standing.id, *(one.id for one in self.atlas.members.get(place, {}).values())})
            for side, place in ((self.a, self.start), (self.b, self.goal))
        )
        return first, second

    @property
    def known(self) -> frozenset[str]:
        """The linking identifiers of both sides, as far as they were read."""
        held = (self.atlas.members.get(place, {}).values() for place in (self.start, self.goal))
        return frozenset(one.key for some in held for one in some if not may_not_link(one))


def why_not(
    store: GraphReader, ground: Ground, a: Side, b: Side, seen: Seen, common: Common, *, most: int = MOST_EDGES
) -> WhyNot:
    """Why ``a`` and ``b`` are not one customer, and the smallest change that would join them.

    The smallest change is the way through the graph that opens with the fewest changes: a severed or expired link is
    one, an identifier that may not link is one. At most ``most`` edges are read.
    """
    answer = WhyNot(a.asked, b.asked, False, ground.run, from_micros(ground.moment))
    if a.standing.customer and a.standing.customer == b.standing.customer:
        return replace(answer, together=True)
    sides = Sides(a, b, Atlas(store, ground, most))
    chain = cheapest_chain(sides.atlas, sides.start, sides.goal)
    direct = tuple(_direct(sides))
    found = replace(answer, between=direct, left_out=tuple(_left_out(sides, chain, direct)))
    links = [one.link for one in direct if one.link is not None][:MOST_SHOWN]
    events = seen([place for place in (sides.start, sides.goal) if place > 0], links, sides.known)
    found = _with_events(found, events, sides)
    if not found.between:  # what both are on may be another customer's, or nobody's
        found = replace(found, between=tuple(_crowded(common(*sides.ids), sides)))
    return _with_change(found, chain, sides)


def _direct(sides: Sides) -> Iterator[Obstacle]:
    """What stands directly between the two sides: the links of both, then the identifiers that both were seen with."""
    for side in (sides.a, sides.b):
        if not side.standing.customer and may_not_link(side.standing):
            yield identifier_obstacle(side.standing, sides.atlas.ground)
    across = sides.atlas.around(sides.start)
    ground = sides.atlas.ground
    for one in across:
        if place_of(one.far) == sides.goal and one.edge.hold is not Hold.LINKS:
            yield link_obstacle(one.edge, ground, one.near.key)
    seen = {frozenset((one.near.key, one.far.key)) for one in across}
    for said in ground.parting(*(sides.held(place) | {key} for place, key in _keys(sides))):
        if frozenset(said.about) not in seen:
            yield forbidding(said)
    beyond = {place_of(one.far) for one in sides.atlas.around(sides.goal)}
    common = {one.far.key: one.far for one in across if place_of(one.far) in beyond and not one.far.customer}
    for key in sorted(common):
        if may_not_link(common[key]):
            yield identifier_obstacle(common[key], ground)


def _left_out(sides: Sides, chain: Chain, direct: Sequence[Obstacle]) -> Iterator[str]:
    atlas = sides.atlas
    if not chain.sure:
        what = "a shorter way may lie in" if chain.crossings else "a way may lie in"
        yield f"{what} what was not looked at: {counted(atlas.read, 'edge')} were read"
    links = sum(one.link is not None for one in direct)
    shared = len(direct) - links
    for count, name in ((links, "links"), (shared, "identifiers")):
        if count > MOST_SHOWN:
            yield f"{count - MOST_SHOWN:,} more {name} between them are not shown"


def _with_events(found: WhyNot, events: Sequence[Sequence[Sighting]], sides: Sides) -> WhyNot:
    """``found`` with sample events, with crowded events, and with blocked values that both sides were seen with."""
    policy = sides.atlas.ground.policy
    every = sorted((one for some in events for one in some), key=lambda one: one.event.timestamp)
    between = [
        replace(one, link=replace(one.link, samples=samples(one.link, every, policy))) if one.link else one
        for one in _shown(found.between)
    ]
    between += _crowded(every, sides)
    between += _blocked_in_common(events)
    return replace(found, between=tuple(between))


def _shown(obstacles: Iterable[Obstacle]) -> list[Obstacle]:
    """The first of the links and the first of the identifiers."""
    kept: list[Obstacle] = []
    for one in obstacles:
        if sum((one.link is None) == (other.link is None) for other in kept) < MOST_SHOWN:
            kept.append(one)
    return kept


def _crowded(events: Iterable[Sighting], sides: Sides) -> list[Obstacle]:
    """The events that showed both sides and made no links, since they bear too much."""
    own, theirs = (sides.atlas.members.get(place, {}).keys() | {key} for place, key in _keys(sides))
    found = []
    for one in events:
        mine, other = sorted(one.usable & own), sorted(one.usable & theirs)
        why = crowded(one, sides.atlas.ground.policy) if mine and other else ""
        if why:
            found.append(
                Obstacle(ObstacleKind.CROWDED, (mine[0], other[0]), f"the event links nothing: {why}", sample=one.event)
            )
    return found[-MOST_SHOWN:]


def _keys(sides: Sides) -> tuple[tuple[Place, str], tuple[Place, str]]:
    return (sides.start, sides.a.asked.key), (sides.goal, sides.b.asked.key)


def _blocked_in_common(events: Sequence[Sequence[Sighting]]) -> list[Obstacle]:
    """The values that may not link and that stand on events of both sides."""
    if len(events) < 2:
        return []
    mine, theirs = (_unusable(some) for some in events)
    return [
        Obstacle(ObstacleKind(mine[key].status.value), (key,), mine[key].reason)
        for key in sorted(mine.keys() & theirs.keys())[:MOST_SHOWN]
    ]


def _unusable(events: Iterable[Sighting]) -> dict[str, Meaning]:
    return {one.key: one for event in events for one in event.meanings if one.key not in event.usable}


def _with_change(found: WhyNot, chain: Chain, sides: Sides) -> WhyNot:
    """``found`` with the smallest change, and with the limits that the two sides together would exceed."""
    barriers = tuple(_barriers(sides, chain.crossings))
    if not barriers:
        return replace(found, otherwise=_otherwise(found, sides.atlas.ground))
    asked = sides.a.standing.key, sides.b.standing.key
    places = frozenset({sides.start, sides.goal} | {place_of(one.far) for one in chain.crossings})
    held = held_by(_members(sides, places))
    advice = advice_for(Question(sides.atlas, asked, places), barriers)
    steps = tuple(Step(one.obstacle, remedies(one.obstacle, advice)) for one in barriers)
    raised = {change.setting for step in steps for change in step.remedies if change.value}
    broken = tuple(one for one in collisions(held, sides.atlas.ground.policy) if one.setting not in raised)
    found = replace(found, steps=steps, collisions=broken)
    enough = any(change.enough for step in steps for change in step.remedies)
    return found if enough else replace(found, otherwise=_otherwise(found, sides.atlas.ground))


def _barriers(sides: Sides, crossings: Sequence[Crossing]) -> Iterator[Barrier]:
    """What must be taken away along the chain, in its order."""
    if crossings and not sides.a.standing.customer and may_not_link(sides.a.standing):
        yield Barrier(identifier_obstacle(sides.a.standing, sides.atlas.ground), (sides.a.standing.id,))
    for one in crossings:
        if one.edge.hold is not Hold.LINKS:
            obstacle = link_obstacle(one.edge, sides.atlas.ground, one.near.key)
            yield Barrier(obstacle, (one.near.id, one.far.id))
        if not one.far.customer and may_not_link(one.far):
            yield Barrier(identifier_obstacle(one.far, sides.atlas.ground), (one.far.id,))


def _members(sides: Sides, places: Iterable[Place]) -> Iterator[Standing]:
    """Everything that one customer would hold if the chain were open."""
    known = {one.key: one for place in places for one in sides.atlas.members.get(place, {}).values()}
    known |= {one.standing.key: one.standing for one in (sides.a, sides.b)}
    yield from (known[key] for key in sorted(known))


def _otherwise(found: WhyNot, ground: Ground) -> tuple[Change, ...]:
    """What joins the two whatever stands between, where taking away obstacles is not enough."""
    decision = must_link(found.a.key, found.b.key, ground)
    event = Change(ChangeKind.EVENT, "An event of any source bears an identifier of each.")
    return (decision,) if found.steps else (decision, event)
