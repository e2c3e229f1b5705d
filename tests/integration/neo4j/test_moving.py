"""A graph moves from SQLite to Neo4j and back, by copying or by import, and nothing of it changes."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import pytest

import knotwork
from knotwork.service.moving import digest
from knotwork.workspace.stores import open_tables
from knotwork_graph.errors import StoreError, UsageError
from knotwork_graph.moving import COLUMNS
from tests.integration.neo4j.shops import happenings, made, write
from tests.neo4j_server import jars
from tests.neo4j_server.home import PASSWORD, JavaServer
from tests.neo4j_server.supervisor import answers, free_port

pytestmark = pytest.mark.neo4j


@pytest.fixture
def shop(tmp_path: Path, as_tester: None) -> knotwork.Workspace:
    """A workspace with a past: runs, decisions, redirects, severed edges, something pending."""
    kw = made(tmp_path / "shop")
    batches = list(happenings(3, batches=4))
    for number, batch in enumerate(batches[:-1]):
        kw.load(write(tmp_path / f"{number}.jsonl", batch))
        kw.resolve()
    kw.decide("cannot-link", "email:p1@x.vn", "user_id:u2", reason='two people, said "Lan"; both\ncalled', by="mai")
    kw.resolve()
    kw.load(write(tmp_path / "last.jsonl", batches[-1]))
    return kw


def digests(url: str, folder: Path) -> dict[str, tuple[int, int]]:
    """What each table of a store holds."""
    tables = open_tables(url, "neo4j", folder, {"KNOTWORK_GRAPH_PASSWORD": PASSWORD})
    try:
        return {name: digest(tables.tables(name)) for name in COLUMNS}
    finally:
        tables.close()


def at(folder: Path, url: str) -> knotwork.Workspace:
    """The workspace again, its graph at another place."""
    policy = folder / "knotwork.toml"
    head, _, _ = policy.read_text(encoding="utf-8").partition("[graph]")
    policy.write_text(f'{head}[graph]\nurl = "{url}"\n', encoding="utf-8")
    return knotwork.open(folder)


def test_there_and_back_again(shop, neo4j_server, tmp_path):
    graph = shop.layout.graph
    before = digests("sqlite", graph)
    assert all(before[name][0] for name in COLUMNS if name not in ("pending", "traits"))
    shop.graph_copy(neo4j_server)
    shop.close()
    assert digests(neo4j_server, graph) == before
    for file in graph.glob("graph.db*"):
        file.unlink()
    there = at(shop.layout.folder, neo4j_server)
    there.graph_copy("sqlite")
    there.close()
    assert digests("sqlite", graph) == before
    assert at(shop.layout.folder, "sqlite").graph_verify() == before["edges"][0]


def test_the_copy_goes_on_as_the_original_would_have(shop, neo4j_server, tmp_path):
    shop.graph_copy(neo4j_server)
    here = shop.resolve()
    members = shop.home.store.memberships()
    shop.close()
    there = at(shop.layout.folder, neo4j_server)
    gone_on = there.resolve()
    assert (gone_on.run, gone_on.changes, gone_on.severed) == (here.run, here.changes, here.severed)
    assert there.home.store.memberships().customer.tolist() == members.customer.tolist()
    assert there.graph_verify() > 0
    there.close()


def test_a_store_that_holds_something_is_not_overwritten(shop, neo4j_server):
    shop.graph_copy(neo4j_server)
    with pytest.raises(StoreError, match="there is a graph already"):
        shop.graph_copy(neo4j_server)
    with pytest.raises(UsageError, match="at sqlite already"):
        shop.graph_copy("sqlite")


def test_an_empty_graph_is_not_moved(tmp_path, neo4j_server, as_tester):
    with pytest.raises(StoreError, match="holds nothing yet"):
        made(tmp_path / "new").graph_copy(neo4j_server)


def test_a_copy_that_was_broken_off_is_told_of(shop, neo4j_server, monkeypatch):
    monkeypatch.setattr("knotwork_graph.neo4j.moving.Neo4jTables.done", lambda _: (_ for _ in ()).throw(OSError("x")))
    with pytest.raises(OSError, match="x"):
        shop.graph_copy(neo4j_server)
    shop.close()
    with pytest.raises(StoreError, match="broken off"):
        at(shop.layout.folder, neo4j_server).resolve()


@pytest.mark.slow
def test_the_files_are_imported_by_the_command_that_was_printed(shop, tmp_path):
    before = digests("sqlite", shop.layout.graph)
    found = shop.graph_files(tmp_path / "files")
    shop.close()
    words = [word for word in shlex.split(found.command) if word.strip()]
    assert words[:2] == ["neo4j-admin", "database"]
    server = JavaServer(tmp_path / "server", free_port(), jars.wanted())
    server.make()
    done = server.admin(*words[1:])
    assert done.returncode == 0, done.stdout + done.stderr
    server.start()
    try:
        while server.alive() and not answers(server.port):
            time.sleep(0.1)
        address = f"bolt://127.0.0.1:{server.port}"
        there = at(shop.layout.folder, address)
        assert there.graph_verify() == before["edges"][0]
        there.close()
        assert digests(address, shop.layout.graph) == before
    finally:
        server.kill()
