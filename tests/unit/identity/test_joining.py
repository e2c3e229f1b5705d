"""Joining parts where the policy allows: limits, sizes, must-links that exceed them, and those that must not meet."""

from __future__ import annotations

import pytest

from knotwork_resolvers.identity.joining import Limits, Parts, join_in_order
from tests.unit.identity.graphs import cannot, edge, found_in, graph_of, must, parts, policy_of, sets, severed

ONE = {"user_id": {"max_per_customer": 1}}


def of_types(types, limits=None, size=None):
    return Parts(types, Limits(limits or {}, ("user_id", "email", "cookie"), size))


def test_a_part_is_named_by_one_of_its_members():
    held = of_types([2, 2, 2])
    held.join(0, 1)
    assert held.find(0) == held.find(1) != held.find(2)


def test_joining_three_times_two_keeps_count_of_each_limited_type():
    held = of_types([1, 1, 1, 1], {1: 3})
    assert join_in_order(held, [(0, 1), (2, 3), (1, 2)]).keys() == {2}
    assert join_in_order(of_types([1, 1, 1], {1: 3}), [(0, 1), (1, 2)]) == {}


def test_a_refusal_names_the_values_that_collide():
    (refusal,) = join_in_order(of_types([0, 2, 0], {0: 1}), [(0, 1), (1, 2)]).values()
    assert (refusal.rule, refusal.left, refusal.right) == ("max_per_customer.user_id", (0,), (2,))


def test_size_is_told_before_types():
    (refusal,) = join_in_order(of_types([0, 0], {0: 1}, size=1), [(0, 1)]).values()
    assert refusal.rule == "max_cluster_size"


def test_a_must_link_may_exceed_a_limit():
    graph = graph_of([edge("user_id:1", "cookie:a"), edge("user_id:2", "cookie:b")])
    found = found_in(graph, policy_of(ONE), must("user_id:1", "user_id:2"))
    assert parts(graph, found) == sets("user_id:1 user_id:2 cookie:a cookie:b")


def test_a_must_link_beyond_a_limit_keeps_the_other_links():
    links = [edge("user_id:1", "cookie:a"), edge("user_id:2", "cookie:b"), edge("cookie:a", "email:e")]
    graph = graph_of(links, alone=["device:far"])
    found = found_in(graph, policy_of(ONE), must("user_id:1", "user_id:2"))
    assert parts(graph, found) == sets("user_id:1 user_id:2 cookie:a cookie:b email:e", "device:far")
    assert len(found.severed.edges) == 0


def test_a_customer_that_a_must_link_made_too_rich_takes_no_further_account():
    links = [edge("user_id:1", "cookie:a"), edge("cookie:a", "user_id:3")]
    graph = graph_of([*links, edge("user_id:2", "cookie:b")])
    found = found_in(graph, policy_of(ONE), must("user_id:1", "user_id:2"))
    assert parts(graph, found) == sets("user_id:1 user_id:2 cookie:a cookie:b", "user_id:3")
    assert severed(graph, found)["cookie:a", "user_id:3"][0] == "max_per_customer.user_id"


def test_two_parts_that_are_each_too_rich_do_not_meet():
    graph = graph_of([edge("user_id:1", "user_id:3")], alone=["user_id:2", "user_id:4"])
    found = found_in(graph, policy_of(ONE), must("user_id:1", "user_id:2"), must("user_id:3", "user_id:4"))
    assert parts(graph, found) == sets("user_id:1 user_id:2", "user_id:3 user_id:4")


def test_a_must_link_joins_clusters_that_share_nothing():
    graph = graph_of([edge("user_id:1", "cookie:a")], alone=["email:e"])
    assert parts(graph, found_in(graph, None, must("email:e", "cookie:a"))) == sets("user_id:1 cookie:a email:e")


def test_a_cannot_link_forbids_the_edge_on_its_own_pair():
    graph = graph_of([edge("cookie:a", "email:e")])
    found = found_in(graph, None, cannot("email:e", "cookie:a"))
    assert parts(graph, found) == sets("cookie:a", "email:e")
    assert not found.linking.any()


def test_a_cannot_link_holds_across_a_path_and_cuts_its_weakest_link():
    path = [edge("user_id:1", "cookie:a", count=9), edge("cookie:a", "email:e"), edge("email:e", "user_id:2", count=9)]
    graph = graph_of(path)
    found = found_in(graph, None, cannot("user_id:1", "user_id:2"))
    assert parts(graph, found) == sets("user_id:1 cookie:a", "email:e user_id:2")
    assert severed(graph, found) == {("cookie:a", "email:e"): ("cannot_link", "user_id:1 | user_id:2")}


def test_a_chain_of_cannot_links_around_one_hub():
    graph = graph_of([edge("email:hub", f"user_id:{n}", count=n) for n in (1, 2, 3)])
    words = [cannot("user_id:1", "user_id:2"), cannot("user_id:2", "user_id:3")]
    assert parts(graph, found_in(graph, None, *words)) == sets("email:hub user_id:3 user_id:1", "user_id:2")


def test_enemies_are_remembered_through_every_join():
    """The two that must not meet come together last, each deep within a part of its own."""
    links = [edge("cookie:1", "cookie:2", count=9), edge("cookie:3", "cookie:4", count=9)]
    links += [edge("cookie:2", "email:x", count=8), edge("cookie:4", "email:y", count=8), edge("email:x", "email:y")]
    graph = graph_of(links)
    found = found_in(graph, None, cannot("cookie:1", "cookie:3"))
    assert parts(graph, found) == sets("cookie:1 cookie:2 email:x", "cookie:3 cookie:4 email:y")


def test_a_cannot_link_between_clusters_that_never_met_changes_nothing():
    graph = graph_of([edge("cookie:a", "email:e"), edge("cookie:b", "email:f")])
    found = found_in(graph, None, cannot("cookie:a", "cookie:b"))
    assert parts(graph, found) == sets("cookie:a email:e", "cookie:b email:f")
    assert len(found.severed.edges) == 0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_max_cluster_size_makes_no_exception_for_what_joins_a_must_link(size):
    graph = graph_of([edge("cookie:a", "email:e")], alone=["cookie:b"])
    found = found_in(graph, policy_of(max_cluster_size=size), must("cookie:a", "cookie:b"))
    wanted = sets("cookie:a cookie:b email:e") if size == 3 else sets("cookie:a cookie:b", "email:e")
    assert parts(graph, found) == wanted
