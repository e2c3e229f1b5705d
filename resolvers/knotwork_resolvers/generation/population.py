"""The events of everybody, for questions about whole populations: the generation, and what came since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy
from knotwork_graph.since import COLUMNS, SinceFile
from knotwork_resolvers.engine import quoted

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home
    from knotwork_resolvers.identity.resolution import Ints

LATER = "later_events"
ROOM = 1 << 20
"""Places between two events of a generation, for those that came since."""

NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
NUMBERED = "read_parquet('{path}', file_row_number = true)"
GENERATION = f"SELECT {NAMES}, (file_row_number + 1) * {ROOM} AS place FROM {NUMBERED}"
KEPT = f"({GENERATION} AS g WHERE NOT EXISTS (SELECT 1 FROM {LATER} AS l WHERE l.event_id = g.event_id) "
# an event that came since has its place after the generation's event before it, and after others since that one
PLACED = f"""
SELECT {NAMES}, coalesce(before + 1, 0) * {ROOM}
    + row_number() OVER (PARTITION BY customer, before ORDER BY "timestamp", source, message_id) AS place
FROM (
    SELECT *, last_value(own IGNORE NULLS) OVER (
        PARTITION BY customer ORDER BY "timestamp", source, message_id) AS before
    FROM (
        SELECT customer, "timestamp", source, message_id, file_row_number AS own, NULL::BIGINT AS event_id
        FROM {NUMBERED}
        WHERE customer IN (SELECT customer FROM raw_later)
        UNION ALL BY NAME SELECT * FROM raw_later))
WHERE own IS NULL
"""


def everybody(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    """What stands after FROM: all events with the columns of a generation, and ``place``.

    ``place`` orders the events of one customer by (timestamp, source, message_id). Raises ``UnknownRunError`` where
    nothing is resolved yet. Without anything new this is the generation's file alone.
    """
    path = quoted(home.generations.served(home.store.state().base))
    later = later_events(home, policy)
    if later is None:
        return f"({GENERATION.format(path=path)})"
    connection.register("raw_later", later)
    placed = connection.sql(PLACED.format(path=path)).to_arrow_table()
    connection.unregister("raw_later")
    connection.register(LATER, placed)
    return f"{KEPT.format(path=path)} UNION ALL BY NAME SELECT * FROM {LATER})"


def later_events(home: Home, policy: Policy) -> pa.Table | None:
    """The events that came since the last full run or changed hands; None for none."""
    from knotwork_resolvers.generation.follow import follow

    run = home.store.state().base
    path = home.generations.since(run)
    if not path.exists():
        return None
    follow(home, policy)
    since = SinceFile(path, lambda places, columns: _rest(home, run, places, columns))
    try:
        return since.everything() if since.count() else None
    finally:
        since.close()


def _rest(home: Home, run: int, places: Ints, columns: Sequence[str]) -> pa.Table:
    """The columns of a generation's events at some places; on files of its own, for it may take a while."""
    from knotwork_resolvers.opened.base import Base

    base = Base(home.generations, run, home.scratch)
    try:
        return base.at(places, columns)
    finally:
        base.close()
