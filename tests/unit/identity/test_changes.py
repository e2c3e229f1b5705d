"""Step 7: the change feed tells what became of each customer, and is enough to follow it."""

from __future__ import annotations

from tests.unit.identity.graphs import cannot, edge, must
from tests.unit.identity.history import History

A, B, C, D = "cookie:a", "cookie:b", "cookie:c", "cookie:d"


def test_the_first_run_creates():
    history = History()
    history.step([edge(A, B)], alone=[C])
    assert history.changes == [("created", 1, 0, 2), ("created", 2, 0, 1)]


def test_nothing_new_changes_nothing():
    history = History()
    history.step([edge(A, B)])
    history.step([edge(A, B)])
    assert history.changes == []


def test_an_identifier_nobody_had_moves_to_a_customer_that_lives():
    history = History()
    history.step([], alone=[A])
    history.step([edge(A, B)])
    assert history.changes == [("moved", 1, 0, 1)]


def test_a_merge_names_the_heir_and_the_one_that_is_gone():
    history = History()
    history.step([edge(A, B)], alone=[C])
    history.step([edge(A, B), edge(B, C)])
    assert history.changes == [("merged", 1, 2, 1)]


def test_a_split_names_the_new_one_and_where_it_came_from():
    history = History()
    history.step([edge(A, B), edge(B, C)])
    history.step([edge(A, B)], alone=[C])
    assert history.changes == [("split", 2, 1, 1)]


def test_an_identifier_moves_between_two_that_live_on():
    history = History()
    history.step([edge(A, B), edge(C, D), edge(B, "email:x")])
    history.step([edge(A, B), edge(C, D), edge(C, "email:x")])
    assert history.changes == [("moved", 2, 1, 1)]


def test_a_retired_customer_is_named_by_its_own_id():
    history = History()
    history.step([edge(A, B)], alone=[C])
    history.step([], alone=[C], blocked=[A, B])
    assert history.changes == [("retired", 1, 0, 2)]


def test_an_identifier_that_nobody_may_have_any_more_moves_to_nobody():
    history = History()
    history.step([edge(A, B)])
    history.step([], alone=[A], blocked=[B])
    assert history.changes == [("moved", 0, 1, 1)]


def test_an_id_taken_up_again_is_split_off():
    history = History()
    history.step([], alone=[A, B])
    history.step([], must(A, B), alone=[A, B])
    assert history.changes == [("merged", 1, 2, 1)]
    history.step([], alone=[A, B])
    assert history.changes == [("split", 2, 1, 1)]


def test_changes_follow_every_identifier_from_one_run_to_the_next():
    """Adding up the feed gives each customer's size."""
    history = History()
    size: dict[int, int] = {}
    steps = [
        ([edge(A, B), edge(C, D)], ()),
        ([edge(A, B), edge(C, D), edge(B, C)], ()),
        ([edge(A, B), edge(C, D), edge(B, C)], (cannot(A, D),)),
        ([edge(A, B)], (must(A, "email:1"),)),
    ]
    for edges, decisions in steps:
        history.step(edges, *decisions, alone=["email:1"])
        for kind, customer, other, count in history.changes:
            gainer, loser = (other, customer) if kind == "retired" else (customer, other)
            size[gainer] = size.get(gainer, 0) + count
            size[loser] = size.get(loser, 0) - count
        held = {number: list(history.now().values()).count(number) for number in history.now().values()}
        assert {number: count for number, count in size.items() if number and count} == held
