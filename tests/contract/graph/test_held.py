"""Runs that are held: a number and its counts are kept, and nothing else is another than before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from knotwork_graph.errors import StoreError, UnknownRunError
from knotwork_graph.model import Identifier, Run, RunState
from knotwork_graph.model.times import EPOCH
from tests.contract.graph.made import CREATED, Found, Seen, increment, project, publish, stage

A, B = "cookie:a", "cookie:b"
FIRST = Found({A: 1, B: 1}, changes=[(CREATED, 1, 0, 2)])


@pytest.fixture
def store(store):
    """A store that holds two identifiers, one customer, and an identifier that no run has looked at."""
    project(store, increment(1, Seen(A, B)))
    publish(store, 1, FIRST)
    project(store, increment(2, Seen(A, "cookie:new")))
    return store


def held(number: int) -> Run:
    """A full run that may not be published."""
    moment = EPOCH + timedelta(days=number)
    return Run(number, RunState.HELD, moment, moment, moment + timedelta(seconds=2), {"customers": 7}, "full", number)


def test_a_held_run_is_kept_as_it_was_told(store):
    store.hold(held(2), "another policy")
    assert store.runs()[0] == store.run(2) == held(2)


def test_a_held_run_changes_nothing_but_the_next_number_of_a_run(store, reopened):
    before, pending = store.state(), store.pending().tolist()
    rows = store.memberships().identifier.tolist()
    store.hold(held(2), "another policy")
    for one in (store, reopened()):
        assert one.state() == replace(before, last_run=2)
        assert one.pending().tolist() == pending != []
        assert one.memberships().identifier.tolist() == rows
        assert one.run(1).state is RunState.PUBLISHED


def test_the_number_of_a_run_cannot_be_held(store):
    before = store.runs()
    with pytest.raises(StoreError, match="a run 1 already"):
        store.hold(held(1), "p")
    assert (store.runs(), store.state().last_run) == (before, 1)


def test_a_run_after_a_held_one_is_published_as_ever(store):
    store.hold(held(2), "another policy")
    publish(store, 3, Found({"cookie:new": 1}), at_once=True)
    assert store.customer_of(Identifier.parse("cookie:new")) == 1
    assert store.pending().tolist() == []
    assert [run.state for run in store.runs()] == [RunState.PUBLISHED, RunState.HELD, RunState.PUBLISHED]


def test_going_back_leaves_a_held_run_held(store):
    store.hold(held(2), "p")
    publish(store, 3, Found({"cookie:new": 1}))
    store.publish(1)
    assert [run.state for run in store.runs()] == [RunState.ROLLED_BACK, RunState.HELD, RunState.PUBLISHED]


def test_a_run_that_is_seen_again_settles_nothing(store):
    """What came since it looked is still to be looked at."""
    publish(store, 2, Found({"cookie:new": 1}))
    project(store, increment(3, Seen(B, "cookie:later")))
    pending = store.pending().tolist()
    store.publish(1)
    store.publish(2)
    assert store.pending().tolist() == pending != []


def test_a_run_that_was_staged_settles_when_it_is_first_seen(store):
    stage(store, 2, Found({"cookie:new": 1}))
    assert store.pending().tolist() != []
    store.publish(2)
    assert store.pending().tolist() == []


def test_a_lock_is_held_by_one_until_it_is_released(store, reopened):
    other = reopened()
    assert store.hold_lock("nightly", "lan", 60) == "lan"
    assert other.hold_lock("nightly", "minh", 60) == "lan"
    assert store.hold_lock("nightly", "lan", 60) == "lan"
    other.release_lock("nightly", "minh")
    assert other.hold_lock("nightly", "minh", 60) == "lan"
    store.release_lock("nightly", "lan")
    assert other.hold_lock("nightly", "minh", 60) == "minh"
    assert store.hold_lock("nightly", "lan", 60) == "minh"


def test_a_lock_that_is_not_renewed_in_time_is_free(store, reopened):
    assert store.hold_lock("nightly", "lan", 0) == "lan"
    assert reopened().hold_lock("nightly", "minh", 60) == "minh"
    assert store.hold_lock("nightly", "lan", 60) == "minh"


def test_locks_of_other_names_are_others(store):
    assert store.hold_lock("nightly", "lan", 60) == "lan"
    assert store.hold_lock("copy", "minh", 60) == "minh"
    before = store.state()
    store.release_lock("nightly", "lan")
    assert store.state() == before


def test_a_held_run_cannot_be_published(store):
    """There is nothing of it to be seen."""
    store.hold(held(2), "p")
    with pytest.raises(UnknownRunError, match="run 2 was held"):
        store.publish(2)
    assert store.state().current == 1
