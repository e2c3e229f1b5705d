"""What a type does to the customers that all other types make, worked by hand."""

from __future__ import annotations

import numpy as np

from knotwork_resolvers.advice.measure import largest, touching, unlimited, usable_of
from tests.unit.advice.worlds import NOW, couples, graph_of, policy_of, shared_by


def code_of(graph, name):
    return graph.identifiers.type_names.index(name)


def touched(graph, policy, name):
    """Customers for each value, by key."""
    found = touching(graph, policy, NOW, code_of(graph, name))
    counts = found.per_value(len(graph.identifiers))
    return {graph.identifiers.key(int(i)): int(counts[i]) for i in np.flatnonzero(counts)}


def test_values_are_counted_against_customers_made_without_them():
    # u0 has an e-mail and two phones of its own; the tablet is shared with u1
    graph = graph_of(
        ("user_id:u0", "email:a"), ("email:a", "phone:1"), ("phone:2", "user_id:u0"),
        ("device:tablet", "email:a"), ("device:tablet", "user_id:u0"), ("device:tablet", "user_id:u1"),
    )  # fmt: skip
    policy = policy_of(user_id=1)
    assert touched(graph, policy, "device") == {"device:tablet": 2}
    found = touching(graph, policy, NOW, code_of(graph, "phone"))
    # without the phones the tablet's cluster has two accounts, so u0 and u1 are two customers; both phones are u0's
    assert found.per_customer(usable_of(graph, code_of(graph, "phone"))).tolist() == [2]


def test_a_value_seen_twice_with_one_customer_touches_one():
    graph = graph_of(("user_id:u0", "email:a"), ("device:d", "user_id:u0"), ("device:d", "email:a"))
    assert touched(graph, policy_of(user_id=1), "device") == {"device:d": 1}


def test_the_cluster_without_limits_counts_what_would_fall_together():
    graph = graph_of(*couples("email", 5), *shared_by("device:kiosk", 5))
    found = touching(graph, policy_of(user_id=1), NOW, code_of(graph, "device"))
    assert unlimited(graph, found, code_of(graph, "device")) == (11, 5)


def test_values_of_a_type_that_were_seen_together_make_one_cluster_too():
    graph = graph_of(("user_id:u0", "phone:1"), ("phone:1", "phone:2"), ("phone:2", "user_id:u1"))
    found = touching(graph, policy_of(user_id=1), NOW, code_of(graph, "phone"))
    assert unlimited(graph, found, code_of(graph, "phone")) == (4, 2)


def test_the_largest_customer_is_that_of_the_policy():
    graph = graph_of(*couples("email", 3), *shared_by("device:kiosk", 3))
    assert largest(graph, policy_of(), NOW) == 7
    assert largest(graph, policy_of(user_id=1), NOW) == 3


def test_a_type_that_touches_nobody_has_counts_of_nothing():
    graph = graph_of(("device:a", "device:b"))
    found = touching(graph, policy_of(), NOW, code_of(graph, "device"))
    assert (len(found.value), unlimited(graph, found, 0)) == (0, (2, 0))
