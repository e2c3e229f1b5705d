"""Bridges between dense parts, found by arrays over everybody, are those that networkx finds one by one."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knotwork_resolvers.review.finding.bridges import bridges_between_dense


def dense(part: nx.Graph) -> bool:
    return part.number_of_nodes() >= 3 and part.number_of_edges() >= part.number_of_nodes()


def by_networkx(graph: nx.Graph) -> set[frozenset[int]]:
    """Every bridge that has a dense part on both sides."""
    found = set()
    for a, b in nx.bridges(graph):
        rest = graph.copy()
        rest.remove_edge(a, b)
        if all(dense(rest.subgraph(nx.node_connected_component(rest, end))) for end in (a, b)):
            found.add(frozenset((a, b)))
    return found


@given(nodes=st.integers(2, 22), share=st.floats(0.3, 1.6), seed=st.integers(0, 10**6))
def test_the_same_as_networkx(nodes, share, seed):
    graph = nx.gnm_random_graph(nodes, max(1, int(nodes * share)), seed=seed)
    edges = list(graph.edges())
    a, b = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    found = bridges_between_dense(nodes, a, b)
    assert {frozenset(edges[row]) for row in found.rows.tolist()} == by_networkx(graph)
    for row, below, above in zip(found.rows.tolist(), found.below.tolist(), found.above.tolist(), strict=True):
        rest = graph.copy()
        rest.remove_edge(*edges[row])
        sizes = sorted(len(nx.node_connected_component(rest, end)) for end in edges[row])
        assert sorted((below, above)) == sizes


def test_no_edges_no_bridges():
    nothing = np.empty(0, np.int64)
    assert len(bridges_between_dense(3, nothing, nothing).rows) == 0
