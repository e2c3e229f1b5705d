"""The events of everybody in the order of journeys, and what the log says of each beside them.

A generation's file has that order already, and Arrow reads names as the numbers of a dictionary; so what comes before
an event and after it is found by looking at its neighbours. Asked for the same, a query engine cuts everybody's events
apart and sorts each customer's again, which takes more than twice as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from knotwork_resolvers.opened.base import whole
from knotwork_resolvers.sessions import SESSION_GAP

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Codes = NDArray[np.signedinteger[Any]]
Marks = NDArray[np.bool_]
NAMES = ("event", "channel")
COLUMNS = ("customer", "timestamp", "event", "channel")
SORTED = 'SELECT customer, "timestamp", event, channel FROM {rows} WHERE customer > 0 ORDER BY customer, place'


@dataclass(frozen=True, slots=True)
class Named:
    """Names of a column, ascending, and for each event the place of its own among them."""

    names: tuple[str, ...]
    codes: Codes

    @property
    def used(self) -> tuple[str, ...]:
        """The names that an event has."""
        counts = np.bincount(self.codes, minlength=len(self.names))
        return tuple(name for name, count in zip(self.names, counts.tolist(), strict=True) if count)


def by_query(connection: DuckDBPyConnection, rows: str) -> pa.Table:
    """Customer, timestamp, event and channel of everybody's events by (customer, place); O(n log n)."""
    return coded(connection.sql(SORTED.format(rows=rows)).to_arrow_table(), *NAMES)


def by_file(path: Path, later: pa.Table | None, room: int) -> pa.Table:
    """The same from a file in that order and from events that came ``later``, nobody's left out; O(n).

    ``later`` takes the place of the file's events of the same ids. Its ``place`` counts the file's rows from 1, with
    ``room`` places between two of them.
    """
    columns = COLUMNS if later is None else (*COLUMNS, "event_id")
    with pq.ParquetFile(path, read_dictionary=list(NAMES)) as file:
        rows = file.read(columns=list(columns))
    found = rows if later is None else merged(rows, coded(later, *NAMES), room)
    return found.slice(int(whole(found, "customer").searchsorted(1)))


def log_rows(rows: pa.Table, event: Named, channel: Named) -> pa.Table:
    """The events of customers, in the order of ``rows``, as the log has them; names are dictionaries of texts.

    ``session`` counts a customer's sessions by the usual gap from 1, ``step`` the events; ``pause`` is NULL for the
    first and ``next`` for the last event of a customer.
    """
    customer, t, codes, count = whole(rows, "customer"), whole(rows, "timestamp"), event.codes, len(rows)
    begins = np.ones(count + 1, np.bool_)  # one more, as if somebody else came after the last
    np.not_equal(customer[1:], customer[:-1], out=begins[1:-1])
    first, ends = begins[:-1], begins[1:]
    starts = np.flatnonzero(first)
    lengths = np.diff(starts, append=count)
    pause = np.zeros(count, np.int64)
    np.subtract(t[1:], t[:-1], out=pause[1:])
    session = np.cumsum(first | (pause > SESSION_GAP), dtype=np.int32)
    columns = {
        "customer": customer,
        "place": np.arange(count),
        "t": t,
        "step": np.arange(1, count + 1, dtype=np.int32) - np.repeat(starts.astype(np.int32), lengths),
        "session": session - np.repeat(session[starts] - 1, lengths),
        "pause": pa.array(pause, mask=first),
        "event": _texts(codes, event.names),
        "channel": _texts(channel.codes, channel.names),
        "next": _texts(np.append(codes[1:], codes[:1]), event.names, ends),
    }
    return pa.table(columns)


def named(column: pa.ChunkedArray, absent: str, own: Sequence[str] = ()) -> Named:
    """The names in a column and ``own`` ones, ascending; ``absent`` stands where there is none."""
    found = column.unify_dictionaries().combine_chunks()
    held = found.dictionary.to_pylist()
    names = sorted({*held, absent, *own})
    places = {name: place for place, name in enumerate(names)}
    least = np.min_scalar_type(-len(names))
    known = np.array([places[name] for name in (*held, absent)], least)
    return Named(tuple(names), known[found.indices.fill_null(len(held)).to_numpy()])


def _texts(codes: Codes, names: Sequence[str], absent: Marks | None = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=absent), pa.array(names, pa.string()))


def merged(rows: pa.Table, later: pa.Table, room: int) -> pa.Table:
    """The rows of a file and those that came later in one order, see ``by_file``; the columns of both but ``place``."""
    later = later.sort_by([("customer", "ascending"), ("place", "ascending")])
    kept = np.flatnonzero(np.isin(whole(rows, "event_id"), whole(later, "event_id"), invert=True))
    # after the event of the file that it follows, or first of all that are its customer's
    after = np.searchsorted((kept + 1) * room, whole(later, "place"))
    places = np.maximum(after, np.searchsorted(whole(rows, "customer")[kept], whole(later, "customer")))
    order = np.insert(kept, places, np.arange(len(rows), len(rows) + len(later)))
    both = pa.concat_tables([rows, later.select(rows.column_names).cast(rows.schema)])
    return both.unify_dictionaries().combine_chunks().take(order)


def coded(rows: pa.Table, *names: str) -> pa.Table:
    """The rows with these columns, of texts, as dictionaries."""
    for name in names:
        rows = rows.set_column(rows.schema.get_field_index(name), name, rows[name].dictionary_encode())
    return rows
