"""Shapes of graphs that nothing limits: each is one customer, however its links lie."""

from __future__ import annotations

from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest

from knotwork_resolvers.identity import components
from tests.unit.identity.graphs import edge, found_in, graph_of, parts, sets

LEAVES = [f"cookie:{n}" for n in range(6)]
OTHERS = [f"device:{n}" for n in range(6)]


def clique(keys: list[str]) -> list[tuple[str, str]]:
    return list(combinations(keys, 2))


SHAPES = {
    "pair": [("cookie:0", "device:0")],
    "star": [("email:hub", leaf) for leaf in LEAVES],
    "chain": list(pairwise(LEAVES)),
    "ring": [*pairwise(LEAVES), (LEAVES[0], LEAVES[-1])],
    "clique": clique(LEAVES),
    "two cliques with a bridge": [*clique(LEAVES), *clique(OTHERS), (LEAVES[0], OTHERS[0])],
    "barbell": [*clique(LEAVES), *clique(OTHERS), (LEAVES[0], "email:bar"), ("email:bar", OTHERS[0])],
    "caterpillar": [*pairwise(LEAVES), *zip(LEAVES, OTHERS, strict=True)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_connected_shape_is_one_customer(shape):
    graph = graph_of(edge(*pair) for pair in SHAPES[shape])
    found = found_in(graph)
    assert parts(graph, found) == {frozenset(key for pair in SHAPES[shape] for key in pair)}
    assert found.parts == 1
    assert found.linking.all()
    assert len(found.severed.edges) == 0


def test_hub_and_singleton():
    graph = graph_of([edge("email:hub", leaf) for leaf in LEAVES], alone=["cookie:alone"])
    assert parts(graph, found_in(graph)) == {frozenset(["email:hub", *LEAVES]), frozenset(["cookie:alone"])}


def test_no_identifier_at_all():
    graph = graph_of([])
    assert found_in(graph).parts == 0


def test_singletons_are_customers_of_their_own():
    graph = graph_of([], alone=LEAVES)
    assert parts(graph, found_in(graph)) == sets(*LEAVES)


def test_blocked_identifiers_belong_to_nobody():
    graph = graph_of([edge("cookie:1", "email:1")], blocked=["email:null"])
    assert parts(graph, found_in(graph)) == sets("cookie:1 email:1")


def test_labels_are_numbered_by_their_first_identifier():
    graph = graph_of([edge("cookie:1", "email:1"), edge("cookie:0", "email:0")])
    assert found_in(graph).label.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_components_are_those_of_networkx(seed):
    wanted = nx.gnm_random_graph(400, 300, seed=seed)
    a, b = np.array(wanted.edges).T
    label = components(400, a, b)
    found = {frozenset(np.flatnonzero(label == number).tolist()) for number in np.unique(label)}
    assert found == {frozenset(part) for part in nx.connected_components(wanted)}
