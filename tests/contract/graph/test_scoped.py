"""Reading the part of the graph around some identifiers gives what reading everything gives, cut down to it."""

from __future__ import annotations

import numpy as np
import pytest

from knotwork_graph.model import Identifier
from knotwork_graph.ports import OPEN, GraphStore
from tests.contract.graph.made import Found, Seen, ids, increment, project, publish

A, B, C, D = "email:a", "cookie:b", "cookie:c", "phone:d"


@pytest.fixture
def chain(store: GraphStore) -> dict[str, int]:
    """a - b - c and d - b, in two customers: {a, b} and {c}; d belongs to nobody. Its ids by key."""
    project(store, increment(1, Seen(A, B), Seen(B, C), Seen(B, D)))
    publish(store, 1, Found({A: 1, B: 1, C: 2}, severed=[(B, C, "r", "x")], changes=[(1, 1, 0, 2)]))
    return ids(store)


def some(*numbers: int) -> np.ndarray:
    """Ids as the verbs take them."""
    return np.array(sorted(numbers), np.int64)


def pairs(edges) -> set[tuple[int, int]]:
    """The ends of edges, lower first."""
    return {(min(a, b), max(a, b)) for a, b in zip(edges.a.tolist(), edges.b.tolist(), strict=True)}


def test_identifiers_come_by_id_and_unknown_ids_are_left_out(store, chain):
    found = store.identifiers_of(some(chain[C], chain[A], 999))
    assert found.ids.tolist() == sorted([chain[A], chain[C]])
    assert {found.key(0), found.key(1)} == {A, C}


def test_edges_of_an_identifier_are_each_told_once(store, chain):
    edges = store.edges_of_ids(some(chain[A], chain[B]))
    assert len(edges) == 3
    assert pairs(edges) == {tuple(sorted((chain[B], other))) for other in (chain[A], chain[C], chain[D])}
    assert edges.count.tolist() == [1, 1, 1]


def test_edges_of_nobody_are_none(store, chain):
    assert len(store.edges_of_ids(some())) == 0


def test_edges_by_the_time_they_were_last_seen(store, chain):
    last = int(store.edges_of_ids(some(chain[A])).last_seen[0])
    assert pairs(store.edges_last_seen(last - 1, last)) >= {tuple(sorted((chain[A], chain[B])))}
    assert len(store.edges_last_seen(last, last + 1)) == 0


def test_together_is_the_customer_and_a_loner_is_alone(store, chain):
    assert store.together_with(some(chain[A])).tolist() == sorted([chain[A], chain[B]])
    assert store.together_with(some(chain[D])).tolist() == [chain[D]]


def test_together_follows_the_run_that_readers_see(store, chain):
    publish(store, 2, Found({C: 1}))
    assert store.together_with(some(chain[A])).tolist() == sorted([chain[A], chain[B], chain[C]])
    store.publish(1)
    assert store.together_with(some(chain[A])).tolist() == sorted([chain[A], chain[B]])


def test_memberships_of_some_hold_their_whole_history(store, chain):
    publish(store, 2, Found({C: 1}))
    rows = store.memberships(some(chain[C]))
    assert rows.identifier.tolist() == [chain[C]] * 2
    assert rows.customer.tolist() == [2, 1]
    assert (rows.from_run.tolist(), rows.to_run.tolist()) == ([1, 2], [2, OPEN])


def test_living_customers_hold_something_now(store, chain):
    assert store.living(some(1, 2, 3)).tolist() == [1, 2]
    publish(store, 2, Found({C: 1}))
    assert store.living(some(1, 2)).tolist() == [1]


def test_changed_since_tells_memberships_and_severed_edges(store, chain):
    assert store.changed_since(0).tolist() == sorted([chain[A], chain[B], chain[C]])
    assert store.changed_since(1).tolist() == []
    publish(store, 2, Found({A: 3}, severed=[]))
    assert store.changed_since(1).tolist() == sorted([chain[A], chain[B], chain[C]])


def test_severed_edges_outside_the_scope_stay(store, chain):
    publish(store, 2, Found({}, severed=[(B, C, "r", "x"), (B, D, "r", "y")]))
    publish(store, 3, Found({}, severed=[], scope=(C,)))
    assert [row["b"] for row in store.severed_rows().to_pylist()] == [D]


def test_a_run_can_be_kept_and_seen_at_once(store, chain):
    publish(store, 2, Found({C: 1}), at_once=True)
    assert store.state().current == 2
    assert store.runs()[0].finished is not None


def test_single_events_are_remembered_by_the_last_of_them(store, chain):
    assert store.projected().upto == 0
    project(store, increment(None, Seen(A, B), upto=17))
    known = store.projected()
    assert (known.upto, known.segments) == (17, frozenset({1}))
    assert known.holds(1, 5)
    assert known.holds(2, 17)
    assert not known.holds(2, 18)
    store.clear_projection("other")
    assert store.projected().upto == 0


def test_a_run_says_how_it_came_about(store, chain):
    publish(store, 2, Found({C: 1}), how="incremental", base=1)
    assert [(run.how, run.base) for run in store.runs()] == [("incremental", 1), ("full", 1)]
    assert store.state().base == 1


def test_ids_are_found_by_key_and_unknown_keys_are_left_out(store, chain):
    wanted = [Identifier.parse(key) for key in (A, D, "email:nobody", "fax:1")]
    assert store.ids_of(wanted) == {A: chain[A], D: chain[D]}


def test_severed_edges_of_some_identifiers(store, chain):
    found = store.severed_of(some(chain[C])).to_pylist()
    low, high = sorted((chain[B], chain[C]))
    assert found == [{"a": low, "b": high, "rule": "r", "detail": "x"}]
    assert len(store.severed_of(some(chain[A]))) == 0


def test_severed_edges_of_everybody_and_of_many_who_are_not_there(store, chain):
    few, strangers = store.severed_of(some(*sorted(chain.values()))), list(range(1_000, 61_000))
    for one, expected in ((B, few), (C, few), (A, few.slice(0, 0))):
        found = store.severed_of(some(chain[one], *strangers))
        assert (found.to_pylist(), found.schema) == (expected.to_pylist(), few.schema)


def test_the_largest_customer(store, chain):
    assert store.largest(some()) == 2
    assert store.largest(some(1)) == 1
    assert store.largest(some(1, 2)) == 0


def test_what_an_increment_touched_is_pending_until_a_run_is_published(store, chain):
    assert store.pending().tolist() == []
    project(store, increment(2, Seen(A, B), Seen(A, "cookie:new")))
    new = ids(store)["cookie:new"]
    assert store.pending().tolist() == sorted([chain[A], chain[B], new])
    publish(store, 2, Found({"cookie:new": 1}))
    assert store.pending().tolist() == []


def test_what_is_pending_can_be_settled_without_a_run(store, chain):
    project(store, increment(2, Seen(A, B)))
    store.settle()
    assert store.pending().tolist() == []


def test_few_that_wait_may_go_on_waiting(store, chain):
    project(store, increment(2, Seen(A, B)))
    store.settle(least=2)
    assert store.pending().tolist() == []


def test_going_back_to_an_older_run_settles_nothing(store, chain):
    publish(store, 2, Found({C: 1}))
    project(store, increment(2, Seen(A, B)))
    store.publish(1)
    assert store.pending().tolist() == sorted([chain[A], chain[B]])


def test_after_the_projection_was_cleared_everything_is_pending(store, chain):
    store.clear_projection("other")
    assert store.pending() is None


def test_sizes_count_new_identifiers_and_edges_once(store, chain):
    assert store.sizes() == (4, 3)
    project(store, increment(2, Seen(A, B), Seen(A, "cookie:new")))
    assert store.sizes() == (5, 4)
    store.clear_projection("other")
    assert store.sizes() == (5, 0)


def test_one_run_is_found_by_its_number(store, chain):
    assert store.run(1) == store.runs()[0]
    assert store.run(2) is None
    assert store.run(0) is None


def test_what_was_only_seen_again_is_left_out_where_nothing_can_come_of_it(store):
    project(store, increment(1, Seen(A, B), Seen(C, D), traits=[(A, "family_name", 1)]))
    publish(store, 1, Found({A: 1, B: 1, C: 2, D: 3}, severed=[(C, D, "r", "x")]))
    known = ids(store)
    project(store, increment(2, Seen(A, B), traits=[(A, "family_name", 1)]))
    assert set(store.pending(ages=False).tolist()) <= set(store.pending().tolist())
    for moved in (
        increment(3, Seen(C, D)),  # more evidence where an edge was cut
        increment(4, Seen(A, D)),  # a new edge
        increment(5, Seen(A, B), traits=[(B, "family_name", 7)]),  # a new value
    ):
        store.settle()
        project(store, moved)
        told = {known[key] for key in {5: (B,)}.get(moved.segments[0], (D,))}
        assert told <= set(store.pending(ages=False).tolist())
