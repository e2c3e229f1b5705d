"""Property 10: near-linear in edges; only clusters that break the policy take the slow path. Steps are counted."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise
from math import log2

import pytest

from knotwork_resolvers.identity.joining import Parts
from tests.unit.identity.graphs import edge, found_in, graph_of, policy_of

ACCOUNTS = policy_of({"user_id": {"max_per_customer": 1}})


@pytest.fixture
def steps(monkeypatch):
    """How often parts were asked for, joined or refused, and how many held values were handed over."""
    counted: Counter[str] = Counter()

    def counting(name, weigh):
        real = getattr(Parts, name)

        def counts(self, *arguments):
            counted[name] += weigh(self, *arguments)
            return real(self, *arguments)

        monkeypatch.setattr(Parts, name, counts)

    def handed(parts, _, gone):
        return sum(map(len, parts.held.get(gone, {}).values()))

    for name in ("find", "refusal", "join"):
        counting(name, lambda *_: 1)
    counting("_hand_over", handed)
    return counted


def star(size):
    """A device on which so many accounts signed in, each with a cookie."""
    links = [edge("device:d", f"user_id:{n}", count=n + 1) for n in range(size)]
    return graph_of([*links, *(edge(f"user_id:{n}", f"cookie:{n}") for n in range(size))])


def chain(size):
    """Cookies in a row, with an account at every other one."""
    row = [f"cookie:{n:06d}" for n in range(size)]
    return graph_of([*(edge(*pair) for pair in pairwise(row)), *(edge(k, f"user_id:{k}") for k in row[::2])])


@pytest.mark.parametrize("shape", [star, chain])
@pytest.mark.parametrize("size", [300, 1200])
def test_10_steps_grow_with_the_edges_of_contested_clusters(steps, shape, size):
    graph = shape(size)
    found_in(graph, ACCOUNTS)
    edges, nodes = len(graph.edges), len(graph.identifiers)
    assert 0 < steps["join"] < nodes
    assert steps["join"] + steps["refusal"] <= 2 * edges
    assert steps["find"] <= 4 * edges + nodes
    assert steps["_hand_over"] <= nodes * log2(nodes)


def pairwise_then_in_fours(keys):
    size = len(keys)
    doubling = [2**power for power in range(size.bit_length() - 1)]
    return [
        edge(keys[at], keys[at + step], count=2 * size // step) for step in doubling for at in range(0, size, 2 * step)
    ]


def one_by_one(keys):
    return [edge(*pair, count=len(keys) - place) for place, pair in enumerate(pairwise(keys))]


@pytest.mark.parametrize("shape", [pairwise_then_in_fours, one_by_one])
@pytest.mark.parametrize("turned", [False, True])
def test_10_each_value_is_handed_over_a_logarithmic_number_of_times(steps, shape, turned):
    """A thousand e-mails come together in the worst orders for lists that are joined."""
    size = 1024
    keys = sorted((f"email:{number:04d}" for number in range(size)), reverse=turned)
    policy = policy_of({"email": {"max_per_customer": size - 1}})
    found_in(graph_of(shape(keys)), policy)
    assert steps["_hand_over"] <= size * log2(size) / 2


def test_10_clusters_that_obey_the_policy_never_take_the_slow_path(monkeypatch):
    partition = sys.modules["knotwork_resolvers.identity.partition"]  # the package's own name is the function
    asked = []
    monkeypatch.setattr(partition, "join_in_order", lambda _, ends: asked.append(len(ends)) or {})
    calm = [edge(f"cookie:{n}", f"user_id:{n}") for n in range(3, 60)]
    found_in(graph_of(calm), ACCOUNTS)
    assert asked == []
    found_in(graph_of([*calm, edge("cookie:x", "user_id:1"), edge("cookie:x", "user_id:2")]), ACCOUNTS)
    assert asked == [2]
