"""What rules are asked of: events, traits, identifiers and profiles, of everybody or of some customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from knotwork_graph.policy import Policy
from knotwork_resolvers.profiles.consent import consents
from knotwork_resolvers.profiles.events import FEW, events_of
from knotwork_resolvers.profiles.figures_sql import lifecycles
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.profiles.signals import signals
from knotwork_resolvers.profiles.surviving import surviving_traits
from knotwork_resolvers.segments.binding import NOW
from knotwork_resolvers.segments.few import held_identifiers, staged, words_of_few
from knotwork_resolvers.segments.query import EVENTS, MEMBERS, SIGNALS, STAGES, TRAITS, Query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

HELD, WORDS = "held_identifiers", "words_on_consent"
QUERY = "{query}"
"""Where the rows of a query stand in another."""


class Ground:
    """A workspace as readers see it. Keeps its engine; calls from several threads take turns."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self._home, self._policy = home, policy
        self._turn, self._open = RLock(), ExitStack()
        self._engine: DuckDBPyConnection | None = None

    def close(self) -> None:
        """Give back the engine; the next question opens another."""
        with self._turn:
            self._open.close()
            self._engine = None

    def ask(
        self, query: Query, now: int, customers: Sequence[int] | None = None, of: str = QUERY
    ) -> list[dict[str, Any]]:
        """What a query says, of everybody or of these customers: one row for each that lives.

        ``now`` is the moment, in microseconds, at which windows end. ``of`` is asked of the rows, with ``QUERY`` where
        they stand after FROM. O(events) in DuckDB, which spills; milliseconds for a few customers.
        """
        with self.connection() as connection:
            asked = self._asked(connection, of, query, now, customers)
            names = [column[0] for column in asked.description or ()]
            return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]

    @contextmanager
    def connection(self) -> Iterator[DuckDBPyConnection]:
        """A connection of its own to the engine, whose tables nobody else sees and which go with it."""
        with self._turn, closing(self._root().cursor()) as connection:
            connection.execute("SET TimeZone = 'UTC'").fetchall()
            yield connection

    def fill(self, connection: DuckDBPyConnection, table: str, query: Query, now: int) -> None:
        """Make a table of what a query says of everybody: ``customer``, ``changes_at``, and a flag for each segment."""
        columns = ", ".join(("customer", "changes_at", *query.segments.values()))
        made = f"CREATE TEMP TABLE {table} AS SELECT {columns} FROM {QUERY}"
        self._asked(connection, made, query, now, None).fetchall()

    def _asked(
        self, connection: DuckDBPyConnection, of: str, query: Query, now: int, customers: Sequence[int] | None
    ) -> DuckDBPyConnection:
        text = query.text
        for name in query.tables:
            text = text.replace(f"{{{name}}}", self._table(name, connection, now, customers))
        values = dict(query.values) | ({"now": now} if NOW in text else {})
        return connection.execute(of.replace(QUERY, f"({text})"), values)

    def _root(self) -> DuckDBPyConnection:
        from knotwork_resolvers.engine import engine

        if self._engine is None:
            self._engine = self._open.enter_context(engine(self._home.scratch))
        return self._engine

    def _table(self, name: str, connection: DuckDBPyConnection, now: int, customers: Sequence[int] | None) -> str:
        moment, asked = Moment(now), (connection, self._home, self._policy)
        if name == MEMBERS:
            connection.register(HELD, held_identifiers(self._home.store, customers))
            return HELD
        if name == EVENTS:
            return events_of(*asked, customers)
        if name == TRAITS:
            return surviving_traits(*asked, customers)
        if name == SIGNALS:
            return signals(*asked, moment, customers)
        if name == STAGES:
            return staged(lifecycles(*asked, moment, customers), self._policy.profiles.lifecycle, now)
        if customers is None or len(customers) > FEW:
            return consents(*asked, moment, customers)
        connection.register(WORDS, words_of_few(self._home, self._policy, customers))
        return WORDS
