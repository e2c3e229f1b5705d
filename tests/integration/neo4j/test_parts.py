"""What is too large for one transaction is written in parts: all of it counts, or nothing, whenever its writer dies."""

from __future__ import annotations

from itertools import pairwise

import pytest

from knotwork_graph.errors import StoreError, WorkspaceBusyError
from knotwork_graph.neo4j import Address, Neo4jGraphStore, taking
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.taking import STAGING, Parts
from tests.contract.graph.made import CREATED, MERGED, Found, Seen, ids, increment, project, publish, stage
from tests.neo4j_server.home import PASSWORD

pytestmark = pytest.mark.neo4j

KEYS = [f"cookie:{n}" for n in range(9)]
EDGES = [Seen(a, b) for a, b in pairwise(KEYS)]
FIRST = Found(dict.fromkeys(KEYS, 1), severed=[(KEYS[0], KEYS[1], "r", "x")], changes=[(CREATED, 1, 0, 9)])
SECOND = Found(dict.fromkeys(KEYS, 2), redirects={1: (2,)}, changes=[(MERGED, 2, 1, 9)])


class DiedError(Exception):
    """What befalls a writer here."""


@pytest.fixture
def store(neo4j_server, monkeypatch):
    """A store that writes nothing but tiny things in one transaction."""
    monkeypatch.setattr(taking, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(taking, "IN_A_PART", 2)
    one = Neo4jGraphStore(Address(neo4j_server, password=PASSWORD))
    yield one
    one.close()


def dies_after(monkeypatch, parts):
    """The next writer dies after so many parts."""
    left, whole = [parts], Parts._part

    def part(self, *arguments):
        left[0] -= 1
        if left[0] < 0:
            raise DiedError
        return whole(self, *arguments)

    monkeypatch.setattr(Parts, "_part", part)


def held(store):
    """All that a reader or the next writer learns of runs."""
    rows = store.memberships()
    columns = (rows.identifier, rows.from_run, rows.to_run, rows.customer)
    return (
        store.state(),
        [one.key for one in store.members(1)],
        [one.key for one in store.members(2)],
        [column.tolist() for column in columns],
        store.severed_rows().to_pylist(),
        store.change_rows().to_pylist(),
        store.heirs(1),
        store.changed_since(0).tolist(),
    )


def test_parts_come_to_what_one_transaction_comes_to(store, neo4j_server, monkeypatch):
    project(store, increment(1, *EDGES, traits=[(KEYS[0], "name", 1), (KEYS[1], "name", 2)]))
    publish(store, 1, FIRST)
    publish(store, 2, SECOND)
    assert store.projected().segments == {1}
    assert store.sizes() == (9, 8)
    assert store.customers(0, 9) == (2,)
    assert (store.heirs(1), len(store.members(2)), len(store.change_rows())) == ((2,), 9, 2)
    assert store.trait_counts(store.graph().identifiers.ids)["name"].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert store.pending().tolist() == []


@pytest.mark.parametrize("parts", [1, 7])
def test_a_writer_that_dies_amid_an_increment_leaves_nothing_that_counts(store, monkeypatch, parts):
    project(store, increment(1, Seen(KEYS[0], KEYS[1])))
    before = ids(store)
    with monkeypatch.context() as patched:
        dies_after(patched, parts)
        with pytest.raises(DiedError):
            project(store, increment(2, *EDGES))
    assert (store.projected().segments, store.projected().reading) == (frozenset(), "")
    with pytest.raises(StoreError, match="half"):
        project(store, increment(3, Seen(KEYS[0], KEYS[1])))
    store.clear_projection("r")
    project(store, increment(1, Seen(KEYS[0], KEYS[1])))
    project(store, increment(2, *EDGES))
    assert store.projected().segments == {1, 2}
    assert sorted(store.graph().edges.count.tolist()) == [1] * 7 + [2]
    assert before.items() <= ids(store).items()
    assert sorted(ids(store).values()) == list(range(1, 10))
    assert len(set(ids(store).values())) == 9


def test_a_callback_that_fails_at_the_end_of_the_parts_leaves_nothing_that_counts(store):
    def fail(_):
        raise DiedError

    with pytest.raises(DiedError):
        project(store, increment(1, *EDGES), fail)
    assert store.projected().segments == frozenset()
    store.clear_projection("r")
    project(store, increment(1, *EDGES))
    assert store.sizes() == (9, 8)


@pytest.mark.parametrize("parts", [2, 8])
def test_a_writer_that_dies_amid_a_run_changes_nothing_for_anybody(store, monkeypatch, parts):
    project(store, increment(1, *EDGES))
    publish(store, 1, FIRST)
    before = held(store)
    with monkeypatch.context() as patched:
        dies_after(patched, parts)
        with pytest.raises(DiedError):
            stage(store, 2, SECOND)
    assert held(store) == before
    publish(store, 2, SECOND)
    rows = store.memberships()
    assert rows.to_run.tolist() == [2, 0] * 9
    assert (store.heirs(1), len(store.members(2)), len(store.change_rows())) == ((2,), 9, 2)
    assert store.severed_rows().to_pylist() == []


def test_who_was_overtaken_stops(neo4j_server, store):
    server = Server(Address(neo4j_server, password=PASSWORD))
    slow, quick = Parts(server, STAGING, 1), Parts(server, STAGING, 1)
    slow.begin()
    quick.begin()
    with pytest.raises(WorkspaceBusyError, match="took the graph over"):
        slow.rows("RETURN 1")
    assert quick.rows("RETURN 1") == [(1,)]
    server.close()
