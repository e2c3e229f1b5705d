"""How often an event asks the server, and by which plans: a bound on the work, for a clock tells of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import knotwork
from knotwork_graph.neo4j import scoped
from knotwork_graph.neo4j.work import Work, in_a_map
from tests.integration.neo4j.shops import made
from tests.neo4j_server.emptying import driver

pytestmark = pytest.mark.neo4j
MOST = {"known": 3, "new": 4, "joining": 4, "many": 4}
"""Statements that one call of ``collect`` may send."""
SCANS = ("AllNodesScan", "NodeByLabelScan", "DirectedRelationshipType", "UndirectedRelationshipType", "DirectedAll")
LISTED = ("Segment", "Trait")
"""Labels of which there are few nodes, all of which are wanted."""


def seen(name: str, *identifiers: str) -> dict[str, Any]:
    """One event."""
    borne: dict[str, list[str]] = {}
    for one in identifiers:
        kind, _, value = one.partition(":")
        borne.setdefault(kind, []).append(value)
    event = {"source": "web", "message_id": name, "timestamp": "2026-03-01T10:00:00Z", "event": "Seen"}
    return event | {"identifiers": borne}


@pytest.fixture
def shop(tmp_path: Path, neo4j_server: str, as_tester: None) -> Iterator[knotwork.Workspace]:
    """A workspace of sixty customers of three identifiers each, its graph on the server."""
    with made(tmp_path / "shop", neo4j_server) as workspace:
        workspace.collect(
            [seen(f"m{n}", f"user_id:u{n}", f"email:{n}@x.vn", f"cookie:c{n}") for n in range(60)],
        )
        workspace.resolve()
        workspace.collect([seen("warm", "email:0@x.vn", "cookie:warm")])
        yield workspace


@contextmanager
def sent() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The statements that are sent in a block, with what they are bound to."""
    found: list[tuple[str, dict[str, Any]]] = []
    rows, written = Work.rows, Work.write

    def reading(self: Work, query: str, **bound: Any) -> Any:
        found.append((query, bound))
        return rows(self, query, **bound)

    def writing(self: Work, query: str, bound: dict[str, Any]) -> Any:
        found.append((query, bound))
        return written(self, query, bound)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Work, "rows", reading)
        patched.setattr(Work, "write", writing)
        yield found


def collected(shop: knotwork.Workspace, *events: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The statements that collecting some events sends."""
    with sent() as found:
        report = shop.collect(events)
    assert report.resolved is not None
    assert report.resolved.how != "waiting"
    return found


def test_an_event_sends_few_statements_and_many_events_send_no_more(shop):
    asked = {
        "known": collected(shop, seen("1", "email:3@x.vn")),
        "new": collected(shop, seen("2", "email:4@x.vn", "cookie:new")),
        "joining": collected(shop, seen("3", "email:5@x.vn", "cookie:c6")),
        "many": collected(shop, *(seen(f"n{n}", f"email:{n}@x.vn", f"cookie:more{n}") for n in range(10, 50))),
    }
    assert {name: len(found) for name, found in asked.items() if len(found) > MOST[name]} == {}


def test_seeing_again_what_is_known_resolves_nothing_and_waits_until_many_do(shop):
    run = shop.home.store.state().current
    collected(shop, seen("1", "email:3@x.vn"))
    collected(shop, seen("2", "email:3@x.vn", "cookie:c3"))
    assert shop.home.store.state().current == run
    assert {len(shop.home.store.pending()), len(shop.home.store.pending(ages=False))} == {2, 0}


def test_who_was_seen_again_and_with_nobody_waits_for_no_run(shop):
    store = shop.home.store
    collected(shop, seen("1", "email:3@x.vn"))
    assert store.pending().tolist() == []
    collected(shop, seen("2", "email:3@x.vn", "cookie:c3"))
    waiting = store.pending().tolist()
    collected(shop, seen("3", "email:3@x.vn"), seen("4", "email:4@x.vn"))
    assert store.pending().tolist() == waiting
    assert len(waiting) == 2
    assert shop.graph_verify() > 0


def test_what_is_remembered_is_what_the_server_says(shop, neo4j_server):
    """Of a known event, a new one, a join, a limit that is broken, one that is mended by nobody, and many at once."""
    events = [
        [seen("1", "email:3@x.vn")],
        [seen("2", "email:4@x.vn", "cookie:new")],
        [seen("3", "email:5@x.vn", "cookie:c6")],
        [seen("4", "user_id:u7", "email:8@x.vn")],
        [seen("5", "user_id:u8", "cookie:c7", "shop:of-a-new-type")],
        [seen(f"n{n}", f"email:{n}@x.vn", f"cookie:more{n}") for n in range(10, 30)],
    ]
    store = shop.home.store
    for batch in events:
        with sent() as asked:
            shop.collect(batch)
        assert scoped.STOOD not in [query for query, _ in asked]
        run = store.state().current
        known = np.array(sorted(store._server.standing._known.says), np.int64)
        assert len(known) > 0
        told = store.stood(known, run)
        asked_anew = store._server.read(lambda work, ids=known, run=run: scoped.stood(work, ids, run))
        for name in ("types", "customer", "status", "cut"):
            assert getattr(told, name).tolist() == getattr(asked_anew, name).tolist(), name
        assert told.type_names == asked_anew.type_names


def test_no_statement_of_an_event_reads_what_the_event_does_not_touch(shop, neo4j_server):
    events = [
        seen("1", "email:3@x.vn"),
        seen("2", "email:4@x.vn", "cookie:new"),
        seen("3", "email:5@x.vn", "cookie:c6"),
    ]
    asked = [in_a_map(query, bound) for event in events for query, bound in collected(shop, event)]
    statements = dict(asked)
    with driver(neo4j_server) as one, one.session() as opened:
        found = {query: scans(opened, query, bound) for query, bound in statements.items()}
    assert {query: scan for query, scan in found.items() if scan} == {}


def scans(opened: Any, query: str, bound: dict[str, Any]) -> list[Any]:
    """The operators of a statement's plan that read more than an index leads to."""
    plan = opened.run(f"EXPLAIN {query}", bound).consume().plan
    read = [one for one in operators(plan) if one.startswith(SCANS) and not one.endswith(LISTED)]
    return read + [one for one in products(plan) if not all(kind.startswith("NodeUniqueIndexSeek") for kind in one)]


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """The operators of a plan, each with what it is about."""
    yield f"{plan['operatorType'].partition('@')[0]} {plan.get('args', {}).get('Details', '')}"
    for child in plan.get("children", ()):
        yield from operators(child)


def products(plan: dict[str, Any]) -> Iterator[list[str]]:
    """What each product of a plan is of: two look-ups of one node each are harmless."""
    kinds = [child["operatorType"].partition("@")[0] for child in plan.get("children", ())]
    if plan["operatorType"].startswith("CartesianProduct"):
        yield kinds
    for child in plan.get("children", ()):
        yield from products(child)
