"""The log that questions are asked of: the order of everybody's events, small enough to keep in memory.

One row an event that belongs to a customer: ``customer``, ``place`` (orders the events of one customer), ``t``
(microseconds since 1970, UTC), ``event``, ``channel``, ``step`` (1 for the customer's first event), ``session`` (by the
usual gap, ascending from 1), ``pause`` (microseconds since the event before, NULL for the first) and ``next`` (the
event after it, NULL for the last). Names are stored once, as an ENUM, and rows lie by customer. It is built once for
each generation and answers many questions; above 4 GB it spills to disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import to_micros
from knotwork_resolvers.analyses.population import Population
from knotwork_resolvers.analyses.scope import END, FURTHER, NO_NAME, OTHER, START, Scope

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.analyses.course import Course, Held

NAMES = "CREATE TYPE {kind}_name AS ENUM (SELECT unnest($names))"
LOG = """
CREATE TABLE log AS SELECT customer, place, t, event::event_name AS event, channel::channel_name AS channel, step,
    session, pause, next::event_name AS next FROM in_order
"""
HAPPENED = "SELECT DISTINCT coalesce(event, '{none}') AS name FROM {rows} WHERE customer > 0 ORDER BY name"
PART = """
SELECT * REPLACE (CASE WHEN step > 1 THEN pause END AS pause) FROM (
    SELECT * REPLACE (row_number() OVER way::INT AS step, lead(event) OVER way AS next) FROM ({rows})
    WINDOW way AS (PARTITION BY customer ORDER BY place))
"""


class EventLog:
    """One generation's log in a database of its own; one question at a time.

    ``everybody`` stands after FROM for the rows of the population, and ``looked_at`` is the view that the question at
    hand looks at, by its ``scope``. ``filled``: whether the table ``log`` is there.
    """

    def __init__(self, population: Population, scratch: Path) -> None:
        from knotwork_resolvers.engine import engine

        self.population = population
        self._open = ExitStack()
        self.connection: DuckDBPyConnection = self._open.enter_context(engine(scratch))
        self.everybody = population.rows(self.connection)
        self.looked_at, self.scope = "", Scope()
        self._events: tuple[str, ...] | None = None
        self.filled = False

    @property
    def events(self) -> tuple[str, ...]:
        """The names of customers' events, ascending."""
        if self._events is None:
            self._events = tuple(name for (name,) in self.run(HAPPENED.format(rows=self.everybody, none=NO_NAME)))
        return self._events

    def fill(self) -> None:
        """Make the table ``log``, unless it is there; only questions about the order of events need it."""
        if not self.filled:
            from knotwork_resolvers.analyses.in_order import log_rows, named

            rows = self.population.in_order(self.connection, self.everybody)
            event = named(rows["event"], NO_NAME, (START, END, OTHER, FURTHER))
            channel = named(rows["channel"], NO_NAME)
            self.run(NAMES.format(kind="event"), names=event.names)
            self.run(NAMES.format(kind="channel"), names=channel.names)
            self.connection.register("in_order", log_rows(rows, event, channel))
            self.run(LOG)
            self.connection.unregister("in_order")
            self._events, self.filled = event.used, True

    @cached_property
    def course(self) -> Course:
        """All events as arrays, nobody's too."""
        return self.population.course(self.connection, self.everybody)

    @cached_property
    def held(self) -> Held:
        """What each customer holds."""
        from knotwork_resolvers.analyses.course import NO_MEMBERS, held_by

        read = self.population.members
        return held_by(NO_MEMBERS if read is None else read(), int(self.course.customer.max(initial=0)))

    def close(self) -> None:
        """Give back the memory."""
        self._open.close()

    def look_at(self, scope: Scope, *, ordered: bool) -> None:
        """Let a view be what the scope names: ``chosen``, rows of the log, or ``raw``, rows of the population.

        ``step``, ``pause`` and ``next`` of ``chosen`` are those within what is looked at. ``anybody`` is ``raw`` with
        nobody's events.
        """
        who, self.scope = self._who(scope), scope
        self.looked_at = "chosen" if ordered else "raw"
        if ordered:
            self.fill()
            rows = f"SELECT * FROM log WHERE {' AND '.join(['true', *who, *_when(scope, 't')])}"
            if scope.since is not None or scope.until is not None:
                self.run(f"CREATE OR REPLACE TABLE part AS {PART.format(rows=rows)}")
                rows = "SELECT * FROM part"
            self.run(f"CREATE OR REPLACE VIEW chosen AS {rows}")
            return
        where = " AND ".join(["true", *who, *_when(scope, 'epoch_us("timestamp")')])
        self.run(f"CREATE OR REPLACE VIEW anybody AS SELECT * FROM {self.everybody} WHERE {where}")
        self.run("CREATE OR REPLACE VIEW raw AS SELECT * FROM anybody WHERE customer > 0")

    def _who(self, scope: Scope) -> list[str]:
        if scope.customers is None:
            return []
        import pyarrow as pa

        given = pa.table({"customer": pa.array(scope.customers, pa.int64())})
        self.connection.register("given", given)
        self.run("CREATE OR REPLACE TABLE whom AS SELECT DISTINCT customer FROM given")
        self.connection.unregister("given")
        return ["customer IN (SELECT customer FROM whom)"]

    def run(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; ``values`` are its parameters."""
        found: list[tuple[Any, ...]] = self.connection.execute(query, values or None).fetchall()
        return found

    def row(self, query: str, **values: Any) -> tuple[Any, ...]:
        """The one row of a query that always has one."""
        return self.run(query, **values)[0]


def _when(scope: Scope, column: str) -> list[str]:
    since = [] if scope.since is None else [f"{column} >= {to_micros(scope.since)}"]
    return since if scope.until is None else [*since, f"{column} < {to_micros(scope.until)}"]


def text(value: str) -> str:
    """``value`` as a text in a query.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def name(event: str) -> str:
    """An event's name in a query, NULL for one that no event has; compared as a number, not as a text."""
    return f"try_cast({text(event)} AS event_name)"


def names(events: Sequence[str]) -> str:
    """Events as what stands after IN; none are NULL, which nothing is in.

    >>> names([])
    '(NULL)'
    """
    return "(" + (", ".join(map(name, events)) or "NULL") + ")"
