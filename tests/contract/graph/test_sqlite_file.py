"""What holds for the SQLite store alone: its file, and the versions of it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from knotwork_graph.errors import KnotworkError, StoreError, WorkspaceBusyError
from knotwork_graph.model import Identifier, Recorded
from knotwork_graph.model.times import EPOCH
from knotwork_graph.sqlite import SqliteGraphStore
from knotwork_graph.sqlite.schema import MIGRATIONS, VERSION
from tests.contract.graph.made import Found, Seen, increment, project, publish


@pytest.fixture
def folder(tmp_path):
    """A folder with a small graph in it."""
    store = SqliteGraphStore(tmp_path)
    project(store, increment(1, Seen("cookie:a", "cookie:b")))
    publish(store, 1, Found({"cookie:a": 1, "cookie:b": 1}))
    store.close()
    return tmp_path


def alter(folder, statement):
    connection = sqlite3.connect(folder / "graph.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_file_of_a_newer_version_is_refused_with_words_and_left_alone(folder):
    alter(folder, f"PRAGMA user_version = {VERSION + 1}")
    before = (folder / "graph.db").read_bytes()
    with pytest.raises(StoreError, match=rf"graph\.db was written by a newer Knotwork .*{VERSION + 1}.*Upgrade"):
        SqliteGraphStore(folder)
    assert (folder / "graph.db").read_bytes() == before


def test_every_older_version_has_a_way_to_the_next():
    assert set(MIGRATIONS) == set(range(1, VERSION))


def test_a_file_that_is_no_database_is_refused_with_words(tmp_path):
    (tmp_path / "graph.db").write_bytes(b"this is no database, but a letter to somebody" * 50)
    with pytest.raises(StoreError, match=r"graph\.db"):
        SqliteGraphStore(tmp_path)


def test_opening_an_old_acquaintance_changes_nothing(folder):
    with_everything = SqliteGraphStore(folder)
    assert with_everything.customer_of(Identifier("cookie", "a")) == 1
    with_everything.close()


def test_a_reader_cannot_write(folder):
    store = SqliteGraphStore(folder)
    with pytest.raises(StoreError):
        store._lookup.rows("DELETE FROM edges")
    store.close()


HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_another_writer_is_waited_for_and_then_told_of(folder, monkeypatch):
    """The other one must be a process: within one, two copies of SQLite do not see each other's locks."""
    monkeypatch.setattr("knotwork_graph.sqlite.connection.PRAGMAS", ("PRAGMA busy_timeout=50",))
    store = SqliteGraphStore(folder)
    command = [sys.executable, "-c", HOLDER, str(folder / "graph.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WorkspaceBusyError):
            project(store, increment(2, Seen("cookie:a", "cookie:c")))
        other.stdin.close()
        other.wait(timeout=10)
    project(store, increment(2, Seen("cookie:a", "cookie:c")))
    assert store.counts().edges == 2
    store.close()


def test_errors_of_the_driver_never_come_out_raw(folder):
    store = SqliteGraphStore(folder)
    alter(folder, "DROP TABLE severed")
    for ask in (lambda: store.edges_of(1), store.severed_rows, lambda: publish(store, 2, Found({}))):
        with pytest.raises(KnotworkError, match=r"graph\.db"):
            ask()
    store.close()


# what version 2 added, taken away again: a file as version 1 left it
AS_VERSION_1 = (
    "ALTER TABLE runs DROP COLUMN how",
    "ALTER TABLE runs DROP COLUMN base",
    "DELETE FROM meta WHERE name IN ('upto', 'edges')",
    "DROP TABLE pending",
    "DROP INDEX memberships_run",
    "DROP INDEX severed_from",
    "DROP INDEX severed_to",
    "DROP TABLE decisions",
    "DROP INDEX publications_at",
    "PRAGMA user_version = 1",
)


def test_a_file_of_version_1_becomes_a_current_one_with_all_it_held(folder):
    for statement in AS_VERSION_1:
        alter(folder, statement)
    store = SqliteGraphStore(folder)
    assert store.state().base == 1
    assert store.projected().upto == 0
    assert [(run.number, run.how, run.base) for run in store.runs()] == [(1, "full", 1)]
    assert store.customer_of(Identifier.parse("cookie:a")) == 1
    store.close()


def test_threads_take_turns_at_the_one_connection_for_bulk_rows(folder):
    store, wrong = SqliteGraphStore(folder), []

    def work(number):
        for place in range(20):
            record = Recorded(20 * number + place + 1, "block", "cookie:a", "", "mai", EPOCH)
            store.add_decisions([record])
            if len(store.graph().edges) != 1 or store.projected().segments != {1}:
                wrong.append(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert (wrong, len(store.decisions())) == ([], 80)
    store.close()
