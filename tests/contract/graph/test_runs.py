"""Runs: staged where no reader looks, published as one switch, rolled back by another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knotwork_graph.errors import KnotworkError, UnknownRunError
from knotwork_graph.model import Identifier, RunState, Status
from knotwork_graph.model.times import EPOCH
from knotwork_graph.ports import OPEN, StoreState
from tests.contract.graph.made import (
    CREATED,
    DAY,
    MERGED,
    SHARED,
    SPLIT,
    Found,
    Named,
    Seen,
    ids,
    increment,
    project,
    publish,
    stage,
)

A, B, C = "cookie:a", "cookie:b", "email:c"


@pytest.fixture
def store(store):
    """A store that holds three identifiers in a row."""
    project(store, increment(1, Seen(A, B, 2, 1), Seen(B, C)))
    return store


def owner(store, key):
    return store.customer_of(Identifier.parse(key))


def owners(store):
    return {key: owner(store, key) for key in (A, B, C)}


def seen_by_readers(store):
    """All that a reader can learn of customers."""
    state = store.state()
    return (
        state.current,
        owners(store),
        store.customers(0, 10),
        [store.members(number) for number in range(1, 6)],
        [store.heirs(number) for number in range(1, 6)],
        [[(edge.a, edge.b, edge.kind, edge.detail) for edge in store.edges_of(number)] for number in range(1, 6)],
        store.member_rows().sort_by([("type", "ascending"), ("value", "ascending")]).to_pylist(),
        store.severed_rows().to_pylist(),
        store.change_rows().to_pylist(),
    )


FIRST = Found({A: 1, B: 1, C: 2}, severed=[(B, C, "max", "why")], changes=[(CREATED, 1, 0, 2), (CREATED, 2, 0, 1)])
MERGE = Found({C: 1}, redirects={2: (1,)}, changes=[(MERGED, 1, 2, 1)])
BACK = Found({C: 2}, revived=[2], changes=[(SPLIT, 2, 1, 1)])


def test_a_new_store_shows_run_nought(store):
    assert store.state() == StoreState(0, 0, 1, "")
    assert (store.runs(), store.customers(0, 10), store.change_rows().to_pylist()) == ((), (), [])
    assert owner(store, A) == 0


def test_a_staged_run_is_invisible(store, reopened):
    before = seen_by_readers(store)
    stage(store, 1, FIRST)
    for one in (store, reopened()):
        assert seen_by_readers(one) == before
    assert [(run.number, run.state) for run in store.runs()] == [(1, RunState.STAGED)]


def test_a_staged_run_on_top_of_a_published_one_is_invisible(store, reopened):
    publish(store, 1, FIRST)
    before = seen_by_readers(store)
    stage(store, 2, Found({C: 1, B: (0, SHARED, "shared: x")}, redirects={2: (1,)}, changes=MERGE.changes))
    for one in (store, reopened()):
        assert seen_by_readers(one) == before


def test_publishing_shows_all_of_a_run_at_once(store):
    publish(store, 1, FIRST)
    assert owners(store) == {A: 1, B: 1, C: 2}
    assert [one.key for one in store.members(1)] == [A, B]
    assert store.state() == StoreState(1, 1, 100, "p", as_of=DAY, base=1)
    rows = store.change_rows().to_pylist()
    assert sorted((row["run"], row["kind"], row["customer"], row["other"], row["identifiers"]) for row in rows) == [
        (1, CREATED, 1, 0, 2),
        (1, CREATED, 2, 0, 1),
    ]
    assert {row["cause"] for row in rows} == {"event"}


def test_a_run_is_kept_as_it_was_told(store):
    stage(store, 1, FIRST, policy="a policy", counts={"customers": 2})
    store.publish(1)
    (run,) = store.runs()
    day = EPOCH + timedelta(days=1)
    assert (run.number, run.state, run.as_of, run.started) == (1, RunState.PUBLISHED, day, day)
    assert run.finished == day + timedelta(seconds=1)
    assert run.counts == {"customers": 2}
    assert store.state().policy == "a policy"


def test_runs_come_newest_first(store):
    for number in (1, 2, 3):
        stage(store, number, Found({}))
    assert [run.number for run in store.runs()] == [3, 2, 1]


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_run_that_was_never_staged_is_refused_with_words(store, number):
    publish(store, 1, FIRST)
    before = seen_by_readers(store)
    with pytest.raises(UnknownRunError, match=rf"no run {number}\b"):
        store.publish(number)
    assert seen_by_readers(store) == before


def test_where_staging_fails_nothing_of_it_is_kept(store):
    publish(store, 1, FIRST)
    before, runs, rows = seen_by_readers(store), store.runs(), store.memberships().identifier.tolist()
    with pytest.raises(KnotworkError):
        stage(store, 1, Found({A: 5}, redirects={1: (5,)}, changes=[(CREATED, 5, 0, 1)]))  # there is a run 1
    assert (seen_by_readers(store), store.runs(), store.memberships().identifier.tolist()) == (before, runs, rows)


def test_a_status_and_a_reason_are_those_of_the_current_run(store):
    publish(store, 1, Found({A: 1, B: (0, SHARED, "shared: by many"), C: 2}))
    found = store.find(Identifier.parse(B))
    assert (found.status, found.reason) == (Status.SHARED, "shared: by many")
    publish(store, 2, Found({B: 1}))
    found = store.find(Identifier.parse(B))
    assert (found.status, found.reason, owner(store, B)) == (Status.LINKING, "", 1)


def test_member_rows_hold_everybody_and_nobody_s(store):
    project(store, increment(2, named=[Named("email:null", status=1, reason="blocked: null")]))
    publish(store, 1, FIRST)
    rows = store.member_rows().to_pylist()
    assert sorted(map(str, store.member_parts().read_all().to_pylist())) == sorted(map(str, rows))
    assert sorted(store.owner_parts().read_all()["customer"].to_pylist()) == [1, 1, 2]
    assert sorted((row["customer"], row["type"], row["value"], row["status"], row["reason"]) for row in rows) == [
        (0, "email", "null", "blocked", "blocked: null"),
        (1, "cookie", "a", "linking", ""),
        (1, "cookie", "b", "linking", ""),
        (2, "email", "c", "linking", ""),
    ]


def test_parts_are_read_while_somebody_writes(store):
    assert store.member_parts().read_all().num_rows == 3
    assert store.owner_parts().read_all().num_rows == 0
    publish(store, 1, FIRST)
    begun = store.member_parts(), store.owner_parts()
    publish(store, 2, MERGE)
    told = [sorted(one.read_all()["customer"].to_pylist()) for one in begun]
    assert told == [[1, 1, 2], [1, 1, 2]]
    unread = store.member_parts()
    del unread  # whoever goes away amid it leaves nothing open
    publish(store, 3, FIRST)


def test_identifiers_that_came_after_the_run_belong_to_nobody_yet(store):
    publish(store, 1, FIRST)
    project(store, increment(2, Seen(A, "cookie:new")))
    assert owner(store, "cookie:new") == 0
    assert [one.key for one in store.members(1)] == [A, B]


def test_memberships_tell_the_whole_history(store):
    publish(store, 1, FIRST)
    publish(store, 2, MERGE)
    publish(store, 3, Found({C: (0, SHARED, "shared: x")}))
    names = {number: key for key, number in ids(store).items()}
    rows = store.memberships()
    told = [
        (names[i], start, end, customer, status, reason or "")
        for i, start, end, customer, status, reason in zip(
            rows.identifier.tolist(),
            rows.from_run.tolist(),
            rows.to_run.tolist(),
            rows.customer.tolist(),
            rows.status.tolist(),
            rows.reason.to_pylist(),
            strict=True,
        )
    ]
    assert told == sorted(told, key=lambda row: (ids(store)[row[0]], row[1]))
    assert sorted(told) == [
        (A, 1, OPEN, 1, 0, ""),
        (B, 1, OPEN, 1, 0, ""),
        (C, 1, 2, 2, 0, ""),
        (C, 2, 3, 1, 0, ""),
        (C, 3, OPEN, 0, SHARED, "shared: x"),
    ]


# --- rolling back


def test_publishing_an_older_run_shows_again_what_it_found(store, reopened):
    publish(store, 1, FIRST)
    first = seen_by_readers(store)
    publish(store, 2, MERGE)
    assert seen_by_readers(store) != first
    store.publish(1)
    for one in (store, reopened()):
        assert seen_by_readers(one) == first
    assert [(run.number, run.state) for run in store.runs()] == [(2, RunState.ROLLED_BACK), (1, RunState.PUBLISHED)]


def test_a_rolled_back_run_can_be_published_again(store):
    publish(store, 1, FIRST)
    publish(store, 2, MERGE)
    second = seen_by_readers(store)
    store.publish(1)
    store.publish(2)
    assert seen_by_readers(store) == second
    assert {run.state for run in store.runs()} == {RunState.PUBLISHED}


def test_a_new_run_after_a_rollback_ends_the_rows_of_the_one_rolled_back(store):
    publish(store, 1, FIRST)
    publish(store, 2, MERGE)
    store.publish(1)
    publish(store, 3, Found({C: 2, A: 3}, changes=[(SPLIT, 3, 1, 1)]))
    assert owners(store) == {A: 3, B: 1, C: 2}
    assert store.state().last_run == store.state().current == 3
    assert [row["run"] for row in store.change_rows().to_pylist()] == [1, 1, 3]
    store.publish(1)
    assert owners(store) == {A: 1, B: 1, C: 2}
    store.publish(2)
    assert owners(store) == {A: 1, B: 1, C: 1}
    store.publish(3)
    assert owners(store) == {A: 3, B: 1, C: 2}


@pytest.mark.parametrize("seen", [True, False], ids=["rolled back", "never published"])
def test_a_redirect_of_a_run_that_was_dropped_does_not_come_back(store, seen):
    publish(store, 1, FIRST)
    stage(store, 2, MERGE)
    if seen:
        store.publish(2)
        assert store.heirs(2) == (1,)
        store.publish(1)
    publish(store, 3, Found({C: 2}))
    assert store.heirs(2) is None


@pytest.mark.parametrize("seen", [True, False], ids=["rolled back", "never published"])
def test_a_redirect_that_a_dropped_run_ended_stands_again(store, seen):
    publish(store, 1, FIRST)
    publish(store, 2, MERGE)
    stage(store, 3, BACK)
    if seen:
        store.publish(3)
        assert store.heirs(2) is None
        store.publish(2)
    publish(store, 4, Found({C: 1}))
    assert store.heirs(2) == (1,)
    publish(store, 5, BACK)
    assert store.heirs(2) is None


def test_after_a_dropped_run_a_redirect_can_be_given_and_ended_anew(store):
    publish(store, 1, FIRST)
    publish(store, 2, MERGE)
    stage(store, 3, BACK)
    publish(store, 4, Found({C: 2}, revived=[2]))
    assert (store.heirs(2), owner(store, C)) == (None, 2)
    stage(store, 5, Found({C: 1}, redirects={2: (1,)}))
    publish(store, 6, Found({C: 3}, redirects={2: (3,)}))
    assert (store.heirs(2), owner(store, C)) == ((3,), 3)


def test_an_id_that_only_a_rolled_back_run_retired_keeps_leading_to_its_heirs(store):
    """Customer 3 was made and merged away in runs that were rolled back: people may have written its id down."""
    publish(store, 1, FIRST)
    publish(store, 2, Found({C: 3}, redirects={2: (3,)}))
    publish(store, 3, Found({C: 1}, redirects={3: (1,)}))
    store.publish(1)
    publish(store, 4, Found({C: 2}))
    assert store.heirs(3) == (1,)
    assert store.heirs(2) is None


# --- redirects


def test_redirects_name_their_heirs_in_the_order_given_and_nobody(store):
    publish(store, 1, FIRST)
    publish(store, 2, Found({A: 4, B: 3, C: 0}, redirects={1: (4, 3), 2: ()}))
    assert (store.heirs(1), store.heirs(2), store.heirs(3)) == ((4, 3), (), None)


def test_a_revived_customer_has_no_heirs_and_may_be_retired_again(store):
    publish(store, 1, FIRST)
    publish(store, 2, MERGE)
    assert store.heirs(2) == (1,)
    publish(store, 3, BACK)
    assert (store.heirs(2), owner(store, C)) == (None, 2)
    publish(store, 4, Found({C: 3}, redirects={2: (3,)}))
    assert store.heirs(2) == (3,)


# --- looking


def test_customers_come_in_pages(store):
    project(store, increment(2, named=[Named(f"device:{n}") for n in range(1200)]))
    publish(store, 1, Found({f"device:{n}": n + 1 for n in range(1200)}))
    assert store.customers(0, 3) == (1, 2, 3)
    assert store.customers(3, 2) == (4, 5)
    assert store.customers(1199, 5) == (1200,)
    assert store.customers(1200, 5) == ()
    assert store.customers_before(1 << 50, 3) == (1198, 1199, 1200)
    assert store.customers_before(4, 2) == (2, 3)
    assert store.customers_before(3, 9) == (1, 2)
    assert store.customers_before(1, 9) == ()
    found, after = [], 0
    while page := store.customers(after, 500):
        found += page
        after = page[-1]
    assert found == list(range(1, 1201))


def test_many_customers_are_looked_up_at_once(store):
    project(store, increment(2, named=[Named(f"device:{n}") for n in range(1200)]))
    publish(store, 1, Found({f"device:{n}": n + 1 for n in range(1200)}))
    held = store.members_of(range(1, 1400))
    assert sorted(held) == list(range(1, 1201))
    assert [one.key for one in held[7]] == ["device:6"]
    assert store.members_of([]) == {}


def test_members_are_sorted_by_type_and_value(store):
    keys = ["email:b", "cookie:z", "email:a", "cookie:é", "cookie:Z", "advertising_id:9"]
    project(store, increment(2, named=[Named(key) for key in keys]))
    publish(store, 1, Found(dict.fromkeys(keys, 1)))
    found = [(one.type, one.value) for one in store.members(1)]
    assert found == sorted(found)
    assert len(found) == len(keys)


def test_edges_of_a_customer_touch_it_and_say_how_they_were_seen(store):
    publish(store, 1, FIRST)
    inner, cut = store.edges_of(1)
    assert (inner.a, inner.b, inner.count, inner.vouched, inner.kind) == (A, B, 2, 1, "linking")
    assert (inner.first_seen, inner.sources) == (EPOCH + timedelta(days=1), ("web",))
    assert (cut.a, cut.b, cut.kind) == (B, C, "severed")
    assert "max" in cut.detail
    assert "why" in cut.detail
    assert store.edges_of(2) == (cut,)
    assert store.edges_of(77) == ()


def test_an_edge_is_severed_for_as_long_as_runs_say_so(store):
    def cuts():
        return [(row["rule"], row["detail"]) for row in store.severed_rows().to_pylist()]

    publish(store, 1, FIRST)
    publish(store, 2, Found({}, severed=FIRST.severed))
    assert cuts() == [("max", "why")]
    publish(store, 3, Found({}, severed=[(B, C, "max", "another")]))
    assert cuts() == [("max", "another")]
    publish(store, 4, Found({}))
    assert (cuts(), [edge.kind for edge in store.edges_of(1)]) == ([], ["linking", "linking"])
    publish(store, 5, Found({}, severed=FIRST.severed))
    assert cuts() == [("max", "why")]
    store.publish(3)
    assert cuts() == [("max", "another")]


def test_severed_rows_name_both_keys(store):
    publish(store, 1, FIRST)
    (row,) = store.severed_rows().to_pylist()
    assert {row["a"], row["b"]} == {B, C}
