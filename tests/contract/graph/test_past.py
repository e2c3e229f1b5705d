"""What was known then is known for ever: publications, memberships, changes and redirects."""

from __future__ import annotations

from time import time_ns

import numpy as np
import pytest

from knotwork_graph.model import Identifier
from knotwork_graph.ports import OPEN, PastChange, Redirected
from tests.contract.graph.made import CREATED, MERGED, Found, Seen, ids, increment, project, publish, stage

A, B = "cookie:a", "cookie:b"


@pytest.fixture
def store(store):
    """Two identifiers; run 1 gives each to a customer of its own, run 2 both to the first."""
    project(store, increment(1, Seen(A, B)))
    return store


def two_runs(store):
    publish(store, 1, Found({A: 1, B: 2}, changes=[(CREATED, 1, 0, 1), (CREATED, 2, 0, 1)]))
    publish(store, 2, Found({B: (1, 0, "joined")}, redirects={2: (1,)}, changes=[(MERGED, 1, 2, 1)]))


def rows(store, found):
    names = store.keys_of(sorted(set(found.identifier.tolist())))
    columns = (found.identifier, found.from_run, found.to_run, found.customer)
    return [(names[i], a, b, c) for i, a, b, c in zip(*(column.tolist() for column in columns), strict=True)]


def test_nothing_was_known_before_anything_was_published(store):
    assert store.run_at(time_ns() // 1000) == 0
    assert len(store.publications().run) == len(store.history(Identifier.parse(A)).customer) == 0
    assert len(store.held(1).customer) == 0
    assert store.redirects_of(1) == store.changes_of([(1, 1)]) == store.changes_of([]) == ()
    assert store.keys_of([]) == {}


def test_the_run_of_a_moment_is_the_one_last_published_before_it(store):
    before = time_ns() // 1000
    two_runs(store)
    first, second = store.publications().at.tolist()
    assert store.publications().run.tolist() == [1, 2]
    assert before <= first <= second <= time_ns() // 1000
    assert [store.run_at(at) for at in (first - 1, first, second, second + 9)] == [0, 1, 2, 2]


def test_a_run_that_was_only_staged_was_never_known(store):
    publish(store, 1, Found({A: 1}))
    stage(store, 2, Found({A: 2}))
    assert store.run_at(time_ns() // 1000) == 1


def test_readers_sent_back_are_told_of(store):
    two_runs(store)
    store.publish(1)
    assert store.publications().run.tolist() == [1, 2, 1]
    assert store.run_at(time_ns() // 1000) == 1


def test_the_history_of_an_identifier_and_of_all_that_a_customer_held(store):
    two_runs(store)
    assert rows(store, store.history(Identifier.parse(B))) == [(B, 1, 2, 2), (B, 2, OPEN, 1)]
    assert store.history(Identifier.parse(B)).reason.to_pylist() == ["", "joined"]
    assert rows(store, store.held(2)) == [(B, 1, 2, 2), (B, 2, OPEN, 1)]
    assert sorted(rows(store, store.held(1))) == [(A, 1, OPEN, 1), (B, 1, 2, 2), (B, 2, OPEN, 1)]
    assert len(store.history(Identifier.parse("cookie:never")).customer) == 0
    assert len(store.history(Identifier.parse("no_such_type:x")).customer) == 0


def test_changes_of_a_customer_in_a_run(store):
    two_runs(store)
    assert store.changes_of([(2, 1), (1, 2), (2, 2)]) == (
        PastChange(1, CREATED, 2, 0, 1, "event"),
        PastChange(2, MERGED, 1, 2, 1, "event"),
    )


def test_redirects_of_a_customer(store):
    two_runs(store)
    publish(store, 3, Found({B: 2}, revived=[2]))
    assert store.redirects_of(2) == (Redirected(2, 3, (1,)),)
    assert store.redirects_of(1) == ()


def test_keys_of_identifiers(store):
    place = ids(store)
    assert store.keys_of([place[B], place[A]]) == {place[A]: A, place[B]: B}


def test_what_readers_of_two_runs_saw_of_what_changed_between_them(store):
    two_runs(store)
    publish(store, 3, Found({A: 3}))
    assert rows(store, store.memberships_between(1, 2)) == [(B, 1, 2, 2), (B, 2, OPEN, 1)]
    assert rows(store, store.memberships_between(0, 1)) == [(A, 1, 3, 1), (B, 1, 2, 2)]
    assert rows(store, store.memberships_between(1, 3)) == [
        (A, 1, 3, 1),
        (A, 3, OPEN, 3),
        (B, 1, 2, 2),
        (B, 2, OPEN, 1),
    ]
    assert store.memberships_between(2, 2).identifier.tolist() == []


def test_what_is_only_staged_is_not_between(store):
    two_runs(store)
    stage(store, 3, Found({A: 3}))
    assert [row[0] for row in rows(store, store.memberships_between(0, 2))] == [A, B, B]


def test_who_lived_in_a_run(store):
    two_runs(store)
    asked = np.array([1, 2, 3], np.int64)
    assert [store.living_in(asked, run).tolist() for run in (0, 1, 2)] == [[], [1, 2], [1]]
