"""The catalogue: which segment files count. A file that is not in it is a leftover, whatever it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
KNOWN = "SELECT count(*) FROM sqlite_master WHERE name = 'segments'"
MARK = "SELECT count(*), coalesce(max(number), 0), coalesce(max(last_event), 0) FROM segments"
READ = "SELECT * FROM segments ORDER BY number"
INSERT = "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
BUSY_MS = 10_000

Mark = tuple[int, int, int]
"""How many segments there are, the last one's number, and the last event id that any of them holds."""

EMPTY: Mark = (0, 0, 0)


def read(folder: Path) -> tuple[Segment, ...]:
    """All segments recorded in ``folder``, by number; none where nothing was ever written."""
    if not (folder / NAME).exists():
        return ()
    with _connected(folder) as connection:
        return tuple(_segment(folder, row) for row in connection.execute(READ)) if _made(connection) else ()


def mark(folder: Path) -> Mark:
    """What tells one state of the catalogue from every later one; a fraction of the cost of reading it."""
    if not (folder / NAME).exists():
        return EMPTY
    with _connected(folder) as connection:
        count, number, last_event = connection.execute(MARK).fetchone() if _made(connection) else EMPTY
        return count, number, last_event


def _made(connection: sqlite3.Connection) -> bool:
    """Whether the table is there: a writer killed in its very first moment leaves a file without it."""
    return bool(connection.execute(KNOWN).fetchone() == (1,))


def record(folder: Path, segment: Segment) -> None:
    """Nothing comes back; ``segment`` is in the catalogue, durably."""
    row = (
        segment.number,
        segment.path.name,
        segment.events,
        segment.first_event,
        segment.last_event,
        to_micros(segment.first_timestamp),
        to_micros(segment.last_timestamp),
        to_micros(segment.created),
    )
    with _connected(folder) as connection, connection:
        connection.execute(TABLE)
        connection.execute(INSERT, row)


@contextmanager
def _connected(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one short piece of work; every commit reaches the disk."""
    connection = sqlite3.connect(folder / NAME)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA synchronous = FULL")
        yield connection
    finally:
        connection.close()


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
