"""The inbox: single events, durable in a small SQLite file until they are packed into a segment.

A row counts as long as no segment holds its event id: the catalogue alone says what is packed, so a writer that is
killed between recording a segment and clearing the inbox loses nothing and doubles nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from knotwork_graph.facts.database import Database
from knotwork_graph.facts.schema import EVENT_COLUMNS, schema

NAME = "inbox.db"
TABLE = """
CREATE TABLE IF NOT EXISTS events (
    event_id INTEGER PRIMARY KEY,
    key INTEGER NOT NULL,
    source TEXT NOT NULL,
    message_id TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    channel TEXT,
    event TEXT,
    identifiers TEXT NOT NULL,
    vouched TEXT,
    traits TEXT,
    properties TEXT,
    consent TEXT,
    extra TEXT,
    received_at INTEGER NOT NULL
) STRICT
"""
INDEX = "CREATE INDEX IF NOT EXISTS by_key ON events (key)"
INSERT = f"INSERT INTO events VALUES ({', '.join('?' * len(EVENT_COLUMNS))})"
AFTER = f"SELECT {', '.join(EVENT_COLUMNS)} FROM events WHERE event_id > ? ORDER BY event_id"
FEW = 2_000
BY_KEY = f"SELECT {', '.join(EVENT_COLUMNS)} FROM events WHERE key IN ({{marks}}) AND event_id > ? ORDER BY event_id"
LAST = "SELECT coalesce(max(event_id), 0) FROM events"
FIRST = "SELECT coalesce(min(event_id), 9223372036854775807) FROM events"
COUNT = "SELECT count(*) FROM events WHERE event_id > ? AND event_id <= ?"
ENDS = "SELECT max(event_id), max(timestamp) FROM events WHERE event_id > ?"
DROP = "DELETE FROM events WHERE event_id <= ?"
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the columns hold UTC without saying so
MICROSECOND = timedelta(microseconds=1)
SIGNED, UNSIGNED = 1 << 63, 1 << 64
LATEST = SIGNED - 1
"""Beyond every event id."""

_WRITER = json.JSONEncoder(ensure_ascii=False, check_circular=False)

Row = Mapping[str, Any]
Ends = tuple[int, int | None]


class Inbox:
    """The single events of one log. A row is a mapping of ``EVENT_COLUMNS``, as a row of the Arrow table is.

    Safe to share between threads: they take turns. Reading never makes the file.
    """

    def __init__(self, folder: Path) -> None:
        self._file = Database(folder / NAME, "events", (TABLE, INDEX))

    def add(self, rows: Iterable[Row]) -> None:
        """Nothing comes back; when it does, all ``rows`` are on the disk, or (after an error) none is."""
        stored = list(map(_stored, rows))
        with self._file.writing() as connection:
            connection.executemany(INSERT, stored)

    def after(self, event: int) -> list[dict[str, Any]]:
        """The rows with ids above ``event``, by id."""
        return _rows(self._kept(event))

    def table(self, event: int) -> Any:
        """The same as Arrow, column by column: a fifth of the cost of making rows first."""
        return _kept_table(self._kept(event))

    def _kept(self, event: int) -> list[Any]:
        with self._file.reading() as connection:
            return connection.execute(AFTER, (event,)).fetchall() if connection else []

    def with_keys(self, keys: Any, event: int) -> list[dict[str, Any]]:
        """The rows with one of ``keys`` (any sequence or Arrow array) and an id above ``event``, by id.

        An index look-up for each key; for many keys, one reading of all that is there.
        """
        if len(keys) > FEW:
            waiting = self.after(event)
            known = set(_listed(keys)) if waiting else set()  # a load's blocks bring very many keys, mostly to nothing
            return [row for row in waiting if row["key"] in known]
        wanted = _listed(keys)
        query = BY_KEY.format(marks=", ".join("?" * len(wanted)))
        with self._file.reading() as connection:
            rows = connection.execute(query, (*map(_signed, wanted), event)).fetchall() if connection else []
        return _rows(rows)

    def ends(self, event: int) -> Ends:
        """Of the rows with ids above ``event`` the last id, and the latest time in microseconds."""
        with self._file.reading() as connection:
            last, newest = connection.execute(ENDS, (event,)).fetchone() if connection else (None, None)
        return last or event, newest

    def count(self, event: int, upto: int | None = None) -> int:
        """How many rows have ids above ``event`` (and up to ``upto``)."""
        return int(self._file.first(COUNT, event, LATEST if upto is None else upto) or 0)

    def first(self) -> int:
        """The first id that is in the file, ``LATEST`` where there is none; one step of an index."""
        found = self._file.first(FIRST)
        return LATEST if found is None else int(found)

    def last(self) -> int:
        """The last id that is in the file, 0 where there is none; one step of an index."""
        found = self._file.first(LAST)
        return 0 if found is None else int(found)

    def drop(self, event: int) -> None:
        """Nothing comes back; rows with ids up to ``event`` are gone."""
        with self._file.writing() as connection:
            connection.execute(DROP, (event,))

    def vacuum(self) -> None:
        """Nothing comes back; no page of the file holds what was dropped from it."""
        with self._file.reading() as connection:
            if connection is not None:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()


def _listed(keys: Any) -> Sequence[int]:
    """The keys as Python's numbers."""
    return keys if isinstance(keys, Sequence) else keys.to_pylist()


def as_table(rows: Sequence[Row]) -> Any:
    """The rows as an Arrow table with the columns of a segment."""
    import pyarrow as pa

    columns = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema()]
    return pa.table(columns, schema=schema())


def _kept_table(kept: Sequence[Sequence[Any]]) -> Any:
    """The rows that SQLite kept, as Arrow."""
    import pyarrow as pa

    def array(field: Any, column: Sequence[Any]) -> Any:
        if pa.types.is_timestamp(field.type):  # which is a count of microseconds there as here
            return pa.array(column, pa.int64()).cast(field.type)
        return pa.array(READ.get(field.name, list)(column), field.type)

    columns = list(zip(*kept, strict=True)) or [()] * len(EVENT_COLUMNS)
    return pa.table([array(*pair) for pair in zip(schema(), columns, strict=True)], schema=schema())


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970 of a naive time in UTC."""
    return (moment - EPOCH) // MICROSECOND


def _stored(row: Row) -> tuple[Any, ...]:
    """A row as SQLite keeps it."""
    vouched = row.get("vouched")
    return (
        row["event_id"],
        _signed(row["key"]),
        row["source"],
        row["message_id"],
        micros_of(row["timestamp"]),
        row.get("channel"),
        row.get("event"),
        _WRITER.encode(row["identifiers"]),
        None if vouched is None else _WRITER.encode(vouched),
        row.get("traits"),
        row.get("properties"),
        row.get("consent"),
        row.get("extra"),
        micros_of(row["received_at"]),
    )


def _rows(kept: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows that SQLite kept, made column by column: a fifth of the cost of one by one."""
    columns = zip(EVENT_COLUMNS, zip(*kept, strict=True), strict=False)  # where there is no row, there is no column
    read = [READ[name](column) if name in READ else column for name, column in columns]
    return [dict(zip(EVENT_COLUMNS, row, strict=True)) for row in zip(*read, strict=True)]


def unpacked(texts: Iterable[str | None]) -> list[Any]:
    """JSON texts as values, read as one document: that costs a fifth of reading each."""
    found: list[Any] = json.loads(f"[{','.join('null' if text is None else text for text in texts)}]")
    return found


def _moments(micros: Iterable[int]) -> list[datetime]:
    """Naive times in UTC of microseconds since 1970."""
    return [EPOCH + one * MICROSECOND for one in micros]


def _unsigned(keys: Iterable[int]) -> list[int]:
    return [key % UNSIGNED for key in keys]


READ: Mapping[str, Callable[[Iterable[Any]], list[Any]]] = MappingProxyType(
    {
        "key": _unsigned,
        "timestamp": _moments,
        "received_at": _moments,
        "identifiers": unpacked,
        "vouched": unpacked,
    }
)
"""How a column that SQLite keeps in another way is read."""


def _signed(key: int) -> int:
    """A key of 64 bits as SQLite's integers can hold it."""
    return key - UNSIGNED if key >= SIGNED else key
