"""Servers die, connections break and disks turn read-only: nothing acknowledged is lost, nothing is counted twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from neo4j.exceptions import Neo4jError

from knotwork_graph.errors import DiskFullError, KnotworkError, StoreError
from knotwork_graph.model import CustomerView
from knotwork_graph.neo4j import Address, Neo4jGraphStore
from knotwork_graph.neo4j.address import Patience
from knotwork_graph.neo4j.work import Work
from tests.contract.graph.made import Seen, ids, increment, project
from tests.integration.neo4j.proxy import Proxy
from tests.integration.neo4j.shops import happenings, made, write
from tests.neo4j_server import session
from tests.neo4j_server.home import PASSWORD

pytestmark = pytest.mark.neo4j

HASTY = Patience(connect=2.0, retry=2.0, look=2.0, bulk=20.0)
PAIR = ("cookie:a", "email:b")


@pytest.fixture
def opened() -> Iterator[Callable[..., Neo4jGraphStore]]:
    """Opens stores that give up soon; all are closed in the end."""
    stores: list[Neo4jGraphStore] = []

    def again(address: str, patience: Patience = HASTY) -> Neo4jGraphStore:
        stores.append(Neo4jGraphStore(Address(address, password=PASSWORD, patience=patience)))
        return stores[-1]

    yield again
    for one in stores:
        one.close()


@pytest.fixture
def proxy(neo4j_server: str) -> Iterator[Proxy]:
    """A proxy before the server."""
    with Proxy(urlsplit(neo4j_server).port or 0) as one:
        yield one


def count(store: Neo4jGraphStore) -> int:
    """How often the pair was counted."""
    return sum(store.graph().edges.count.tolist())


def refusal_of(do: Callable[[], None]) -> str:
    """What the store says where it refuses, else nothing."""
    try:
        do()
    except StoreError as error:
        return str(error)
    return ""


def test_a_server_killed_amid_a_transaction_has_none_of_it_and_all_that_was_acknowledged(neo4j_server, opened):
    store = opened(neo4j_server, Patience(connect=2, retry=1, look=5, bulk=20))
    project(store, increment(1, Seen(*PAIR)))
    with pytest.raises(StoreError, match="does not answer"), session.away():
        project(store, increment(2, Seen(*PAIR)), lambda _: session.kill())
    again = opened(neo4j_server, Patience())
    assert (count(again), again.projected().segments) == (1, {1})
    project(again, increment(2, Seen(*PAIR)))
    assert (count(again), again.projected().segments) == (2, {1, 2})


def test_a_connection_cut_before_the_commit_leaves_nothing_and_is_tried_again(proxy, opened):
    store = opened(proxy.address)
    project(store, increment(1, Seen(*PAIR)))
    tries = []

    def cut_once(_):
        tries.append(1)
        if len(tries) == 1:
            proxy.cut()

    said = refusal_of(lambda: project(store, increment(2, Seen(*PAIR)), cut_once))
    assert not said or "may be kept or not" in said  # where the commit itself was cut, nobody knows whether it happened
    known = store.projected().segments
    assert count(store) == len(known)
    if 2 not in known:
        project(store, increment(2, Seen(*PAIR)))
    assert count(store) == 2


def test_an_absent_server_is_told_of_with_its_address_and_without_the_password(opened):
    with pytest.raises(StoreError, match=r"bolt://127\.0\.0\.1:1: the Neo4j server does not answer") as told:
        opened("bolt://127.0.0.1:1")
    assert PASSWORD not in str(told.value)


def test_a_wrong_password_is_told_of_by_the_names_of_the_variables(neo4j_server):
    with pytest.raises(StoreError, match="KNOTWORK_GRAPH_USER and KNOTWORK_GRAPH_PASSWORD") as told:
        Neo4jGraphStore(Address(neo4j_server, password="wrong-password"))  # noqa: S106 - it opens nothing
    assert "wrong-password" not in str(told.value)


def test_a_database_that_is_not_there_is_told_of(neo4j_server):
    with pytest.raises(StoreError, match="no database nowhere"):
        Neo4jGraphStore(Address(neo4j_server, password=PASSWORD, database="nowhere"))


def test_a_slow_server_is_given_up_with_a_sentence(proxy, opened):
    store = opened(proxy.address)
    proxy.delay = 5.0
    proxy.cut()
    with pytest.raises(StoreError, match="does not answer"):
        store.state()
    proxy.delay = 0.0
    assert store.state().current == 0


def test_a_writer_that_holds_the_graph_for_long_is_told_of(neo4j_server, opened):
    holder, other = opened(neo4j_server), opened(neo4j_server, Patience(connect=2, retry=1, look=2, bulk=2))
    entered, leave = threading.Event(), threading.Event()

    def hold(_):
        entered.set()
        leave.wait(30)

    thread = threading.Thread(target=lambda: project(holder, increment(1, Seen(*PAIR)), hold))
    thread.start()
    assert entered.wait(30)
    with pytest.raises(StoreError, match="took too long"):
        project(other, increment(2, Seen(*PAIR)))
    leave.set()
    thread.join(30)
    assert (count(other), other.projected().segments) == (1, {1})


def test_two_writers_at_once_make_no_twins(neo4j_server, opened):
    stores = [opened(neo4j_server, Patience()) for _ in range(2)]
    wrong: list[KnotworkError] = []

    def write_some(number: int) -> None:
        for step in range(8):
            try:
                project(
                    stores[number], increment(2 * step + number + 1, Seen(*PAIR), Seen("cookie:a", f"phone:{step}"))
                )
            except KnotworkError as error:
                wrong.append(error)

    threads = [threading.Thread(target=write_some, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    known = ids(stores[0])
    assert sorted(known.values()) == list(range(1, 11))
    assert len(stores[0].graph().edges) == 9
    assert count(stores[0]) == 32
    assert stores[0].sizes() == (10, 9)


def test_what_was_loaded_while_the_server_was_away_or_read_only_is_caught_up_with(
    neo4j_server, as_tester, tmp_path: Path
):
    first, second = list(happenings(7, batches=2))
    kw = made(tmp_path / "shop", neo4j_server)
    kw.load(write(tmp_path / "1.jsonl", first))
    kw.resolve()
    customers = kw.customers()
    with session.read_only(before=lambda: kw.load(write(tmp_path / "2.jsonl", second))):
        with pytest.raises(StoreError, match="read-only"):
            kw.resolve()
        assert kw.customers() == customers
    report = kw.resolve()
    assert report.counts["events"] == len(first) + len(second)
    assert report.changes["created"] > 0
    assert [finding.what for finding in kw.doctor() if not finding.ok and "graph" in finding.what] == []
    kw.close()


@pytest.mark.parametrize("statements", [0, 1, 2])
def test_a_disk_that_fills_up_amid_a_run_changes_nobody_and_is_caught_up_with(
    neo4j_server, as_tester, tmp_path: Path, monkeypatch, statements: int
):
    first, second = list(happenings(7, batches=2))
    kw = made(tmp_path / "shop", neo4j_server)
    kw.load(write(tmp_path / "1.jsonl", first))
    kw.resolve()
    customers = kw.customers()
    kw.load(write(tmp_path / "2.jsonl", second))
    room = iter(range(statements))  # that write until the disk is full

    def filling(real):
        def send(*given, **bound):
            if next(room, None) is None:
                words = "Could not append: java.io.IOException: No space left on device"
                code = "Neo.DatabaseError.Transaction.TransactionLogError"
                raise Neo4jError._hydrate_neo4j(code=code, message=words)
            return real(*given, **bound)

        return send

    with monkeypatch.context() as full:
        for name in ("write", "then"):
            full.setattr(Work, name, filling(getattr(Work, name)))
        with pytest.raises(DiskFullError, match="disk of the Neo4j server is full"):
            kw.resolve()
        assert held(kw.customers()) == held(customers)
        assert statements or kw.customers() == customers
        taken = kw.collect([{**second[0], "message_id": "while it was full"}])
        assert (taken.load.accepted, taken.resolved.how) == (1, "waiting")
        assert "disk of the Neo4j server is full" in taken.resolved.because
    report = kw.resolve()
    assert report.counts["events"] == len(first) + len(second) + 1
    assert kw.graph_verify() > 0
    kw.close()


def held(page: tuple[Sequence[CustomerView], bool]) -> dict[str, list[tuple[str, str]]]:
    """Who holds what; what was seen of it may be in the graph before a run makes something of it."""
    return {one.id: [(each.type, each.value) for each in one.identifiers] for one in page[0]}


def test_a_read_only_server_finds_edges_by_their_last_sighting_without_an_index(neo4j_server, opened):
    store = opened(neo4j_server, Patience())
    project(store, increment(1, Seen(*PAIR)))
    with session.read_only(before=lambda: None):
        reader = opened(neo4j_server, Patience())
        assert len(reader.edges_last_seen(-(2**62), 2**62)) == 1
    writer = opened(neo4j_server, Patience())
    assert len(writer.edges_last_seen(-(2**62), 2**62)) == 1
    assert writer._indexed
