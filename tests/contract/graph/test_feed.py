"""The change feed is the same from every store: keys, kinds and causes, through rollbacks and runs that nobody saw."""

from __future__ import annotations

import pytest

from knotwork_graph.model import customer_id
from knotwork_resolvers.feed import Feed
from tests.contract.graph.made import CREATED, MERGED, MOVED, Found, Seen, increment, project, publish, stage

A, B, C = "cookie:a", "email:b", "phone:c"
ONE, TWO, THREE = (customer_id(number) for number in (1, 2, 3))


@pytest.fixture
def store(store):
    """Two customers (run 1) that become one (run 2) and, readers sent back, stay two with one moved over (run 3)."""
    project(store, increment(1, Seen(A, B), Seen(B, C)))
    publish(store, 1, Found({A: 1, B: 1, C: 2}, changes=[(CREATED, 1, 0, 2), (CREATED, 2, 0, 1)]))
    publish(store, 2, Found({C: 1}, redirects={2: (1,)}, changes=[(MERGED, 1, 2, 1)]))
    store.publish(1)
    publish(store, 3, Found({B: 2, C: 2}, changes=[(MOVED, 2, 1, 1)]), at_once=True)
    stage(store, 4, Found({A: 3}))
    store.publish(2)
    return store


EXPECTED = [
    (1, "created", ONE, "", (A, B), "event"),
    (1, "created", TWO, "", (C,), "event"),
    (2, "merged", ONE, TWO, (C,), "event"),
    (1, "split", TWO, ONE, (C,), "sent back"),
    (3, "moved", TWO, ONE, (B,), "event"),
    (2, "merged", ONE, TWO, (B, C), "sent back"),
]


def told(page):
    return [(one.run, one.kind, one.customer, one.other, one.identifiers, one.cause) for one in page]


def test_what_is_told(store):
    page = Feed(store).page()
    assert told(page) == EXPECTED
    assert [one.at for one in page] == sorted(one.at for one in page)


def test_from_every_cursor_and_in_pieces_of_one(store):
    whole = Feed(store).page()
    for place, one in enumerate(whole, 1):
        assert told(Feed(store).page(one.cursor, 1)) == EXPECTED[place : place + 1]


def test_opened_anew(store, reopened):
    cursor = Feed(store).page(first=4).cursor
    publish(store, 5, Found({A: 3}, changes=[(MOVED, 3, 1, 1)]))
    assert told(Feed(reopened()).page(cursor))[:2] == EXPECTED[4:]
