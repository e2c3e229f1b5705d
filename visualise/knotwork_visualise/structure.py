"""What holds a cluster together: bridges and articulation points, by networkx, in O(n + m)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import networkx as nx

Link = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Structure:
    """Bridges (smaller end first) and articulation points of a graph of numbers.

    ``heavy_bridges`` and ``joints`` are those with at least two identifiers on each of two sides: a leaf's only link
    is a bridge as well, but nobody needs to be shown that.
    """

    bridges: frozenset[Link]
    articulations: frozenset[int]
    heavy_bridges: frozenset[Link]
    joints: frozenset[int]


def structure(count: int, links: Sequence[Link]) -> Structure:
    """The structure of the graph of nodes 0 to ``count`` - 1; two lines between the same ends are no bridge."""
    import networkx as nx

    lines = Counter(_sorted(link) for link in links)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(lines)
    ends = cast("Iterable[Link]", nx.bridges(graph))  # the stubs say nodes, and it yields pairs of them
    bridges = frozenset(pair for pair in map(_sorted, ends) if lines[pair] == 1)
    leaves = {node for node, degree in graph.degree if degree == 1}
    heavy = frozenset(bridge for bridge in bridges if not leaves & set(bridge))
    cuts = frozenset(nx.articulation_points(graph))
    return Structure(bridges, cuts, heavy, _joints(graph, cuts, leaves))


def _joints(graph: nx.Graph[int], cuts: frozenset[int], leaves: set[int]) -> frozenset[int]:
    """The cuts that hold at least two parts of two or more identifiers: those in two blocks that are not a leaf's."""
    import networkx as nx

    heavy: Counter[int] = Counter()
    blocks = cast("Iterable[set[int]]", nx.biconnected_components(graph))  # the stubs say lists of sets
    for block in blocks:
        if not (len(block) == 2 and block & leaves):
            heavy.update(block & cuts)
    return frozenset(cut for cut in cuts if heavy[cut] >= 2)


def _sorted(link: Link) -> Link:
    a, b = link
    return (a, b) if a < b else (b, a)
