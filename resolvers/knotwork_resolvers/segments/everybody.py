"""Looking at everybody: who is in which segment now, beside who was, as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork_graph.stays import DUE, LEFT, OPEN, SINCE, StayFolders, StaysSince, Upto
from knotwork_resolvers.engine import quoted
from knotwork_resolvers.segments.ground import Ground
from knotwork_resolvers.segments.query import Query
from knotwork_resolvers.segments.stays import ended_stays, open_stays

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROW_GROUP = 8_192
"""Few enough rows that reading one customer's group takes milliseconds."""
NOBODY = "SELECT 0::BIGINT AS customer, '' AS segment WHERE false"
STILL = """
SELECT n.customer, n.segment, coalesce(w.entered_at, {at}) AS entered_at, coalesce(w.entered_run, {run}) AS entered_run
FROM inside AS n LEFT JOIN was AS w ON w.customer = n.customer AND w.segment = n.segment ORDER BY n.customer, n.segment
"""
GONE = """
SELECT * FROM {ended} UNION ALL
SELECT w.*, {at}::BIGINT AS left_at, {run}::BIGINT AS left_run FROM was AS w
WHERE NOT EXISTS (SELECT 1 FROM inside AS n WHERE n.customer = w.customer AND n.segment = w.segment)
"""
CHANGING = "SELECT customer, changes_at AS at FROM found WHERE changes_at IS NOT NULL ORDER BY customer"
COPY = "COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {rows})"


def look_at_everybody(ground: Ground, query: Query, folders: StayFolders, upto: Upto) -> None:
    """Write who is in which segment as of ``upto``, and whose stays have ended. O(events + stays).

    The caller holds the turn of the folders.
    """
    before = folders.current()
    with ground.connection() as connection, folders.writing(before + 1) as folder:
        ground.fill(connection, "found", query, upto.at)
        connection.execute(f"CREATE TEMP VIEW inside AS {_inside(query.segments)}").fetchall()
        connection.execute(f"CREATE TEMP TABLE was AS SELECT * FROM {open_stays(connection, folders)}").fetchall()
        told = {"at": upto.at, "run": upto.run}
        _copy(connection, STILL.format(**told), folder / OPEN)
        _copy(connection, GONE.format(ended=ended_stays(connection, folders), **told), folder / LEFT)
        _copy(connection, CHANGING, folder / DUE)
        since = StaysSince(folder / SINCE)
        since.move((), (), (), upto)
        since.close()


def _inside(columns: Mapping[str, str]) -> str:
    """Who is in which segment: names are checked letters, digits, _ and -."""
    each = [f"SELECT customer, '{name}' AS segment FROM found WHERE {column}" for name, column in columns.items()]
    return " UNION ALL ".join(each) or NOBODY


def _copy(connection: DuckDBPyConnection, query: str, out: Path) -> None:
    connection.execute(COPY.format(query=query, out=quoted(out), rows=ROW_GROUP)).fetchall()
