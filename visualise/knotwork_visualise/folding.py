"""Which identifiers share a mark when there are too many to draw: a hub's leaves first, then whole communities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Link = tuple[int, int]

RING = 4  # a hub's leaves of one type fold from this many on
SEED = 7


@dataclass(frozen=True, slots=True)
class Fold:
    """One mark for several identifiers: their numbers, ascending; ``hub`` is whose leaves they are, or None."""

    members: tuple[int, ...]
    hub: int | None = None


def fold(kinds: Sequence[str], links: Sequence[Link], limit: int) -> tuple[Fold, ...]:
    """The marks to draw, at most ``limit`` of them, each identifier in exactly one; single ones come as folds of one.

    Up to ``limit`` identifiers nothing is folded. Cost: near-linear in the links.
    """
    count = len(kinds)
    if count <= limit:
        return tuple(Fold((number,)) for number in range(count))
    ringed = _rings(kinds, links)
    if len(ringed) <= limit:
        return ringed
    return _communities(count, links, limit)


def _rings(kinds: Sequence[str], links: Sequence[Link]) -> tuple[Fold, ...]:
    leaves: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, near in sorted(_neighbours(len(kinds), links).items()):
        if len(near) == 1:
            leaves[(next(iter(near)), kinds[number])].append(number)
    rings = [Fold(tuple(found), hub) for (hub, _), found in sorted(leaves.items()) if len(found) >= RING]
    inside = {number for ring in rings for number in ring.members}
    return tuple(Fold((number,)) for number in range(len(kinds)) if number not in inside) + tuple(rings)


def _neighbours(count: int, links: Sequence[Link]) -> Mapping[int, set[int]]:
    near: dict[int, set[int]] = {number: set() for number in range(count)}
    for a, b in links:
        near[a].add(b)
        near[b].add(a)
    return near


def _communities(count: int, links: Sequence[Link], limit: int) -> tuple[Fold, ...]:
    """Louvain's communities, the largest first; what does not fit the limit shares the last mark."""
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(links)
    found = [tuple(sorted(part)) for part in nx.community.louvain_communities(graph, seed=SEED)]
    found.sort(key=lambda part: (-len(part), part))
    kept, rest = (found, []) if len(found) <= limit else (found[: limit - 1], found[limit - 1 :])
    folds = [Fold(part) for part in kept]
    return (*folds, Fold(tuple(sorted(number for part in rest for number in part)))) if rest else tuple(folds)
