"""Stays as tables in a query: those that hold on, those that have ended, and all there ever were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from knotwork_graph.stays import OPEN, SINCE, StayFolders, StaysSince
from knotwork_resolvers.engine import quoted

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

OPEN_COLUMNS = ("customer", "segment", "entered_at", "entered_run")
COLUMNS = (*OPEN_COLUMNS, "left_at", "left_run")
STILL_OPEN = """(
SELECT customer, segment, entered_at, entered_run FROM read_parquet('{path}') AS o
WHERE NOT EXISTS (SELECT 1 FROM stays_ended AS e WHERE e.customer = o.customer AND e.segment = o.segment)
UNION ALL SELECT customer, segment, entered_at, entered_run FROM stays_entered)
"""
EVER = """(
SELECT *, 0::BIGINT AS left_at, 0::BIGINT AS left_run FROM {open}
UNION ALL SELECT * FROM {ended} {earlier})
"""


def open_stays(connection: DuckDBPyConnection, folders: StayFolders) -> str:
    """What stands after FROM: ``customer, segment, entered_at, entered_run`` of every stay that holds on.

    Times are microseconds. Registers what came since on the connection.
    """
    number = folders.current()
    if not number:
        return f"(SELECT {', '.join(OPEN_COLUMNS)} FROM {_nothing(connection)})"
    _register(connection, folders, number)
    return STILL_OPEN.format(path=quoted(folders.path(number, OPEN)))


def ended_stays(connection: DuckDBPyConnection, folders: StayFolders) -> str:
    """The same, with ``left_at`` and ``left_run``, of the stays that ended since everybody was last looked at."""
    number = folders.current()
    if not number:
        return _nothing(connection)
    _register(connection, folders, number)
    return "stays_ended"


def all_stays(connection: DuckDBPyConnection, folders: StayFolders) -> str:
    """Every stay there ever was; ``left_at`` and ``left_run`` are 0 for those that hold on."""
    paths = ", ".join(f"'{quoted(path)}'" for path in folders.left())
    earlier = f"UNION ALL SELECT {', '.join(COLUMNS)} FROM read_parquet([{paths}])" if paths else ""
    ended = ended_stays(connection, folders)
    return EVER.format(open=open_stays(connection, folders), ended=ended, earlier=earlier)


def _register(connection: DuckDBPyConnection, folders: StayFolders, number: int) -> None:
    since = StaysSince(folders.path(number, SINCE))
    try:
        connection.register("stays_entered", stay_table(since.entered(), OPEN_COLUMNS))
        connection.register("stays_ended", stay_table(since.ended(), COLUMNS))
    finally:
        since.close()


def _nothing(connection: DuckDBPyConnection) -> str:
    connection.register("no_stays", stay_table((), COLUMNS))
    return "no_stays"


def stay_table(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> pa.Table:
    """Rows as an Arrow table."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    types = [pa.string() if name == "segment" else pa.int64() for name in names]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True)))
