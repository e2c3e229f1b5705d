"""What separates two nodes of a network when it is taken away alone: single nodes, single links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from knotwork_resolvers.explain.paths import Network


@dataclass(frozen=True, slots=True)
class Cuts:
    """Nodes (neither end among them) and links, in the order in which every way from one to the other meets them."""

    nodes: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


def cuts_between(network: Network, a: str, b: str) -> Cuts:
    """What separates ``a`` from ``b``; nothing where no way joins them. One depth-first walk, O(nodes + links).

    On the tree way from ``a`` to ``b`` a link cuts when nothing below it reaches above its lower end, a node when
    nothing below it reaches above the node itself (Tarjan, 1972).
    """
    walk = _walked(network, a)
    if b not in walk.order:
        return Cuts((), ())
    way = [b]
    while way[-1] != a:
        way.append(walk.above[way[-1]])
    way.reverse()
    steps = list(pairwise(way))
    links = tuple((high, low) for high, low in steps if walk.lowest[low] > walk.order[high])
    nodes = tuple(high for high, low in steps[1:] if walk.lowest[low] >= walk.order[high])
    return Cuts(nodes, links)


@dataclass(frozen=True, slots=True)
class Walk:
    """A depth-first walk: when each node was met, from where, and the earliest node its subtree is linked to."""

    order: dict[str, int]
    above: dict[str, str]
    lowest: dict[str, int]


def _walked(network: Network, start: str) -> Walk:
    walk = Walk({start: 0}, {}, {start: 0})
    stack: list[tuple[str, Iterator[str]]] = [(start, iter(network.get(start, ())))]
    while stack:
        node, others = stack[-1]
        other = next(others, None)
        if other is None:
            stack.pop()
            if stack:
                up = stack[-1][0]
                walk.lowest[up] = min(walk.lowest[up], walk.lowest[node])
        elif other not in walk.order:
            walk.order[other] = walk.lowest[other] = len(walk.order)
            walk.above[other] = node
            stack.append((other, iter(network[other])))
        elif other != walk.above.get(node):
            walk.lowest[node] = min(walk.lowest[node], walk.order[other])
    return walk
