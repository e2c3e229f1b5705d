"""The properties of resolution that a partition must have, each a test that can fail."""

from __future__ import annotations

from random import Random

import networkx as nx
import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from knotwork_graph.model import DecisionKind, GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import Circumstances, Partition, partition
from tests.unit.identity.graphs import DAY, parts, severed
from tests.unit.identity.reference import World, answer, clusters_of
from tests.unit.identity.worlds import graph_in, limit_breakers, undecided, worlds

MANY = settings(max_examples=120, deadline=None)
chances = st.integers(0, 2**32).map(Random)


def resolved(world: World, graph: GraphArrays) -> Partition:
    """The partition of a world, its identifiers in the order of ``graph``."""
    keys = [graph.identifiers.key(index) for index in range(len(graph.identifiers))]
    traits = {name: np.array([held.get(key, 0) for key in keys]) for name, held in (world.traits or {}).items()}
    return partition(graph, world.policy, Circumstances(world.day * DAY, world.decisions, traits))


def told(graph: GraphArrays, found: Partition) -> tuple[object, ...]:
    """All that a partition says, by key."""
    shared = dict(zip(found.shared.identifiers.tolist(), found.shared.reasons, strict=True))
    reasons = {graph.identifiers.key(index): why for index, why in shared.items()}
    status = {graph.identifiers.key(index): int(code) for index, code in enumerate(found.status)}
    return parts(graph, found), severed(graph, found), reasons, status


@given(chances, worlds)
@MANY
def test_the_fast_code_says_what_the_plain_rules_say(chance, world):
    graph = graph_in(world, chance)
    found, wanted = resolved(world, graph), answer(world)
    event(f"{world.policy.conflict}, {'severed' if wanted.severed else 'uncontested'}")
    assert parts(graph, found) == wanted.customers
    assert {graph.identifiers.key(i) for i in found.shared.identifiers.tolist()} == wanted.shared
    rules = {pair: rule.partition(".")[0] for pair, (rule, _) in severed(graph, found).items()}
    assert rules == {(pair.a, pair.b): rule for pair, rule in wanted.severed.items()}


@given(chances, worlds)
@MANY
def test_1_any_order_gives_the_same_partition_severed_edges_and_reasons(chance, world):
    one, other = graph_in(world, chance), graph_in(world, chance)
    assert told(one, resolved(world, one)) == told(other, resolved(world, other))


@given(chances, undecided)
@MANY
def test_4_without_limits_and_decisions_it_is_connected_components(chance, world):
    plain = World(world.links, world.keys, Policy(), (), world.day)
    graph = graph_in(plain, chance)
    oracle = nx.Graph()
    oracle.add_nodes_from(plain.keys)
    oracle.add_edges_from((pair.a, pair.b) for pair in plain.links)
    assert parts(graph, resolved(plain, graph)) == {frozenset(c) for c in nx.connected_components(oracle)}


@given(chances, worlds)
@MANY
def test_5_no_customer_breaks_the_policy_except_by_a_must_link(chance, world):
    graph = graph_in(world, chance)
    musts, size = world.pairs(DecisionKind.MUST_LINK), world.policy.max_cluster_size
    for customer in parts(graph, resolved(world, graph)):
        pieces = [piece for piece in clusters_of(world.keys, musts) if piece <= customer]
        for kind in limit_breakers(world, customer):
            held = sum(key.startswith(f"{kind}:") for key in customer)
            assert held == max(sum(key.startswith(f"{kind}:") for key in piece) for piece in pieces)
        if size is not None and len(customer) > size:
            assert customer in pieces
        for pair in world.pairs(DecisionKind.CANNOT_LINK):
            assert not {pair.a, pair.b} <= customer or any({pair.a, pair.b} <= piece for piece in pieces)


@given(chances, worlds)
@MANY
def test_an_edge_is_severed_only_between_customers_or_alone(chance, world):
    """What is cut separates: no cut edge lies within a customer, and every linking edge left over lies within one."""
    graph = graph_in(world, chance)
    found = resolved(world, graph)
    a, b = found.label[graph.edges.a], found.label[graph.edges.b]
    cut = np.zeros(len(graph.edges), np.bool_)
    cut[found.severed.edges] = True
    assert (found.linking | ~cut).all()
    assert (a == b)[found.linking & ~cut].all()
    if world.policy.conflict != "isolate":
        assert (a != b)[cut].all()
