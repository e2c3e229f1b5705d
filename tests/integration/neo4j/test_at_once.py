"""What is done at once on Neo4j is one transaction: seen by nobody before its end, and gone whole where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import numpy as np
import pytest

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Identifier, Recorded
from knotwork_graph.neo4j import Address, Neo4jGraphStore, taking
from tests.contract.graph.made import CREATED, SHARED, Found, Seen, ids, increment, project, publish
from tests.neo4j_server.home import PASSWORD

pytestmark = pytest.mark.neo4j
LAN, MAI = Identifier("email", "lan@x.vn"), Identifier("email", "mai@x.vn")
FIRST = increment(
    1,
    Seen("cookie:a", "email:lan@x.vn", count=2),
    Seen("cookie:b", "email:lan@x.vn"),
    Seen("cookie:c", "email:mai@x.vn"),
    Seen("cookie:c", "device:tablet"),
    Seen("cookie:b", "device:tablet"),
    traits=[("email:lan@x.vn", "family_name", 7), ("email:lan@x.vn", "family_name", 8), ("email:mai@x.vn", "city", 1)],
)
RUN = Found(
    {"cookie:a": 1, "email:lan@x.vn": 1, "cookie:b": 1, "cookie:c": 2, "email:mai@x.vn": 2}
    | {"device:tablet": (0, SHARED, "too many")},
    severed=[("cookie:a", "email:lan@x.vn", "max", "one too many")],
    changes=[(CREATED, 1, 0, 3), (CREATED, 2, 0, 2)],
)
MORE = increment(2, Seen("cookie:a", "cookie:new"), Seen("cookie:a", "email:lan@x.vn"))


@pytest.fixture
def store(neo4j_server: str) -> Iterator[Neo4jGraphStore]:
    """A graph of two customers and a tablet that they share."""
    found = Neo4jGraphStore(Address(neo4j_server, password=PASSWORD))
    project(found, FIRST)
    publish(found, 1, RUN, at_once=True)
    yield found
    found.close()


def told(store: Neo4jGraphStore, some: Any) -> list[Any]:
    """What each question that an event asks is answered with; some are asked twice, as a walk does."""
    inside = store.together_with(some)
    found, rows, edges = store.identifiers_of(inside), store.memberships(inside), store.edges_of_ids(inside)
    ends = np.union1d(edges.a, edges.b)
    others = store.identifiers_of(ends), store.memberships(ends)
    return [
        store.state(),
        store.run(1),
        store.sizes(),
        store.projected(),
        store.decisions(),
        listed(store.pending()),
        listed(inside),
        listed(store.together_with(some[:1])),
        [listed(one) for one in (found.ids, found.types, found.usable, edges.a, edges.b, edges.count, edges.last_seen)],
        [
            found.values.to_pylist(),
            found.type_names,
            listed(rows.customer),
            listed(rows.status),
            rows.reason.to_pylist(),
        ],
        [others[0].values.to_pylist(), listed(others[1].identifier), listed(others[1].to_run)],
        {name: listed(counts) for name, counts in store.trait_counts(some).items()},
        store.severed_of(inside).to_pylist(),
    ]


def listed(values: Any) -> Any:
    """An array as a list; nothing as nothing."""
    return None if values is None else values.tolist()


@pytest.mark.parametrize("touched", [("cookie:a", "cookie:new"), ("device:tablet",), ("cookie:c", "cookie:b")])
def test_what_is_read_ahead_is_what_reading_would_have_told(store, touched):
    with store.at_once():
        project(store, MORE)
        known = ids(store)
        some = np.array(sorted(known[key] for key in touched), np.int64)
        ahead = told(store, some)
    assert told(store, some) == ahead
    assert any(row["rule"] == "max" for row in store.severed_rows().to_pylist())


def test_a_run_is_published_on_what_was_read_ahead_as_on_what_was_read(store):
    cut = Found({"cookie:new": 1}, severed=[("cookie:a", "cookie:new", "r", "x")], scope=("cookie:a", "cookie:new"))
    for number, at_once in ((2, True), (3, False)):
        with store.at_once() if at_once else nullcontext():
            if at_once:
                project(store, MORE)
            store.together_with(np.array(sorted(ids(store).values()), np.int64))
            publish(store, number, cut, at_once=True)
        rows = {(row["a"], row["b"], row["rule"]) for row in store.severed_rows().to_pylist()}
        assert rows == {("cookie:a", "cookie:new", "r")}
    assert [one.key for one in store.members(1)] == ["cookie:a", "cookie:b", "cookie:new", "email:lan@x.vn"]


def test_nobody_else_sees_it_before_its_end(store, neo4j_server):
    other = Neo4jGraphStore(Address(neo4j_server, password=PASSWORD))
    seen: list[Any] = []
    new = Identifier("cookie", "new")
    with store.at_once():
        with store.at_once():  # joins
            project(store, MORE)
        thread = Thread(target=lambda: seen.extend([store.find(new), other.find(new)]))
        thread.start()
        thread.join()
        assert store.find(new) is not None
    assert seen == [None, None]
    assert other.find(new) is not None
    other.close()


def test_what_fails_in_it_fails_whole(store):
    def full_disk(_: Any) -> None:
        raise OSError("full")

    def one_of_two() -> None:
        with store.at_once():
            project(store, MORE)
            with pytest.raises(OSError, match="full"):
                project(store, increment(3, Seen("cookie:x", "cookie:y")), full_disk)
            store.state()

    before = store.state(), store.projected(), store.sizes()
    with pytest.raises(StoreError, match="nothing of it was kept"):
        one_of_two()
    assert (store.state(), store.projected(), store.sizes()) == before
    project(store, MORE)
    assert store.sizes() == (before[2][0] + 1, before[2][1] + 1)


def test_what_is_too_large_for_one_transaction_parts_it(store, monkeypatch):
    monkeypatch.setattr(taking, "ROWS_AT_ONCE", 2)
    with store.at_once():
        project(store, MORE)
        publish(store, 2, Found({"cookie:new": 1, "cookie:a": 2, "email:lan@x.vn": 2}), at_once=True)
    assert store.state().current == 2
    assert store.pending().tolist() == []
    assert [one.key for one in store.members(1)] == ["cookie:b", "cookie:new"]


def test_decisions_are_read_once_and_anew_after_an_erasure(store, neo4j_server):
    said = [Recorded(n, "block", f"cookie:gone{n}", "", "mai", datetime(2026, 1, n, tzinfo=UTC)) for n in (1, 2, 3)]
    store.add_decisions(said[:2])
    assert [one.number for one in store.decisions()] == [1, 2]
    other = Neo4jGraphStore(Address(neo4j_server, password=PASSWORD))
    other.add_decisions(said[2:])
    assert [one.number for one in store.decisions()] == [1, 2, 3]
    project(other, increment(2, Seen("cookie:gone1", "cookie:a")))
    other.clear_projection("again")
    other.forget_unseen()
    other.close()
    with store.at_once():
        assert [one.a for one in store.decisions()][1:] == ["cookie:gone2", "cookie:gone3"]
        assert store.decisions()[0].a.startswith("cookie:#erased-")
    assert store.decisions()[0].a.startswith("cookie:#erased-")
