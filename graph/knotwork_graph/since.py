"""What came since the last full run: a small file beside its generation, with the events that have another owner now.

``events``: rows of a generation, for events that came later and for those that changed hands; they stand instead of
what the generation says of the same event. One that changed hands has a ``place``, that of its row in the generation,
where its texts are read when somebody asks for them. ``bears``: which identifiers the later events bear.
``touched``: the customers who gained or lost an event, in the order in which that was told. A cache: it can be made
again from the facts and the graph, so it is written without waiting for the disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from knotwork_graph.facts import disk_errors, micros_of, unpacked

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

    Rest = Callable[[Ints, Sequence[str]], pa.Table]

COLUMNS = (
    "event_id", "customer", "timestamp", "source", "message_id", "channel", "event", "identifiers", "vouched", "traits",
    "properties", "consent", "reason", "bears",
)  # fmt: skip
REST = ("source", "message_id", "channel", "event", "identifiers", "vouched", "traits", "properties", "consent")
ORDER = [("timestamp", "ascending"), ("source", "ascending"), ("message_id", "ascending")]
PLAIN = frozenset({"identifiers", "vouched", "bears"})  # kept as JSON texts; timestamps as microseconds
TABLES = """
CREATE TABLE IF NOT EXISTS follows (run INTEGER NOT NULL, upto INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    event_id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, timestamp INTEGER NOT NULL, source TEXT NOT NULL,
    message_id TEXT NOT NULL, channel TEXT, event TEXT, identifiers TEXT, vouched TEXT, traits TEXT, properties TEXT,
    consent TEXT, reason INTEGER NOT NULL, bears TEXT, place INTEGER);
CREATE INDEX IF NOT EXISTS events_customer ON events (customer, timestamp);
CREATE TABLE IF NOT EXISTS bears (
    identifier INTEGER NOT NULL, timestamp INTEGER NOT NULL, event_id INTEGER NOT NULL,
    PRIMARY KEY (identifier, timestamp, event_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS touched (number INTEGER PRIMARY KEY, customer INTEGER NOT NULL);
"""
KEPT = "SELECT count(*) FROM pragma_table_info('events') WHERE name = 'place'"
ADD_PLACE = "ALTER TABLE events ADD COLUMN place INTEGER"  # a file of an older version holds whole rows
PUT = f"INSERT OR REPLACE INTO events VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
OWN = "UPDATE events SET customer = ?, reason = ? WHERE event_id = ?"
ROWS = f"SELECT {', '.join(COLUMNS)}, place FROM events"
IN = " IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Follows:
    """The run whose owners the file tells, and the last event that it knows."""

    run: int
    upto: int


class SinceFile:
    """The file of one generation. Calls from several threads take turns."""

    def __init__(self, path: Path, rest: Rest | None = None) -> None:
        """``rest`` reads columns of the generation's rows at some places (ascending), where rows are read here."""
        self.path = path
        self._rest = rest
        self._turn = RLock()
        with disk_errors(path.parent):
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA busy_timeout = 10000")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript(TABLES)
            if not self._has_places():
                self._add_places()

    def _has_places(self) -> bool:
        return bool(self._connection.execute(KEPT).fetchone()[0])

    def _add_places(self) -> None:
        """Bring a file of an older version up to date, whoever else does the same."""
        with self.writing():
            if not self._has_places():
                self._connection.execute(ADD_PLACE)

    def close(self) -> None:
        """Give back the file."""
        with self._turn:
            self._connection.close()

    def follows(self) -> Follows:
        """How far it follows; run 0 for a new file."""
        rows = self._rows("SELECT run, upto FROM follows")
        return Follows(*rows[0]) if rows else Follows(0, 0)

    def begin(self, follows: Follows) -> None:
        """A new file knows what its generation says."""
        with self.writing():
            self._connection.execute("INSERT INTO follows VALUES (?, ?)", (follows.run, follows.upto))

    def count(self) -> int:
        """How many events it holds."""
        return int(self._rows("SELECT count(*) FROM events")[0][0])

    def moved(self, event_ids: Sequence[int]) -> set[int]:
        """Those of the events that it tells anew."""
        return {row[0] for row in self._rows("SELECT event_id FROM events WHERE event_id" + IN, str(list(event_ids)))}

    def owners(self, event_ids: Sequence[int]) -> list[tuple[int, int]]:
        """Those of the events that it tells anew, each with its customer; by event id."""
        return self._rows(
            "SELECT event_id, customer FROM events WHERE event_id" + IN + " ORDER BY 1", str(list(event_ids))
        )

    def of_customer(self, customer: int) -> pa.Table:
        """The events that are a customer's now, by (timestamp, source, message_id)."""
        found = self._table(self._rows(ROWS + " WHERE customer = ?", customer))
        return found.sort_by(ORDER) if len(found) > 1 else found

    def of_events(self, event_ids: Sequence[int], columns: Sequence[str] = COLUMNS) -> pa.Table:
        """The rows of some events, by id; those that it does not hold are left out. Only ``columns`` are read."""
        asked = f"SELECT {', '.join(columns)}, place FROM events WHERE event_id{IN} ORDER BY event_id"
        return self._table(self._rows(asked, str(list(event_ids))), columns)

    def after(self, event_id: int, columns: Sequence[str] = COLUMNS) -> pa.Table:
        """The ``columns`` of its rows with a larger id, by id; O(these)."""
        asked = f"SELECT {', '.join(columns)}, place FROM events WHERE event_id > ? ORDER BY event_id"
        return self._table(self._rows(asked, event_id), columns)

    def everything(self) -> pa.Table:
        """All its rows, by (customer, timestamp, source, message_id)."""
        return self._table(self._rows(ROWS)).sort_by([("customer", "ascending"), *ORDER])

    def bearing(self, ids: Sequence[int]) -> list[tuple[int, int, int]]:
        """Which later events bear some identifiers: (identifier, timestamp, event id), in this order."""
        return self._rows("SELECT * FROM bears WHERE identifier" + IN + " ORDER BY 1, 2, 3", str(list(ids)))

    def remember(self, bears: Iterable[tuple[int, int, int]]) -> None:
        """Keep (identifier, timestamp, event id) of later events. To be called within ``writing``."""
        self._connection.executemany("INSERT OR IGNORE INTO bears VALUES (?, ?, ?)", bears)

    def touch(self, customers: Iterable[int], event_ids: Sequence[int]) -> None:
        """Note customers, and those whose these events are as yet. To be called within ``writing``, before ``put``."""
        told = self._rows("SELECT DISTINCT customer FROM events WHERE event_id" + IN, str(list(event_ids)))
        found = {*customers, *(row[0] for row in told)} - {0}
        self._connection.executemany("INSERT INTO touched (customer) VALUES (?)", [(one,) for one in sorted(found)])

    def touched(self, after: int) -> tuple[set[int], int]:
        """The customers noted after a number, and the number of the last note there is, 0 for none."""
        rows = self._rows("SELECT number, customer FROM touched WHERE number > ?", after)
        last = self._rows("SELECT coalesce(max(number), 0) FROM touched")[0][0]
        return {row[1] for row in rows}, int(last)

    def keep(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Tell these events anew: rows as ``kept_row`` or ``referred`` make them. To be called within ``writing``."""
        self._connection.executemany(PUT, rows)

    def own(self, owners: Iterable[tuple[int, int, int]]) -> None:
        """Events it holds have other owners: customer, reason, event id. To be called within ``writing``."""
        self._connection.executemany(OWN, owners)

    def drop(self, event_ids: Sequence[int]) -> None:
        """Tell these events no more: what the generation says holds again. To be called within ``writing``."""
        self._connection.execute("DELETE FROM events WHERE event_id" + IN, (str(list(event_ids)),))

    def follow(self, follows: Follows) -> None:
        """Say how far it follows now. To be called within ``writing``."""
        self._connection.execute("UPDATE follows SET run = ?, upto = ?", (follows.run, follows.upto))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is written inside happens, or nothing of it; other processes wait."""
        with self._turn, disk_errors(self.path.parent):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:  # whatever it was goes on up
                self._connection.execute("ROLLBACK")
                raise

    def _table(self, rows: Sequence[tuple[Any, ...]], columns: Sequence[str] = COLUMNS) -> pa.Table:
        """Rows with their places as a generation has them, made whole where one of these columns stands there."""
        found = arrow_rows([row[:-1] for row in rows], columns)
        held = {number: row[-1] for number, row in enumerate(rows) if row[-1] is not None}
        rest = [name for name in REST if name in columns]
        if not held or not rest:
            return found
        if self._rest is None:
            raise ValueError(f"{self.path} refers to rows of its generation, and nobody said how to read them")
        return _completed(found, held, rest, self._rest)

    def _rows(self, query: str, *bound: Any) -> list[Any]:
        with self._turn, disk_errors(self.path.parent):
            return self._connection.execute(query, bound).fetchall()


@cache
def arrow_schema(names: tuple[str, ...] = COLUMNS) -> pa.Schema:
    """The columns of a generation's events, all or some."""
    import pyarrow as pa

    pair = pa.struct([pa.field("type", pa.string()), pa.field("value", pa.string())])
    special = {
        "event_id": pa.int64(),
        "customer": pa.int64(),
        "timestamp": pa.timestamp("us"),
        "identifiers": pa.list_(pair),
        "vouched": pa.list_(pa.string()),
        "reason": pa.int8(),
        "bears": pa.list_(pa.int64()),
    }
    return pa.schema([pa.field(name, special.get(name, pa.string())) for name in names])


@cache
def no_rows(names: tuple[str, ...]) -> pa.Table:
    """No rows, as most customers have here: making the table takes longer than looking for rows."""
    return arrow_schema(names).empty_table()


def arrow_rows(rows: Sequence[tuple[Any, ...]], names: Sequence[str] = COLUMNS) -> pa.Table:
    """Rows as they stand in the file, of the columns ``names``, as a generation has them."""
    import pyarrow as pa

    if not rows:
        return no_rows(tuple(names))
    schema = arrow_schema(tuple(names))
    columns = list(zip(*rows, strict=True))
    read = [unpacked(column) if name in PLAIN else column for name, column in zip(names, columns, strict=True)]
    arrays = [
        pa.array(column, pa.int64()).cast(field.type) if field.name == "timestamp" else pa.array(column, field.type)
        for column, field in zip(read, schema, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def kept_row(event: Mapping[str, Any], bears: list[int], customer: int, reason: int) -> tuple[Any, ...]:
    """A row of the fact log with its owner, as the file keeps it."""
    vouched = event["vouched"]
    return (
        event["event_id"],
        customer,
        micros_of(event["timestamp"]),
        event["source"],
        event["message_id"],
        event["channel"],
        event["event"],
        json.dumps(event["identifiers"]),
        vouched if vouched is None else json.dumps(vouched),
        event["traits"],
        event["properties"],
        event["consent"],
        reason,
        str(bears),
        None,
    )


def referred(event: Mapping[str, Any], customer: int, reason: int, place: int) -> tuple[Any, ...]:
    """A row of a generation, without its texts, with its new owner, as the file keeps it."""
    bears, texts = event["bears"], ("", "", *(None for _ in REST[2:]))
    kept = event["event_id"], customer, micros_of(event["timestamp"]), *texts
    return (*kept, reason, bears if bears is None else str(bears), place)


def _completed(rows: pa.Table, places: Mapping[int, int], columns: Sequence[str], rest: Rest) -> pa.Table:
    """``rows`` with ``columns`` of those (by number) that lie at ``places`` of the generation."""
    import numpy as np
    import pyarrow as pa

    lie = np.array(list(places.values()), np.int64)
    wanted = np.unique(lie)
    found, order = rest(wanted, columns), np.arange(len(rows))
    order[list(places)] = len(rows) + np.searchsorted(wanted, lie)
    for name in columns:
        field = rows.schema.field(name)
        both = pa.chunked_array([*rows[name].chunks, *found[name].cast(field.type).chunks], field.type)
        rows = rows.set_column(rows.schema.get_field_index(name), field, both.take(pa.array(order)))
    return rows
