"""The best ways, and what separates: networkx and plain enumeration are the oracles."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_resolvers.explain.paths import Network, strongest_ways, weakest
from knotwork_resolvers.explain.separating import cuts_between

NODES = "abcdefg"
PLENTY = 10**9


def network(edges: dict[tuple[str, str], float]) -> Network:
    made: dict[str, dict[str, float]] = {node: {} for node in NODES}
    for (a, b), weight in edges.items():
        made[a][b] = made[b][a] = weight
    return made


def graph(made: Network) -> nx.Graph:
    found = nx.Graph()
    found.add_nodes_from(made)
    found.add_weighted_edges_from((a, b, weight) for a in made for b, weight in made[a].items())
    return found


def without(whole: nx.Graph, node: str) -> nx.Graph:
    return nx.restricted_view(whole, [node], [])


pairs = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] < pair[1])
networks = st.dictionaries(pairs, st.sampled_from([0.5, 1.0, 2.0, 3.0]), max_size=14).map(network)


@given(networks, st.integers(1, 6))
def test_the_best_ways_are_the_first_of_all_simple_ways(made, most):
    every = [tuple(way) for way in nx.all_simple_paths(graph(made), "a", "g")]
    ranked = sorted(every, key=lambda way: (-min(made[x][y] for x, y in pairwise(way)), len(way), way))
    found = strongest_ways(made, "a", "g", most=most, effort=PLENTY)
    assert found.whole
    assert list(found.ways) == ranked[:most]


@given(networks)
def test_what_cuts_is_what_separates_when_it_is_taken_away(made):
    whole = graph(made)
    cuts = cuts_between(made, "a", "g")
    if not nx.has_path(whole, "a", "g"):
        assert (cuts.nodes, cuts.links) == ((), ())
        return
    apart = {node for node in NODES[1:-1] if not nx.has_path(without(whole, node), "a", "g")}
    assert set(cuts.nodes) == apart
    assert apart <= set(nx.articulation_points(whole))
    bridges = {frozenset(edge) for edge in nx.bridges(whole)}
    way = nx.shortest_path(whole, "a", "g")
    assert {frozenset(link) for link in cuts.links} == bridges & {frozenset(step) for step in pairwise(way)}


@given(networks)
def test_cuts_come_in_the_order_of_every_way(made):
    cuts = cuts_between(made, "a", "g")
    for way in nx.all_simple_paths(graph(made), "a", "g"):
        assert [node for node in way if node in cuts.nodes] == list(cuts.nodes)
        assert [step for step in pairwise(way) if step in cuts.links] == list(cuts.links)


def test_a_search_that_would_take_too_long_is_given_up_and_says_so():
    made = network({(a, b): 1.0 for a in NODES for b in NODES if a < b})
    found = strongest_ways(made, "a", "g", most=3, effort=10)
    assert not found.whole
    assert found.ways == (("a", "g"),)


def test_a_chain_of_many_thousand_is_walked_without_recursion():
    names = [f"{number:06}" for number in range(20_000)]
    made = {name: {} for name in names}
    for a, b in pairwise(names):
        made[a][b] = made[b][a] = 1.0
    assert len(cuts_between(made, names[0], names[-1]).links) == len(names) - 1
    assert weakest(made, strongest_ways(made, names[0], names[-1], most=1, effort=PLENTY).ways[0]) == 1.0


@pytest.mark.parametrize(
    ("edges", "nodes", "links"),
    [
        ("ab bc", "b", "ab bc"),  # linear chain
        ("ab bc ac", "", ""),  # triangle
        ("ab bd ac cd", "", ""),  # square
        ("ab ac bc cd de df ef", "cd", "cd"),  # barbell: two triangles and a bridge
    ],
)
def test_shapes_by_name(edges, nodes, links):
    made = network({(edge[0], edge[1]): 1.0 for edge in edges.split()})
    goal = max(edges.replace(" ", ""))
    cuts = cuts_between(made, "a", goal)
    assert ("".join(cuts.nodes), " ".join("".join(link) for link in cuts.links)) == (nodes, links)
