"""Reading a generation: the rows of one customer lie together, so a look-up reads a row group or two."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GAP_SECONDS = 30 * 60
"""A session ends after so many seconds without an event."""

EVENTS = """
SELECT "timestamp", source, message_id, coalesce(channel, ''), coalesce(event, ''),
    coalesce(identifiers, []), traits, properties, consent, reason,
    1 + sum(begins::INT) OVER (ORDER BY "timestamp", source, message_id ROWS UNBOUNDED PRECEDING)::INT AS session
FROM (
    SELECT *, coalesce(epoch_us("timestamp") - epoch_us(lag("timestamp") OVER (
        ORDER BY "timestamp", source, message_id)) > {gap}, false) AS begins
    FROM read_parquet($path) WHERE customer = $customer AND ($until IS NULL OR epoch_us("timestamp") <= $until))
ORDER BY "timestamp" DESC, source DESC, message_id DESC LIMIT $last
"""
FIGURES = """
SELECT customer, count(*), epoch_us(min("timestamp")), epoch_us(max("timestamp"))
FROM read_parquet($path) WHERE list_contains($customers, customer) AND customer BETWEEN $low AND $high GROUP BY customer
"""
TRAITS = """
SELECT customer, name, arg_max(value, (moment, source, value)) FROM (
    SELECT customer, "timestamp" AS moment, source, unnest(json_keys(traits)) AS name,
        json_extract(traits, '$."' || replace(name, '"', '""') || '"') AS value
    FROM read_parquet($path)
    WHERE list_contains($customers, customer) AND customer BETWEEN $low AND $high AND traits IS NOT NULL)
WHERE value IS NOT NULL AND value::VARCHAR NOT IN ('null', '""') GROUP BY customer, name ORDER BY customer, name
"""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a customer as the generation keeps it; ``identifiers`` are raw (type, value) pairs."""

    timestamp: datetime
    source: str
    message_id: str
    channel: str
    event: str
    identifiers: tuple[tuple[str, str], ...]
    traits: dict[str, Any]
    properties: dict[str, Any]
    consent: dict[str, Any]
    reason: int
    session: int


@dataclass(frozen=True, slots=True)
class EventFigures:
    """How many events a customer has, and when the first and the last were."""

    events: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    profile: dict[str, Any] = field(default_factory=dict)


class GenerationReader:
    """Look-ups in generations; safe to call from several threads."""

    def __init__(self) -> None:
        self._connection: DuckDBPyConnection | None = None
        self._turn = Lock()

    def events(
        self, path: Path, customer: int, *, until: int | None = None, last: int | None = None
    ) -> tuple[EventRow, ...]:
        """The events of a customer, oldest first: all up to ``until`` (microseconds), or the ``last`` of these."""
        bound = {"path": str(path), "customer": customer, "until": until, "last": last}
        rows = self._ask(EVENTS.format(gap=GAP_SECONDS * 1_000_000), bound)
        return tuple(_event(row) for row in reversed(rows))

    def figures(self, path: Path, customers: Sequence[int]) -> dict[int, EventFigures]:
        """The figures and the latest traits of each of ``customers`` that has an event."""
        if not customers:
            return {}
        bound = {"path": str(path), "customers": list(customers), "low": min(customers), "high": max(customers)}
        profiles: dict[int, dict[str, Any]] = {}
        for customer, name, value in self._ask(TRAITS, bound):
            profiles.setdefault(customer, {})[name] = json.loads(value)
        return {
            customer: EventFigures(count, _moment(first), _moment(last), profiles.get(customer, {}))
            for customer, count, first, last in self._ask(FIGURES, bound)
        }

    def close(self) -> None:
        """Give back the connection; the next look-up opens another."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _ask(self, query: str, bound: dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._turn:
            if self._connection is None:
                self._connection = _connected()
            cursor = self._connection.cursor()
        try:
            return cursor.execute(query, bound).fetchall()
        finally:
            cursor.close()


def _connected() -> DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET parquet_metadata_cache = true").fetchall()
    connection.execute("SET threads = 2").fetchall()
    return connection


def _event(row: Iterable[Any]) -> EventRow:
    moment, source, message_id, channel, event, identifiers, traits, properties, consent, reason, session = row
    return EventRow(
        timestamp=moment.replace(tzinfo=UTC),
        source=source,
        message_id=message_id,
        channel=channel,
        event=event,
        identifiers=tuple((one["type"], one["value"]) for one in identifiers),
        traits=_object(traits),
        properties=_object(properties),
        consent=_object(consent),
        reason=reason,
        session=session,
    )


def _object(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _moment(micros: int | None) -> datetime | None:
    from knotwork_graph.model import from_micros

    return None if micros is None else from_micros(micros)
