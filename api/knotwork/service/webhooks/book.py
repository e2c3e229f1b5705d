"""How far each webhook has been told, kept durably: a sender that is killed tells the last message again, and no other.

``pinned`` is how many changes the message holds that is being sent, so that it is the same one however often it is
tried. A cursor moves only when the receiver has said that it has them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from knotwork_graph.facts import disk_errors
from knotwork_graph.facts.database import Database
from knotwork_graph.model import from_micros, to_micros

TABLE = """
CREATE TABLE IF NOT EXISTS webhooks (
    name TEXT PRIMARY KEY, cursor TEXT, pinned INTEGER NOT NULL, delivered INTEGER NOT NULL, attempts INTEGER NOT NULL,
    failing_since INTEGER, next_at INTEGER, last_at INTEGER, said TEXT NOT NULL, set_aside INTEGER
) STRICT, WITHOUT ROWID
"""
READ = "SELECT * FROM webhooks WHERE name = ?"
WRITE = "INSERT OR REPLACE INTO webhooks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
TIMES = frozenset({"failing_since", "next_at", "last_at", "set_aside"})


@dataclass(frozen=True, slots=True)
class Told:
    """How far one webhook has been told: ``cursor`` of the feed, None for its start; ``delivered`` messages so far.

    ``attempts`` have failed in a row, since ``failing_since``; before ``next_at`` there is no other. ``said``: what the
    last attempt came to, at ``last_at``. ``set_aside``: since when nothing is sent any more. Times are aware.
    """

    name: str
    cursor: str | None = None
    pinned: int = 0
    delivered: int = 0
    attempts: int = 0
    failing_since: datetime | None = None
    next_at: datetime | None = None
    last_at: datetime | None = None
    said: str = ""
    set_aside: datetime | None = None

    def well(self, cursor: str | None, at: datetime, said: str) -> Told:
        """The same after a message was taken; the next ones begin at ``cursor``."""
        return Told(self.name, cursor, delivered=self.delivered + 1, last_at=at, said=said)

    def failed(self, at: datetime, next_at: datetime, said: str) -> Told:
        """The same after an attempt that failed."""
        since = self.failing_since or at
        return replace(self, attempts=self.attempts + 1, failing_since=since, next_at=next_at, last_at=at, said=said)

    def resumed(self) -> Told:
        """The same, to be sent to at once."""
        return replace(self, attempts=0, failing_since=None, next_at=None, set_aside=None)


class WebhookBook:
    """What is kept of the webhooks of one workspace, in a small file of its own; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = Database(path, "webhooks", (TABLE,))

    def told(self, name: str) -> Told | None:
        """How far a webhook has been told; None for one that nothing was ever sent to."""
        with disk_errors(self._path.parent), self._file.reading() as connection:
            row = connection.execute(READ, (name,)).fetchone() if connection else None
        return None if row is None else _read(row)

    def keep(self, told: Told) -> Told:
        """The same, now durable."""
        with disk_errors(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._file.writing() as connection:
                connection.execute(WRITE, _row(told))
        return told

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()


def _row(told: Told) -> tuple[Any, ...]:
    values = {one.name: getattr(told, one.name) for one in fields(told)}
    return tuple(to_micros(one) if name in TIMES and one is not None else one for name, one in values.items())


def _read(row: tuple[Any, ...]) -> Told:
    values = dict(zip((one.name for one in fields(Told)), row, strict=True))
    times = {name: None if values[name] is None else from_micros(values[name]) for name in TIMES}
    return Told(**(values | times))
