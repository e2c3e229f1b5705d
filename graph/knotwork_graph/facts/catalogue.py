"""The catalogue: which segment files count. A file that is not in it is a leftover, whatever it holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knotwork_graph.facts.database import KNOWN, PLAIN, Database
from knotwork_graph.facts.erasing import Erasure
from knotwork_graph.facts.segment import Segment
from knotwork_graph.model import from_micros, to_micros

NAME = "catalogue.db"
TABLE = """
CREATE TABLE IF NOT EXISTS segments (
    number INTEGER PRIMARY KEY,
    file TEXT NOT NULL UNIQUE,
    events INTEGER NOT NULL CHECK (events > 0),
    first_event INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    first_timestamp INTEGER NOT NULL,
    last_timestamp INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT
"""
ERASURES = """
CREATE TABLE IF NOT EXISTS erasures (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    identifiers TEXT NOT NULL,
    events INTEGER NOT NULL,
    finished INTEGER NOT NULL
) STRICT
"""
ERASED = "CREATE TABLE IF NOT EXISTS erased (key INTEGER PRIMARY KEY) STRICT"
MARK = "PRAGMA data_version"
READ = "SELECT * FROM segments ORDER BY number"
INSERT = "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

TOLD = "SELECT number, at, made_by, reason, identifiers, events, finished FROM erasures ORDER BY number"
TELL = "INSERT INTO erasures VALUES (?, ?, ?, ?, ?, ?, 0)"
FINISH = "UPDATE erasures SET finished = 1 WHERE NOT finished"

Mark = tuple[int, int]
"""How often this catalogue wrote or was opened, and what SQLite counts up when another connection did."""

EMPTY: Mark = (0, 0)


class Catalogue:
    """The catalogue of the log in ``folder``. Reading never makes the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = Database(folder / NAME, "segments", (TABLE,), PLAIN)
        self._turns = 1

    def read(self) -> tuple[Segment, ...]:
        """All segments recorded, by number; none where nothing was ever written."""
        with self._file.reading() as connection:
            rows = connection.execute(READ).fetchall() if connection else []
        return tuple(_segment(self.folder, row) for row in rows)

    def mark(self) -> Mark:
        """What tells one state of the catalogue from every later one, as long as it is open; some microseconds."""
        version = self._file.first(MARK)
        return EMPTY if version is None else (self._turns, version)

    def record(self, segment: Segment) -> None:
        """Nothing comes back; ``segment`` is in the catalogue, durably."""
        with self._writing() as connection:
            connection.execute(INSERT, _row(segment))

    def replace(self, segments: Sequence[Segment], erasure: Erasure, keys: Iterable[int]) -> None:
        """Nothing comes back; ``segments`` are all there are, and ``keys`` (signed) were erased: both, durably."""
        told = (
            erasure.number,
            to_micros(erasure.at),
            erasure.by,
            erasure.reason,
            json.dumps(dict(erasure.identifiers)),
            erasure.events,
        )
        with self._writing() as connection:
            connection.execute(ERASURES)
            connection.execute(ERASED)
            connection.execute("DELETE FROM segments")
            connection.executemany(INSERT, map(_row, segments))
            connection.executemany("INSERT OR IGNORE INTO erased VALUES (?)", ((key,) for key in keys))
            connection.execute(TELL, told)

    def erasures(self) -> tuple[Erasure, ...]:
        """Every erasure there was, by number."""
        with self._file.reading() as connection:
            rows = connection.execute(TOLD).fetchall() if connection and _has(connection, "erasures") else []
        return tuple(map(_erasure, rows))

    def erased(self) -> list[int]:
        """The keys (signed) of all events that were erased, ascending."""
        with self._file.reading() as connection:
            known = connection and _has(connection, "erased")
            rows = connection.execute("SELECT key FROM erased ORDER BY key").fetchall() if connection and known else []
        return [key for (key,) in rows]

    def finish(self) -> None:
        """Nothing comes back; every erasure is finished."""
        with self._writing() as connection:
            connection.execute(FINISH)

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()
        self._turns += 1

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that ``mark`` tells of."""
        with self._file.writing() as connection:
            yield connection
        self._turns += 1


def _segment(folder: Path, row: tuple[int, str, int, int, int, int, int, int]) -> Segment:
    """The segment that one row of the catalogue describes."""
    number, file, events, first_event, last_event, first, last, created = row
    return Segment(
        number=number,
        path=folder / file,
        events=events,
        first_event=first_event,
        last_event=last_event,
        first_timestamp=from_micros(first),
        last_timestamp=from_micros(last),
        created=from_micros(created),
    )


def _row(segment: Segment) -> tuple[Any, ...]:
    """A segment as the catalogue keeps it."""
    return (
        segment.number,
        segment.path.name,
        segment.events,
        segment.first_event,
        segment.last_event,
        to_micros(segment.first_timestamp),
        to_micros(segment.last_timestamp),
        to_micros(segment.created),
    )


def _erasure(row: tuple[int, int, str, str, str, int, int]) -> Erasure:
    """The erasure that one row describes."""
    number, at, by, reason, identifiers, events, finished = row
    return Erasure(by, reason, json.loads(identifiers), from_micros(at), events, number, bool(finished))


def _has(connection: sqlite3.Connection, table: str) -> bool:
    """Whether the table was ever made: a log that nothing was erased from has none of these."""
    found: tuple[int] = connection.execute(KNOWN, (table,)).fetchone()
    return found == (1,)
