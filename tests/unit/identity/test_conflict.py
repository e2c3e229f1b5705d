"""The four orders in which the links of a contested cluster are taken."""

from __future__ import annotations

import pytest

from tests.unit.identity.graphs import edge, found_in, graph_of, parts, policy_of, sets, severed

RULES = {
    "user_id": {"max_per_customer": 1, "priority": 1},
    "email": {"priority": 2},
    "cookie": {"priority": 3},
}


def keeper(links, day=100, **said):
    """Which of the two accounts the hub stays with."""
    graph = graph_of(links)
    (held,) = [one for one in parts(graph, found_in(graph, policy_of(RULES, **said), day=day)) if "email:hub" in one]
    return next(key for key in held if key.startswith("user_id:"))


def rivals(one, other, hub="email:hub"):
    return [edge(hub, "user_id:1", **one), edge(hub, "user_id:2", **other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"count": 8}, {"count": 7}, id="more sightings"),
        pytest.param({"count": 4, "vouched": 1}, {"count": 15}, id="a vouched sighting is worth two steps of log2"),
        pytest.param({"first": 90}, {"first": 89}, id="newer evidence"),
        pytest.param({"count": 3, "first": 50}, {"count": 1, "first": 59}, id="twice the evidence for 9 of 10 days"),
        pytest.param({"count": 1, "first": 60}, {"count": 3, "first": 50}, id="equal weight: the newer one"),
    ],
)
def test_strongest_takes_the_heavier_link_first(one, other):
    assert keeper(rivals(one, other), half_life=10) == "user_id:1"
    assert keeper(rivals(other, one), half_life=10) == "user_id:2"


def test_strongest_ends_ties_with_the_key_of_the_pair():
    assert keeper(rivals({}, {})) == "user_id:1"


def test_strongest_weighs_by_the_trust_in_both_types():
    graph = graph_of(
        [edge("cookie:x", "user_id:1", count=3), edge("email:e", "user_id:2"), edge("cookie:x", "email:e")]
    )
    low = policy_of({"user_id": {"max_per_customer": 1}, "cookie": {"trust": 0.2}})
    assert parts(graph, found_in(graph, low)) == sets("cookie:x user_id:1", "email:e user_id:2")
    quiet = policy_of({"user_id": {"max_per_customer": 1}, "cookie": {"trust": 0.2}, "email": {"trust": 0.1}})
    assert set(severed(graph, found_in(graph, quiet))) == {("cookie:x", "email:e")}
    links = [edge("cookie:x", "user_id:1", count=3), edge("email:e", "cookie:x"), edge("user_id:2", "email:e")]
    trusted = policy_of({"user_id": {"max_per_customer": 1, "trust": 0.1}})
    graph = graph_of(links)
    assert parts(graph, found_in(graph, trusted)) == sets("cookie:x email:e user_id:1", "user_id:2")


@pytest.mark.parametrize("day", [60, 61, 1000, 100_000])
def test_the_order_by_weight_does_not_depend_on_the_moment_it_is_asked(day):
    assert keeper(rivals({"count": 3, "first": 50}, {"count": 1, "first": 59}), day=day, half_life=10) == "user_id:1"


def test_newest_takes_the_links_of_the_newest_event_first():
    assert keeper(rivals({"first": 10, "count": 9}, {"first": 11}), conflict="newest") == "user_id:2"


def test_newest_then_goes_by_priority_and_not_by_age():
    """An old login outweighs a later anonymous visit: between them, news of one cluster's last event decides alone."""
    links = [
        edge("email:hub", "user_id:1", first=10),
        edge("email:hub", "cookie:x", first=20),
        edge("cookie:x", "user_id:2", first=21),
        edge("cookie:y", "user_id:2", first=30),
    ]
    graph = graph_of(links)
    found = found_in(graph, policy_of(RULES, conflict="newest"), day=100)
    assert parts(graph, found) == sets("email:hub user_id:1", "cookie:x cookie:y user_id:2")
    assert set(severed(graph, found)) == {("cookie:x", "email:hub")}


def test_newest_looks_at_the_newest_event_of_each_cluster():
    """A later event elsewhere does not make the links of this cluster old ones."""
    elsewhere = [edge("cookie:z", "user_id:8", first=50), edge("cookie:z", "user_id:9", first=49)]
    links = [edge("email:hub", "cookie:x", first=12), edge("cookie:x", "user_id:2", first=12)]
    graph = graph_of([*links, edge("email:hub", "user_id:1", first=11), *elsewhere])
    found = parts(graph, found_in(graph, policy_of(RULES, conflict="newest"), day=100))
    assert frozenset(["email:hub", "cookie:x", "user_id:2"]) in found


def test_newest_ends_ties_with_the_newer_link_and_the_key():
    old = [edge("cookie:new", "user_id:1", first=99)]
    assert keeper([*rivals({"first": 5}, {"first": 6}), *old], conflict="newest") == "user_id:2"
    assert keeper([*rivals({"first": 5}, {"first": 5}), *old], conflict="newest") == "user_id:1"


def test_a_type_without_priority_counts_as_the_weakest():
    links = [
        edge("email:hub", "odd:x", first=10),
        edge("odd:x", "user_id:1", first=10),
        edge("email:hub", "cookie:x", first=9),
        edge("cookie:x", "user_id:2", first=9),
        edge("cookie:y", "user_id:2", first=30),
    ]
    assert keeper(links, conflict="newest") == "user_id:2"


def test_oldest_keeps_who_had_it_first():
    assert keeper(rivals({"first": 5, "last": 6}, {"first": 4, "count": 1}), conflict="oldest") == "user_id:2"
    assert keeper(rivals({"first": 4, "last": 6}, {"first": 4, "last": 90}), conflict="oldest") == "user_id:1"


def test_oldest_ends_ties_with_priority():
    links = [edge("email:hub", "cookie:x"), edge("cookie:x", "user_id:1"), edge("email:hub", "user_id:2")]
    assert keeper(links, conflict="oldest") == "user_id:2"


def isolated(links, **rules):
    graph = graph_of(links)
    found = found_in(graph, policy_of({"user_id": {"max_per_customer": 1}, **rules}, conflict="isolate"))
    return parts(graph, found), severed(graph, found)


def test_isolate_leaves_the_contested_hub_alone():
    found, cut = isolated(rivals({"count": 9}, {}))
    assert found == sets("email:hub", "user_id:1", "user_id:2")
    assert cut["email:hub", "user_id:1"] == ("isolate", "email:hub")
    assert cut["email:hub", "user_id:2"] == ("max_per_customer.user_id", "user_id:1 | user_id:2")


def test_isolate_lets_fall_apart_what_the_isolated_one_held_together():
    found, _ = isolated([*rivals({"count": 9}, {}), edge("email:hub", "cookie:x", count=5)])
    assert found == sets("email:hub", "user_id:1", "user_id:2", "cookie:x")


def test_isolate_leaves_together_what_is_linked_otherwise_too():
    more = [edge("email:hub", "cookie:x", count=5), edge("cookie:x", "user_id:1", count=5)]
    found, _ = isolated([*rivals({"count": 9}, {}), *more])
    assert found == sets("email:hub", "user_id:1 cookie:x", "user_id:2")


def test_isolate_spares_types_that_are_limited_to_one():
    found, cut = isolated(
        [edge("user_id:1", "user_id:2"), edge("user_id:1", "cookie:x"), edge("user_id:2", "cookie:y")]
    )
    assert found == sets("user_id:1 cookie:x", "user_id:2 cookie:y")
    assert set(cut) == {("user_id:1", "user_id:2")}


def test_isolate_isolates_a_type_limited_to_two():
    links = [edge("device:d", f"email:{n}", count=n) for n in (1, 2, 3)]
    found, _ = isolated(links, email={"max_per_customer": 2})
    assert found == sets("device:d", "email:1", "email:2", "email:3")
