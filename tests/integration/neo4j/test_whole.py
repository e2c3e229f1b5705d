"""Everything is read in spans, some at once: it is what is read around each identifier, in a transaction or not."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import pairwise

import numpy as np
import pytest

from knotwork_graph.neo4j import Address, Neo4jGraphStore, scoped, whole
from tests.contract.graph.made import CREATED, MERGED, Found, Seen, ids, increment, project, publish
from tests.neo4j_server.home import PASSWORD

pytestmark = pytest.mark.neo4j

KEYS = [f"cookie:{n}" for n in range(9)]
FIRST = Found(dict.fromkeys(KEYS[:6], 1), severed=[(KEYS[0], KEYS[1], "r", "x")], changes=[(CREATED, 1, 0, 6)])
SECOND = Found(
    dict.fromkeys(KEYS[3:], (2, 0, "")) | {KEYS[8]: (0, 3, "many share it")},
    severed=[(KEYS[4], KEYS[5], "r", "y")],
    redirects={1: (2,)},
    changes=[(MERGED, 2, 1, 9)],
)


@pytest.fixture
def store(neo4j_server, monkeypatch):
    """A store of nine identifiers after two runs, which reads two of them in a span."""
    monkeypatch.setattr(whole, "SPAN", 2)
    one = Neo4jGraphStore(Address(neo4j_server, password=PASSWORD))
    project(one, increment(1, *(Seen(a, b) for a, b in pairwise(KEYS))))
    publish(one, 1, FIRST)
    publish(one, 2, SECOND)
    yield one
    one.close()


@pytest.mark.parametrize("joint", [False, True], ids=["by itself", "in a transaction"])
def test_everything_is_what_is_read_around_each(store, joint):
    every = np.array(sorted(ids(store).values()), np.int64)
    around = store.memberships(every), store.edges_of_ids(every), store.identifiers_of(every)
    with store.at_once() if joint else nullcontext():
        rows, graph = store.memberships(), store.graph()
    assert len(rows.identifier) > len(np.unique(rows.identifier)) > 2
    for name in ("identifier", "from_run", "to_run", "customer", "status"):
        assert getattr(rows, name).tolist() == getattr(around[0], name).tolist(), name
    assert rows.reason.to_pylist() == around[0].reason.to_pylist()
    assert graph.identifiers.values.to_pylist() == around[2].values.to_pylist()
    assert graph.identifiers.ids[graph.edges.a].tolist() == around[1].a.tolist()
    for name in ("count", "vouched", "first_seen", "last_seen"):
        assert getattr(graph.edges, name).tolist() == getattr(around[1], name).tolist(), name


def test_what_was_cut_around_many_is_what_was_cut_around_few(store, monkeypatch):
    some = np.array([ids(store)[key] for key in KEYS[:5]], np.int64)
    few = store.severed_of(some)
    monkeypatch.setattr(scoped, "MANY", 0)
    assert store.severed_of(some).to_pylist() == few.to_pylist()
    assert len(few) == 1
    assert store.severed_of(some[:2]).to_pylist() == []
