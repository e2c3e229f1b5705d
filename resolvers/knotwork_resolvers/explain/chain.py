"""The way between two places that takes the fewest changes to open."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from knotwork_resolvers.explain.places import Atlas, Crossing, Place, place_of, turned

FARTHEST = 4
"""More changes than this nobody would make to join two customers."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The edges from one place to another; none where there is no way.

    ``sure`` is false where a cheaper way, or any at all, may lie in what was not looked at.
    """

    crossings: tuple[Crossing, ...] = ()
    sure: bool = True


Queue = list[tuple[int, int, bool, Place]]
Came = dict[Place, tuple[tuple[int, int], Crossing | None]]


def cheapest_chain(atlas: Atlas, start: Place, goal: Place) -> Chain:
    """The way from ``start`` to ``goal`` of fewest changes, then fewest edges, then heaviest edges.

    Uniform-cost search that reads a place when it is its turn; the goal's own edges are read first, so that a shared
    identifier between the two is met without reading all it was seen with. Ends after ``atlas.most`` edges, or at
    ``FARTHEST`` changes.
    """
    back: dict[Place, list[Crossing]] = {}
    for one in atlas.around(goal):
        back.setdefault(place_of(one.far), []).append(turned(one))
    came: Came = {start: ((0, 0), None)}
    queue: Queue = [(0, 0, False, start)]
    done = set[Place]()
    sure, near = True, True
    while queue:
        cost, hops, _, here = heapq.heappop(queue)
        if here == goal:
            return Chain(_traced(came, goal), sure or cost <= 1)
        if here in done:
            continue
        done.add(here)
        ways = (*back.get(here, ()), *(() if atlas.full else atlas.around(here)))
        sure &= not atlas.full and here not in atlas.partly
        for crossing in ways:
            near &= _offer(came, queue, crossing, (cost + crossing.cost, hops + 1), goal)
    return Chain((), sure and near)


def _offer(came: Came, queue: Queue, crossing: Crossing, rank: tuple[int, int], goal: Place) -> bool:
    """Take the crossing where it is the best way so far; whether it did not lead too far to follow."""
    there = place_of(crossing.far)
    if rank[0] > FARTHEST:
        return False
    if there not in came or rank < came[there][0]:
        came[there] = (rank, crossing)
        heapq.heappush(queue, (*rank, there != goal, there))
    return True


def _traced(came: Came, goal: Place) -> tuple[Crossing, ...]:
    found: list[Crossing] = []
    crossing = came[goal][1]
    while crossing is not None:
        found.append(crossing)
        crossing = came[place_of(crossing.near)][1]
    return tuple(reversed(found))
