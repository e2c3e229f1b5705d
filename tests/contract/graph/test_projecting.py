"""Facts become edges exactly once, and what is counted is added up."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Identifier, Status
from knotwork_graph.model.times import EPOCH
from tests.contract.graph.made import BLOCKED, INVALID, Found, Named, Seen, ids, increment, project, publish

PAIR = Seen("cookie:1", "email:a@example.com")


def edges(store):
    """Every edge as the store's arrays have it, by its keys: count, vouched, first and last day."""
    kept = store.graph()
    found = {}
    for row in range(len(kept.edges)):
        ends = sorted(kept.identifiers.key(int(end[row])) for end in (kept.edges.a, kept.edges.b))
        e = kept.edges
        times = (int(at[row]) // 86_400_000_000 for at in (e.first_seen, e.last_seen))
        found[tuple(ends)] = (int(e.count[row]), int(e.vouched[row]), *times)
    return found


def sources_of(store, key, *, customer=1):
    """The sources of the edges that touch an identifier, once it is a customer's."""
    last = store.state().last_run
    publish(store, last + 1, Found({key: customer}))
    return {edge.sources for edge in store.edges_of(customer)}


def test_an_empty_store_holds_nothing(store):
    assert len(store.graph().identifiers) == len(store.graph().edges) == 0
    assert store.projected().segments == frozenset()
    assert (store.counts().identifiers, store.counts().edges, store.sources()) == ({}, 0, ())
    assert store.find(Identifier("cookie", "1")) is None


def test_an_increment_is_kept_with_all_its_figures(store):
    named = [Named("cookie:1", events=3, first=2, last=5), Named("phone:0", 1, 4, 4, INVALID, "too short")]
    project(store, increment(7, Seen("cookie:1", "email:a@example.com", 3, 2, 2, 5, ("app", "web")), named=named))
    assert edges(store) == {("cookie:1", "email:a@example.com"): (3, 2, 2, 5)}
    assert store.projected().segments == {7}
    cookie, phone = (store.find(Identifier(*key)) for key in (("cookie", "1"), ("phone", "0")))
    assert (cookie.events, cookie.status, cookie.reason) == (3, Status.LINKING, "")
    assert (cookie.first_seen, cookie.last_seen) == (EPOCH + timedelta(days=2), EPOCH + timedelta(days=5))
    assert (phone.status, phone.reason) == (Status.INVALID, "too short")
    assert store.counts().identifiers == {"cookie": 1, "email": 1, "phone": 1}
    assert store.counts().edges == 1
    assert store.sources() == ("app", "web")


def test_the_arrays_keep_their_invariants(store):
    project(store, increment(1, Seen("b:2", "a:1"), Seen("a:1", "c:3")))
    project(store, increment(2, Seen("c:3", "b:2"), Seen("a:0", "c:3")))
    kept = store.graph()
    assert (np.diff(kept.identifiers.ids) > 0).all()
    assert (kept.edges.a != kept.edges.b).all()
    pairs = {frozenset(pair) for pair in zip(kept.edges.a.tolist(), kept.edges.b.tolist(), strict=True)}
    assert len(pairs) == len(kept.edges) == 4
    assert kept.identifiers.usable.all()


def test_a_second_increment_adds_up_counts_and_widens_times(store):
    project(store, increment(1, Seen("cookie:1", "email:a", 2, 1, 10, 20), named=[Named("cookie:1", 2, 10, 20)]))
    project(store, increment(2, Seen("email:a", "cookie:1", 3, 0, 5, 15), named=[Named("cookie:1", 3, 5, 15)]))
    project(store, increment(3, Seen("cookie:1", "email:a", 1, 1, 30, 31), named=[Named("cookie:1", 1, 30, 31)]))
    assert edges(store) == {("cookie:1", "email:a"): (6, 2, 5, 31)}
    cookie = store.find(Identifier("cookie", "1"))
    assert (cookie.events, cookie.first_seen, cookie.last_seen) == (
        6,
        EPOCH + timedelta(days=5),
        EPOCH + timedelta(days=31),
    )


def test_an_identifier_keeps_its_id_and_new_ones_get_others(store):
    project(store, increment(1, PAIR))
    before = ids(store)
    project(store, increment(2, PAIR, Seen("cookie:0", "cookie:2")))
    after = ids(store)
    assert {key: after[key] for key in before} == before
    assert len(set(after.values())) == len(after) == 4


def test_equal_values_of_different_types_are_different_identifiers(store):
    project(store, increment(1, Seen("cookie:1", "device:1"), named=[Named("email:1")]))
    assert len(ids(store)) == 3
    assert edges(store) == {("cookie:1", "device:1"): (1, 0, 1, 1)}


@pytest.mark.parametrize("value", ["o'neil", 'a"b', "a:b:c", "x;--", "Nguyễn", "Nguye\u0302\u0303n", "🙂", "%_\\", " "])
def test_any_text_is_a_value_and_is_found_again(store, value):
    project(store, increment(1, Seen(f"email:{value}", "cookie:1")))
    assert store.find(Identifier("email", value)).value == value


def test_composed_and_decomposed_letters_are_different_values(store):
    project(store, increment(1, named=[Named("email:\u00e9"), Named("email:e\u0301")]))
    assert len(ids(store)) == 2


def test_the_ids_are_told_before_the_commit_in_the_order_of_the_increment(store):
    project(store, increment(1, Seen("cookie:5", "email:a")))
    told = []
    project(store, increment(2, Seen("cookie:5", "cookie:1")), lambda given: told.extend(given.tolist()))
    known = ids(store)
    assert told == [known["cookie:1"], known["cookie:5"]]


class RefusedError(Exception):
    """What ``before_commit`` fails with here."""


def refuse(_):
    raise RefusedError


@pytest.mark.parametrize("first", [False, True], ids=["into an empty store", "on top of another"])
def test_where_before_commit_fails_nothing_is_applied(store, reopened, first):
    if first:
        project(store, increment(1, PAIR, traits=[("cookie:1", "name", 5)]))
    before = edges(store), ids(store), store.projected(), store.sources(), store.counts()
    more = increment(2, PAIR, Seen("cookie:1", "cookie:2", sources=("app",)), traits=[("cookie:2", "name", 6)])
    with pytest.raises(RefusedError):
        project(store, more, refuse)
    for one in (store, reopened()):
        assert (edges(one), ids(one), one.projected(), one.sources(), one.counts()) == before
    project(store, more)
    assert edges(store)[("cookie:1", "cookie:2")] == (1, 0, 1, 1)
    assert edges(store)[("cookie:1", "email:a@example.com")] == (2 if first else 1, 0, 1, 1)


def test_the_same_segment_twice_is_refused_and_counts_nothing(store):
    project(store, increment(1, PAIR))
    with pytest.raises(StoreError):
        project(store, increment(1, PAIR))
    assert edges(store) == {("cookie:1", "email:a@example.com"): (1, 0, 1, 1)}


def test_a_value_that_links_by_one_spelling_is_no_blocked_one(store):
    """The best verdict on any raw spelling counts, whichever came first."""
    project(store, increment(1, named=[Named("phone:1", status=BLOCKED, reason="blocked: policy")]))
    project(store, increment(2, named=[Named("phone:1")]))
    assert (store.find(Identifier("phone", "1")).status, store.find(Identifier("phone", "1")).reason) == ("linking", "")
    project(store, increment(3, named=[Named("phone:1", status=INVALID, reason="invalid")]))
    assert (store.find(Identifier("phone", "1")).status, store.find(Identifier("phone", "1")).reason) == ("linking", "")


def test_unusable_identifiers_are_marked_in_the_arrays(store):
    project(store, increment(1, PAIR, named=[Named("email:null", status=BLOCKED, reason="blocked")]))
    kept = store.graph().identifiers
    usable = {kept.key(index): bool(flag) for index, flag in enumerate(kept.usable)}
    assert usable == {"cookie:1": True, "email:a@example.com": True, "email:null": False}


def test_sources_of_an_edge_are_those_of_all_increments(store):
    project(store, increment(1, Seen("cookie:1", "email:a", sources=("web",))))
    project(store, increment(2, Seen("cookie:1", "email:a", sources=("app", "shop")), Seen("cookie:1", "cookie:2")))
    assert sources_of(store, "email:a") == {("web", "app", "shop")}


def many(numbers):
    return [Seen("cookie:hub", f"email:{n}", sources=(f"s{n:03d}",)) for n in numbers]


def named_sources(store):
    publish(store, 1, Found({"cookie:hub": 1}))
    return {edge.b: edge.sources for edge in store.edges_of(1)}


@pytest.mark.parametrize("batches", [[range(70)], [range(40), range(40, 70)], [range(60, 70), range(60)]])
def test_more_sources_than_have_a_name_of_their_own_are_others(store, batches):
    for number, batch in enumerate(batches):
        project(store, increment(number, *many(batch)))
    found = named_sources(store)
    assert store.sources() == tuple(f"s{n:03d}" for n in range(70))
    own = {key: sources for key, sources in found.items() if sources != ("others",)}
    assert own == {key: (f"s{int(key.partition(':')[2]):03d}",) for key in own}
    assert len(own) >= 50


def test_a_source_is_never_said_to_have_seen_what_another_saw(store):
    """The last source of a large increment is an old acquaintance with a place of its own."""
    project(store, increment(1, Seen("cookie:hub", "email:z", sources=("z",))))
    late = [Seen("cookie:hub", f"email:{n}", sources=(f"s{n:03d}",)) for n in range(64)]
    project(store, increment(2, *late, Seen("cookie:hub", "email:y", sources=("z",))))
    found = named_sources(store)
    assert [key for key, sources in found.items() if "z" in sources and key not in ("email:z", "email:y")] == []
    assert found["email:z"] == ("z",)


def test_distinct_values_of_a_trait_are_counted_over_all_increments(store):
    project(store, increment(1, PAIR, traits=[("cookie:1", "name", 5), ("email:a@example.com", "name", 5)]))
    more = [("cookie:1", "name", 6), ("cookie:1", "name", 5), ("cookie:1", "city", 1)]
    project(store, increment(2, PAIR, named=[Named("cookie:2")], traits=more))
    kept = store.graph().identifiers
    counts = store.trait_counts(kept.ids)
    assert sorted(counts) == ["city", "name"]
    told = {name: {kept.key(i): int(n) for i, n in enumerate(counted) if n} for name, counted in counts.items()}
    assert told == {"name": {"cookie:1": 2, "email:a@example.com": 1}, "city": {"cookie:1": 1}}


def test_without_traits_there_are_no_counts(store):
    project(store, increment(1, PAIR))
    assert store.trait_counts(store.graph().identifiers.ids) == {}


def test_a_whole_graph_tells_what_no_event_bears_any_more(store):
    project(store, increment(1, PAIR, named=[Named("email:null", status=BLOCKED)]))
    assert store.graph().identifiers.seen is None
    store.clear_projection("another reading")
    assert store.graph().identifiers.seen is None, "nothing is borne, so nothing is to be told apart"
    project(store, increment(1, PAIR, named=[Named("email:none", status=BLOCKED)]))
    kept = store.graph().identifiers
    told = {kept.key(at): (bool(kept.usable[at]), bool(seen)) for at, seen in enumerate(kept.seen)}
    assert told == {
        "cookie:1": (True, True),
        "email:a@example.com": (True, True),
        "email:none": (False, True),
        "email:null": (False, False),
    }


def test_clearing_the_projection_keeps_ids_and_memberships_alone(store):
    project(store, increment(1, PAIR, traits=[("cookie:1", "name", 5)]))
    publish(store, 1, Found({"cookie:1": 1, "email:a@example.com": 1}))
    before = ids(store)
    store.clear_projection("another reading")
    assert (store.projected().reading, store.projected().segments) == ("another reading", frozenset())
    assert (edges(store), ids(store)) == ({}, before)
    assert not store.graph().identifiers.usable.any()
    assert store.trait_counts(store.graph().identifiers.ids) == {}
    assert (store.counts().identifiers, store.counts().edges) == ({}, 0)
    assert store.customer_of(Identifier("cookie", "1")) == 1
    assert store.state().current == 1


def test_after_clearing_the_facts_are_counted_from_nothing(store):
    project(
        store, increment(1, Seen("cookie:1", "email:a", 9, 9, 1, 90), named=[Named("cookie:1", 9, 1, 90, BLOCKED, "x")])
    )
    before = ids(store)
    store.clear_projection("r2")
    project(store, increment(1, Seen("cookie:1", "email:a", 1, 0, 40, 50), named=[Named("cookie:1", 1, 40, 50)]))
    assert edges(store) == {("cookie:1", "email:a"): (1, 0, 40, 50)}
    cookie = store.find(Identifier("cookie", "1"))
    assert (cookie.events, cookie.status, cookie.reason) == (1, Status.LINKING, "")
    assert (cookie.first_seen, cookie.last_seen) == (EPOCH + timedelta(days=40), EPOCH + timedelta(days=50))
    assert ids(store) == before
    assert store.projected().reading == "r2"


def test_everything_is_there_again_when_the_store_is_opened_anew(store, reopened):
    project(store, increment(1, PAIR))
    before = edges(store), ids(store), store.projected()
    store.close()
    again = reopened()
    assert (edges(again), ids(again), again.projected()) == before
