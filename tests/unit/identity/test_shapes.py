"""Shapes of graphs in which accounts compete: at most one user id for each customer."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import pytest

from knotwork_graph.policy import Policy
from tests.unit.identity.graphs import arranged, edge, found_in, graph_of, parts, policy_of, sets, severed

ONE_ACCOUNT = {"user_id": {"max_per_customer": 1}}


def accounts(**said: object) -> Policy:
    return policy_of(ONE_ACCOUNT, **said)


def test_star_of_accounts_around_a_device_leaves_the_device_with_the_strongest():
    graph = graph_of([edge("device:d", f"user_id:{n}", count=n) for n in (1, 2, 3)])
    found = found_in(graph, accounts())
    assert parts(graph, found) == sets("device:d user_id:3", "user_id:1", "user_id:2")
    assert severed(graph, found) == {
        ("device:d", "user_id:1"): ("max_per_customer.user_id", "user_id:3 | user_id:1"),
        ("device:d", "user_id:2"): ("max_per_customer.user_id", "user_id:3 | user_id:2"),
    }


def test_chain_between_two_accounts_breaks_at_its_weakest_link():
    graph = graph_of(
        [
            edge("user_id:1", "cookie:a", count=9),
            edge("cookie:a", "cookie:b", count=5),
            edge("cookie:b", "cookie:c", count=2),
            edge("cookie:c", "user_id:2", count=9),
        ]
    )
    found = found_in(graph, accounts())
    assert parts(graph, found) == sets("user_id:1 cookie:a cookie:b", "cookie:c user_id:2")
    assert set(severed(graph, found)) == {("cookie:b", "cookie:c")}


def test_clique_with_two_accounts_gives_every_cookie_to_one_of_them():
    cookies = [f"cookie:{n}" for n in range(4)]
    links = [edge(a, b) for a, b in combinations([*cookies, "user_id:1", "user_id:2"], 2)]
    strong = [edge(one.a, one.b, count=3) if "user_id:1" in (one.a, one.b) else one for one in links]
    graph = graph_of(strong)
    # the link between both accounts is as strong as the others of the first account, but may never be taken
    assert parts(graph, found_in(graph, accounts())) == {frozenset([*cookies, "user_id:1"]), frozenset(["user_id:2"])}


def test_two_cliques_with_a_bridge_part_at_the_bridge():
    here, there = [f"cookie:{n}" for n in range(3)], [f"device:{n}" for n in range(3)]
    groups = ([*here, "user_id:1"], [*there, "user_id:2"])
    links = [edge(*pair, count=2) for group in groups for pair in combinations(group, 2)]
    graph = graph_of([*links, edge("cookie:0", "device:0")])
    found = found_in(graph, accounts())
    assert parts(graph, found) == {frozenset(group) for group in groups}
    assert set(severed(graph, found)) == {("cookie:0", "device:0")}


def test_barbell_leaves_its_bar_with_the_stronger_side():
    links = [edge(a, b, count=4) for a, b in (("user_id:1", "cookie:1"), ("user_id:2", "cookie:2"))]
    graph = graph_of([*links, edge("cookie:1", "email:bar", count=2), edge("cookie:2", "email:bar")])
    assert parts(graph, found_in(graph, accounts())) == sets("user_id:1 cookie:1 email:bar", "user_id:2 cookie:2")


def test_hub_that_vouches_for_one_account_stays_with_it():
    graph = graph_of([edge("email:hub", "user_id:1", count=7), edge("email:hub", "user_id:2", count=3, vouched=3)])
    assert parts(graph, found_in(graph, accounts())) == sets("email:hub user_id:2", "user_id:1")


def test_caterpillar_of_accounts_keeps_a_piece_of_the_spine_for_each():
    spine = [f"cookie:{n}" for n in range(4)]
    legs = [edge(spine[n], f"user_id:{n}", count=5) for n in range(4)]
    graph = graph_of([*(edge(a, b) for a, b in pairwise(spine)), *legs])
    assert parts(graph, found_in(graph, accounts())) == sets(*(f"cookie:{n} user_id:{n}" for n in range(4)))


def test_everything_contested_still_gives_every_identifier_to_one_customer():
    links = [edge(f"user_id:{u}", f"email:{e}") for u in range(4) for e in range(4)]
    graph = graph_of(links)
    policy = policy_of({"user_id": {"max_per_customer": 1}, "email": {"max_per_customer": 1}})
    found = found_in(graph, policy)
    assert parts(graph, found) == sets(*(f"user_id:{n} email:{n}" for n in range(4)))  # ties end with the pair's key
    assert len(found.severed.edges) == 12


def test_a_refused_edge_whose_ends_meet_later_is_not_severed():
    graph = graph_of(
        [
            edge("cookie:a", "user_id:1", count=9),
            edge("cookie:b", "user_id:1", count=8),
            edge("cookie:a", "cookie:b", count=1),
            edge("cookie:b", "user_id:2", count=2),
        ]
    )
    assert set(severed(graph, found_in(graph, accounts()))) == {("cookie:b", "user_id:2")}


def test_a_customer_may_hold_just_as_many_identifiers_as_the_policy_says():
    chain = [edge(f"cookie:{n}", f"cookie:{n + 1}", last=n) for n in range(4)]
    graph = graph_of(chain)
    assert found_in(graph, policy_of(max_cluster_size=5)).parts == 1
    found = found_in(graph, policy_of(max_cluster_size=4, half_life=1))
    assert parts(graph, found) == sets("cookie:1 cookie:2 cookie:3 cookie:4", "cookie:0")
    assert severed(graph, found) == {("cookie:0", "cookie:1"): ("max_cluster_size", "")}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_type_may_be_held_just_as_often_as_the_policy_says(limit):
    graph = graph_of([edge("device:d", f"email:{n}", count=n) for n in (1, 2, 3)])
    held = max(parts(graph, found_in(graph, policy_of({"email": {"max_per_customer": limit}}))), key=len)
    assert held == {"device:d", *(f"email:{n}" for n in (3, 2, 1)[:limit])}


def test_of_several_broken_limits_the_same_one_is_told_whichever_type_came_first():
    both = policy_of({"user_id": {"max_per_customer": 1}, "email": {"max_per_customer": 1}})
    links = [edge(f"user_id:{n}", f"email:{n}", count=7) for n in (1, 2)] + [
        edge("cookie:c", f"email:{n}") for n in (1, 2)
    ]
    keys = ["user_id:1", "email:1", "user_id:2", "email:2", "cookie:c"]
    told = {
        str(severed(graph, found_in(graph, both))) for graph in (arranged(list(p), links) for p in permutations(keys))
    }
    assert told == {str({("cookie:c", "email:2"): ("max_per_customer.email", "email:1 | email:2")})}
