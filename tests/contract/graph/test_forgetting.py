"""What no event bears any more leaves its value nowhere in the store; its id and its past can still be followed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knotwork_graph.model import DecisionKind, Identifier, Recorded
from knotwork_graph.ports import ERASED
from knotwork_graph.sqlite import SqliteGraphStore
from tests.contract.graph.made import Found, Named, Seen, ids, increment, project, publish

AT = datetime(2026, 3, 1, tzinfo=UTC)
LAN, MINH, COOKIE = "email:lan@x", "email:minh:m@x", "cookie:c"


@pytest.fixture
def erased(store):
    return with_something_erased(store)


def with_something_erased(store):
    """A store that held two addresses and a cookie, of which events bear the cookie and one address only."""
    project(store, increment(1, Seen(COOKIE, LAN), Seen(COOKIE, MINH), named=[Named(LAN, reason="said lan@x")]))
    publish(
        store,
        1,
        Found(
            {LAN: (1, 0, "as lan@x said"), MINH: (1, 0, ""), COOKIE: (1, 0, "")},
            severed=[(COOKIE, LAN, "limit", "lan@x and minh@x")],
        ),
    )
    store.add_decisions(
        [
            Recorded(1, DecisionKind.CANNOT_LINK, LAN, MINH, "mai", AT, "lan@x said so", "she called"),
            Recorded(2, DecisionKind.BLOCK, MINH, "", "mai", AT, "an office", "nobody's"),
        ]
    )
    known = ids(store)
    store.clear_projection("anew")
    project(store, increment(1, Seen(COOKIE, MINH)))
    publish(store, 2, Found({LAN: (0, 0, ""), COOKIE: (1, 0, "still")}))
    return store, known


def test_the_value_is_gone_and_the_rest_stays(erased):
    store, known = erased
    store.forget_unseen()
    left = f"email:{ERASED}{known[LAN]}"
    assert store.find(Identifier.parse(LAN)) is None
    assert set(ids(store)) <= {left, MINH, COOKIE}
    assert store.keys_of(list(known.values())) == {known[LAN]: left, known[MINH]: MINH, known[COOKIE]: COOKIE}
    past = store.history(Identifier.parse(left))
    assert past.from_run.tolist() == [1, 2]
    assert past.customer.tolist() == [1, 0]
    assert [one or "" for one in past.reason.to_pylist()] == ["", ""]


def test_decisions_name_it_no_more_and_others_keep_their_words(erased):
    store, known = erased
    store.forget_unseen()
    first, second = store.decisions()
    assert (first.a, first.b) == (f"email:{ERASED}{known[LAN]}", MINH)
    assert (first.reason, first.comment, first.by) == ("", "", "mai")
    assert (second.a, second.reason, second.comment) == (MINH, "an office", "nobody's")


def test_again_changes_nothing_and_what_is_seen_stays(erased, reopened):
    store, _ = erased
    store.forget_unseen()
    before = store.decisions(), ids(store)
    store.forget_unseen()
    other = reopened()
    assert (other.decisions(), ids(other)) == before
    project(store, increment(2, Seen(COOKIE, LAN)))
    assert store.find(Identifier.parse(LAN)) is not None  # never having been seen before, it is a new one


def test_no_byte_of_it_is_left_in_the_file_of_sqlite(tmp_path):
    store, _ = with_something_erased(SqliteGraphStore(tmp_path))
    store.forget_unseen()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and b"lan@x" in path.read_bytes()] == []
    store.close()
