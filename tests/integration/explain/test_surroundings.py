"""The store's verbs behind explanations, against its own lists of members and edges."""

from __future__ import annotations

from knotwork_graph.model import Identifier, customer_number


def some_customers(crowd) -> list[int]:
    customers, _ = crowd.customers(300)
    return [customer_number(one.id) for one in customers]


def test_around_a_customer_lie_the_edges_that_touch_it_each_once(crowd):
    store = crowd.home.store
    for number in some_customers(crowd):
        found, edges = store.around_customer(number, 10_000), store.edges_of(number)
        assert found.whole
        assert sorted(tuple(sorted((found.ends[t.a].key, found.ends[t.b].key))) for t in found.ties) == [
            (edge.a, edge.b) for edge in edges
        ]
        assert sum(tie.count for tie in found.ties) == sum(edge.count for edge in edges)
        assert sum(bool(tie.rule) for tie in found.ties) == sum(edge.kind == "severed" for edge in edges)


def test_ends_stand_where_the_members_list_says(crowd):
    store = crowd.home.store
    rows = {f"{row['type']}:{row['value']}": row for row in store.member_rows().to_pylist()}
    for number in some_customers(crowd):
        for one in store.around_customer(number, 10_000).ends.values():
            row = rows[one.key]
            assert (one.customer, one.status, one.reason) == (row["customer"], row["status"], row["reason"])
            assert store.standing(Identifier.parse(one.key)) == one


def test_no_more_edges_than_asked_for_and_it_is_said(crowd):
    store = crowd.home.store
    number = max(some_customers(crowd), key=lambda one: len(store.edges_of(one)))
    every = len(store.edges_of(number))
    assert every > 3
    assert (len(store.around_customer(number, 3).ties), store.around_customer(number, 3).whole) == (3, False)
    assert store.around_customer(number, every).whole


def test_around_identifiers_lie_their_edges_once_though_both_ends_were_asked(crowd):
    store = crowd.home.store
    number = max(some_customers(crowd), key=lambda one: len(store.edges_of(one)))
    ids = [store.standing(Identifier.parse(one.key)).id for one in store.members(number)]
    found = store.around_identifiers(ids, 10_000)
    assert {(tie.a, tie.b) for tie in found.ties} == {(t.a, t.b) for t in store.around_customer(number, 10_000).ties}
    assert len(found.ties) == len({(tie.a, tie.b) for tie in found.ties})
    assert not store.around_identifiers(ids, 1).whole


def test_what_was_never_seen_stands_nowhere(crowd):
    assert crowd.home.store.standing(Identifier("email", "nobody@example.com")) is None
    assert crowd.home.store.standing(Identifier("emial", "nobody@example.com")) is None
