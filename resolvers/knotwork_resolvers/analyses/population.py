"""Whose events an analysis looks at: the one place that knows where the events of everybody are kept.

What ``rows`` gives stands after FROM in a DuckDB query and has the columns of a generation, of which analyses read
``customer``, ``timestamp``, ``source``, ``channel``, ``event``, ``identifiers`` and ``properties``, and ``place``, a
number that orders the events of one customer by (timestamp, source, message_id). Customer 0 is nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from knotwork_graph.policy import Policy
    from knotwork_resolvers.analyses.course import Course
    from knotwork_resolvers.home import Home

EMPTY = """(SELECT 0::BIGINT AS customer, NULL::TIMESTAMP AS "timestamp", '' AS source, '' AS channel, '' AS event,
    NULL::STRUCT(type VARCHAR, value VARCHAR)[] AS identifiers, '' AS properties, 0::BIGINT AS place WHERE false)"""
FILE = "(SELECT *, file_row_number AS place FROM read_parquet('{path}', file_row_number = true))"


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody. ``version`` is another text whenever the events or whose they are may be others; empty for none yet.

    ``rows`` may prepare tables on the connection that it is given. ``members`` reads who holds which identifier: Arrow
    columns type, value, customer (0 for nobody), status. ``file`` are the events of everybody in the order of a
    generation, but for those that ``rows`` prepares as having come later.
    """

    version: str
    rows: Callable[[DuckDBPyConnection], str]
    members: Callable[[], pa.Table] | None = None
    file: Path | None = None

    def in_order(self, connection: DuckDBPyConnection, rows: str) -> pa.Table:
        """Customer, timestamp, event and channel of customers' events by (customer, place); names as dictionaries.

        ``rows`` is what it gave for this connection.
        """
        from knotwork_resolvers.analyses.in_order import by_file, by_query
        from knotwork_resolvers.generation.population import ROOM

        return by_query(connection, rows) if self.file is None else by_file(self.file, _later(connection, rows), ROOM)

    def course(self, connection: DuckDBPyConnection, rows: str) -> Course:
        """Everybody's events in the order of journeys, nobody's first, as ``in_order`` has them."""
        from knotwork_resolvers.analyses.course import by_file, by_query
        from knotwork_resolvers.generation.population import ROOM

        return by_query(connection, rows) if self.file is None else by_file(self.file, _later(connection, rows), ROOM)


def _later(connection: DuckDBPyConnection, rows: str) -> pa.Table | None:
    """The events that came since, where ``rows`` prepared any."""
    from knotwork_resolvers.generation.population import LATER

    return connection.table(LATER).to_arrow_table() if LATER in rows else None


def population_of(home: Home, policy: Policy) -> Population:
    """Everybody in a workspace as readers see them now: the last full run's generation, and what came since."""
    from knotwork_graph.since import SinceFile
    from knotwork_resolvers.generation.follow import follow
    from knotwork_resolvers.generation.population import everybody

    base = home.store.state().base
    if not base or home.generations.events(base) is None:
        return population_in(None)
    follow(home, policy)
    since = SinceFile(home.generations.since(base))
    try:
        version = f"{base} {since.follows()}"
    finally:
        since.close()
    return Population(
        version,
        lambda connection: everybody(connection, home, policy),
        home.store.member_rows,
        home.generations.served(base),
    )


def population_in(events: Path | None, members: Callable[[], pa.Table] | None = None) -> Population:
    """Everybody in one events file; without a file there is nobody yet."""
    if events is None:
        return Population("", lambda _: EMPTY, members)
    written = FILE.format(path=str(events).replace("'", "''"))
    return Population(f"{events}@{events.stat().st_mtime_ns}", lambda _: written, members, events)
