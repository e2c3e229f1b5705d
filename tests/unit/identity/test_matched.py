"""Matched pairs: they link after all that was seen, within the policy, and go as they came."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import networkx as nx
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from knotwork_graph.model import DecisionKind, GraphArrays
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Matched
from knotwork_resolvers.identity import Circumstances, Partition, partition
from tests.unit.identity.graphs import DAY, cannot, edge, graph_of, parts, policy_of, said, sets, severed
from tests.unit.identity.reference import World, kind_of
from tests.unit.identity.test_properties import MANY, chances
from tests.unit.identity.worlds import dice, graph_in, worlds

ONE_ACCOUNT = policy_of({"user_id": {"max_per_customer": 1}})


def matched(a: str, b: str, score: float = 0.97) -> Matched:
    return Matched(min(a, b), max(a, b), score, "v1")


def found_with(graph: GraphArrays, policy: Policy, *matches: Matched, decisions=(), day: int = 0) -> Partition:
    return partition(graph, policy, Circumstances(day * DAY, tuple(decisions), {}, matches))


def guessed_in(world: World, chance: Random) -> tuple[Matched, ...]:
    """Some matched pairs between the identifiers of a world, often of one score, and one that nobody has seen."""
    keys = sorted(world.keys)
    pairs = {tuple(sorted(chance.sample(keys, 2))) for _ in range(min(6, len(keys) // 2))} if len(keys) > 1 else set()
    found = tuple(matched(a, b, chance.choice((0.95, 0.95, 0.99))) for a, b in sorted(pairs))
    return (*found, matched("email:never", "email:seen"))


def test_two_customers_become_one():
    graph = graph_of([edge("email:a", "user_id:1"), edge("email:b", "phone:2")])
    found = found_with(graph, Policy(), matched("email:a", "email:b"))
    assert parts(graph, found) == sets("email:a user_id:1 email:b phone:2")
    assert (found.matched, len(found.refused.rules)) == (1, 0)


def test_a_limit_stops_a_guess_and_nothing_that_was_seen_is_cut():
    graph = graph_of([edge("email:a", "user_id:1"), edge("email:b", "user_id:2")])
    found = found_with(graph, ONE_ACCOUNT, matched("email:a", "email:b"))
    assert parts(graph, found) == sets("email:a user_id:1", "email:b user_id:2")
    assert severed(graph, found) == {}
    assert found.refused.rules == ("max_per_customer.user_id",)
    assert found.refused.details == ("user_id:1 | user_id:2",)


def test_the_likelier_guess_comes_first():
    graph = graph_of([edge("email:a", "user_id:1"), edge("email:b", "user_id:2")], alone=["phone:3"])
    near, far = matched("email:a", "phone:3", 0.99), matched("email:b", "phone:3", 0.96)
    assert parts(graph, found_with(graph, ONE_ACCOUNT, far, near)) == sets(
        "email:a user_id:1 phone:3", "email:b user_id:2"
    )


def test_a_steward_s_word_stops_a_guess():
    graph = graph_of([edge("email:a", "phone:1"), edge("email:b", "phone:2")])
    guess = matched("email:a", "email:b")
    on_the_pair = found_with(graph, Policy(), guess, decisions=[cannot("email:a", "email:b")])
    across = found_with(graph, Policy(), guess, decisions=[cannot("phone:1", "phone:2")])
    apart = sets("email:a phone:1", "email:b phone:2")
    assert parts(graph, on_the_pair) == parts(graph, across) == apart
    assert (on_the_pair.matched, across.refused.rules) == (0, ("cannot_link",))


@pytest.mark.parametrize("word", [DecisionKind.BLOCK, DecisionKind.MARK_SHARED])
def test_what_may_not_link_is_not_guessed_to(word):
    graph = graph_of([edge("email:a", "phone:1")], alone=["email:b"])
    found = found_with(graph, Policy(), matched("email:a", "email:b"), decisions=[said(word, "email:a")])
    assert sets("email:b") <= parts(graph, found)
    assert found.matched == 0


def test_isolating_looks_at_what_was_seen_alone():
    graph = graph_of([edge("email:a", "user_id:1"), edge("email:b", "user_id:2")])
    policy = replace(ONE_ACCOUNT, conflict="isolate")
    found = found_with(graph, policy, matched("email:a", "email:b"))
    assert parts(graph, found) == sets("email:a user_id:1", "email:b user_id:2")


@given(chances, dice)
@MANY
def test_without_limits_guesses_are_edges_of_the_graph(chance, size):
    graph = graph_of([], alone=sorted({f"email:{chance.randint(1, 12)}" for _ in range(size.size)}))
    keys = [graph.identifiers.key(index) for index in range(len(graph.identifiers))]
    pairs = {tuple(sorted((chance.choice(keys), chance.choice(keys)))) for _ in range(5)}
    oracle = nx.Graph([pair for pair in pairs if pair[0] != pair[1]])
    oracle.add_nodes_from(keys)
    found = found_with(graph, Policy(), *(matched(a, b) for a, b in oracle.edges))
    assert parts(graph, found) == {frozenset(one) for one in nx.connected_components(oracle)}


@given(chances, worlds)
@settings(MANY, max_examples=200)
def test_customers_with_guesses_are_unions_of_those_without(chance, world):
    graph = graph_in(world, chance)
    guesses = guessed_in(world, chance)
    now = Circumstances(world.day * DAY, world.decisions, {})
    plain = partition(graph, world.policy, now)
    found = partition(graph, world.policy, replace(now, matches=guesses))
    event(f"{world.policy.conflict}, joined {found.parts < plain.parts}, refused {bool(found.refused.rules)}")
    after = parts(graph, found)
    assert all(any(one <= other for other in after) for one in parts(graph, plain))
    assert severed(graph, found) == severed(graph, plain)


@given(chances, worlds)
@settings(MANY, max_examples=200)
def test_no_guess_breaks_the_policy(chance, world):
    graph = graph_in(world, chance)
    now = Circumstances(world.day * DAY, world.decisions, {})
    plain = parts(graph, partition(graph, world.policy, now))
    found = parts(graph, partition(graph, world.policy, replace(now, matches=guessed_in(world, chance))))
    for one in found - plain:
        largest = max(len(part) for part in plain if part <= one)
        assert len(one) <= max(world.policy.max_cluster_size or len(one), largest)
        for kind in {kind_of(key) for key in one}:
            limit = world.policy.rule(kind).max_per_customer
            within = max(sum(kind_of(key) == kind for key in part) for part in plain if part <= one)
            assert limit is None or sum(kind_of(key) == kind for key in one) <= max(limit, within)
        for word in world.decisions:
            apart = word.kind is DecisionKind.CANNOT_LINK and set(word.about) <= one
            assert not apart or any(set(word.about) <= part for part in plain)


@given(chances, worlds, st.randoms(use_true_random=False))
@MANY
def test_the_order_of_guesses_does_not_matter(chance, world, shuffled):
    graph = graph_in(world, chance)
    guesses = list(guessed_in(world, chance))
    now = Circumstances(world.day * DAY, world.decisions, {})
    first = partition(graph, world.policy, replace(now, matches=tuple(guesses)))
    shuffled.shuffle(guesses)
    second = partition(graph, world.policy, replace(now, matches=tuple(guesses)))
    assert first.label.tolist() == second.label.tolist()
    assert first.refused.details == second.refused.details
