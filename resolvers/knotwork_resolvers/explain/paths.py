"""The strongest ways through a small network, and what separates two of its nodes. Plain Python, no store.

A network maps each node to its neighbours and the weight of the link to each; both directions are there.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf

Network = Mapping[str, Mapping[str, float]]
Nodes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """The best ways, best first; ``whole`` is false where the search for more was given up."""

    ways: tuple[Nodes, ...]
    whole: bool = True


def strongest_ways(network: Network, a: str, b: str, *, most: int, effort: int) -> Ways:
    """The ``most`` best simple ways from ``a`` to ``b``: the one whose weakest link is heaviest, then fewer links,
    then the smaller keys.

    Yen's algorithm (1971), exact for this order because a way's root bounds its weakest link: O(most x length)
    searches of O(links log links) each, given up after ``effort`` links were looked at in all.
    """
    first = _best(network, a, b, Detour())
    if first is None:
        return Ways(())
    found, waiting, seen = [first], list[tuple[tuple[float, int, Nodes], Nodes]](), {first}
    cost, spent = 1 + sum(len(near) for near in network.values()), 0
    while len(found) < most:
        for detour in _detours(network, found):
            spent += cost
            if spent > effort:
                return Ways(tuple(found), whole=False)
            way = _best(network, detour.root[-1], b, detour)
            if way is not None and (*detour.root[:-1], *way) not in seen:
                whole = (*detour.root[:-1], *way)
                seen.add(whole)
                heapq.heappush(waiting, (_rank(network, whole), whole))
        if not waiting:
            break
        found.append(heapq.heappop(waiting)[1])
    return Ways(tuple(found))


def weakest(network: Network, way: Nodes) -> float:
    """The weight of the weakest link of ``way``; infinite for a single node."""
    return min((network[a][b] for a, b in pairwise(way)), default=inf)


@dataclass(frozen=True, slots=True)
class Detour:
    """Where a search sets out: the ``root`` it has come by, the steps it may not take next, the root's weakest link."""

    root: Nodes = ()
    banned: frozenset[str] = frozenset()
    cap: float = inf


def _rank(network: Network, way: Nodes) -> tuple[float, int, Nodes]:
    return -weakest(network, way), len(way), way


def _detours(network: Network, found: list[Nodes]) -> Iterator[Detour]:
    """Every place of the last way found at which another way can leave it."""
    last = found[-1]
    for place in range(len(last) - 1):
        root = last[: place + 1]
        banned = frozenset(way[place + 1] for way in found if way[: place + 1] == root)
        yield Detour(root, banned, weakest(network, root))


def _best(network: Network, a: str, b: str, detour: Detour) -> Nodes | None:
    """The best way from ``a`` to ``b`` that avoids the root and the banned first steps; None where there is none."""
    width = _width(network, a, b, detour)
    return None if width is None else _fewest(network, a, b, detour, min(width, detour.cap))


def _steps(network: Network, node: str, start: str, detour: Detour) -> Iterator[tuple[str, float]]:
    for other, weight in network.get(node, {}).items():  # read in another way since, it may link nothing any more
        if other not in detour.root and not (node == start and other in detour.banned):
            yield other, weight


def _width(network: Network, a: str, b: str, detour: Detour) -> float | None:
    """The weight of the weakest link on the way that has the heaviest one; Dijkstra's search with (max, min)."""
    queue, best = [(-inf, a)], {a: -inf}
    while queue:
        width, node = heapq.heappop(queue)
        if node == b:
            return -width
        if width > best[node]:
            continue
        for other, weight in _steps(network, node, a, detour):
            reached = max(width, -weight)
            if reached < best.get(other, inf):
                best[other] = reached
                heapq.heappush(queue, (reached, other))
    return None


def _fewest(network: Network, a: str, b: str, detour: Detour, width: float) -> Nodes | None:
    """The way of fewest links no lighter than ``width``; of several the one with the smallest keys."""
    came, queue = {a: a}, deque([a])
    while queue and b not in came:
        node = queue.popleft()
        for other in sorted(o for o, w in _steps(network, node, a, detour) if w >= width and o not in came):
            came[other] = node
            queue.append(other)
    return _traced(came, a, b) if b in came else None


def _traced(came: Mapping[str, str], a: str, b: str) -> Nodes:
    way = [b]
    while way[-1] != a:
        way.append(came[way[-1]])
    return tuple(reversed(way))
