"""A small file of ours: made by its first writer, whole or not at all, and closed even by whoever forgets to."""

from __future__ import annotations

import gc
import sqlite3
import warnings
from pathlib import Path

import pytest

from knotwork_graph.facts.database import CACHE, DURABLE, PLAIN, Database

TABLE = "CREATE TABLE IF NOT EXISTS said (word TEXT NOT NULL)"


def words(database: Database) -> list[str]:
    with database.reading() as connection:
        return [word for (word,) in connection.execute("SELECT word FROM said")] if connection else []


@pytest.mark.parametrize("settings", [DURABLE, CACHE, PLAIN])
def test_what_is_written_is_read_by_others(settings: tuple[str, ...], tmp_path: Path) -> None:
    one, other = (Database(tmp_path / "a.db", "said", (TABLE,), settings) for _ in range(2))
    assert (words(one), words(other), (tmp_path / "a.db").exists()) == ([], [], False)
    for place, word in enumerate(["a", "b"], 1):
        with one.writing() as connection:
            connection.execute("INSERT INTO said VALUES (?)", (word,))
        assert len(words(other)) == place
    one.close()
    one.close()
    assert words(one) == ["a", "b"]
    one.close()
    other.close()


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db", "said", (TABLE,))
    with pytest.raises(sqlite3.IntegrityError), database.writing() as connection:
        connection.executemany("INSERT INTO said VALUES (?)", [("a",), (None,)])
    assert words(database) == []
    with database.writing() as connection:
        connection.execute("INSERT INTO said VALUES ('b')")
    assert words(database) == ["b"]
    database.close()


def test_a_forgotten_file_is_closed(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db", "said", (TABLE,))
    with database.writing() as connection:
        connection.execute("INSERT INTO said VALUES ('a')")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del database
        gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
