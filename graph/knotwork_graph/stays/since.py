"""What became of stays since everybody was last looked at: a small file beside what was found then.

``entered``: stays that began since and hold on; ``ended``: stays that ended since, whenever they began; ``due``: when
time alone next changes what is said of a customer who was looked at since, NULL for never.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knotwork_graph.facts.database import CACHE, Database
from knotwork_graph.facts.disk import disk_errors

TABLES = (
    """CREATE TABLE IF NOT EXISTS follows (
        run INTEGER NOT NULL, base INTEGER NOT NULL, upto INTEGER NOT NULL, at INTEGER NOT NULL,
        rules TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS entered (
        customer INTEGER NOT NULL, segment TEXT NOT NULL, entered_at INTEGER NOT NULL, entered_run INTEGER NOT NULL,
        PRIMARY KEY (customer, segment)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS ended (
        customer INTEGER NOT NULL, segment TEXT NOT NULL, entered_at INTEGER NOT NULL, entered_run INTEGER NOT NULL,
        left_at INTEGER NOT NULL, left_run INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ended_customer ON ended (customer, segment)",
    "CREATE TABLE IF NOT EXISTS due (customer INTEGER PRIMARY KEY, at INTEGER)",
    "CREATE INDEX IF NOT EXISTS due_at ON due (at)",
)
IN = " IN (SELECT value FROM json_each(?))"
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Upto:
    """How far stays are told: the ``run`` that readers saw, the full run it builds on, its touches up to ``upto``.

    ``at``: the moment (microseconds) at which windows ended; ``rules``: a short name of all rules and settings.
    """

    run: int
    base: int
    upto: int
    at: int
    rules: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One customer's time in one segment; ``left_run`` 0 while it lasts."""

    customer: int
    segment: str
    entered_at: int
    entered_run: int
    left_at: int = 0
    left_run: int = 0


class StaysSince:
    """The file beside one folder. Whoever writes holds the turn of the folders."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = Database(path, "follows", TABLES, CACHE)

    def close(self) -> None:
        """Give back the file."""
        self._file.close()

    def upto(self) -> Upto | None:
        """How far it tells; None for a new file."""
        rows = self._rows("SELECT run, base, upto, at, rules FROM follows")
        return Upto(*rows[0]) if rows else None

    def entered(self, customers: Sequence[int] | None = None) -> Rows:
        """(customer, segment, entered_at, entered_run) of stays that began since, of some customers or of all."""
        return self._of("SELECT * FROM entered", customers)

    def ended(self, customers: Sequence[int] | None = None) -> Rows:
        """The same, with left_at and left_run, of stays that ended since."""
        return self._of("SELECT * FROM ended", customers)

    def due(self) -> Rows:
        """(customer, at) of all customers that were looked at since."""
        return self._rows("SELECT customer, at FROM due")

    def move(
        self, came: Iterable[Stay], went: Iterable[Stay], due: Iterable[tuple[int, int | None]], upto: Upto
    ) -> None:
        """Tell of stays that began and that ended, and how far all is told now; all of it happens, or nothing."""
        gone = [_whole(one) for one in went]
        with disk_errors(self.path.parent), self._file.writing() as connection:
            connection.executemany("INSERT INTO ended VALUES (?, ?, ?, ?, ?, ?)", gone)
            keys = [one[:2] for one in gone]
            connection.executemany("DELETE FROM entered WHERE customer = ? AND segment = ?", keys)
            connection.executemany("INSERT INTO entered VALUES (?, ?, ?, ?)", [_whole(one)[:4] for one in came])
            connection.executemany("INSERT OR REPLACE INTO due VALUES (?, ?)", due)
            connection.execute("DELETE FROM follows")
            row = (upto.run, upto.base, upto.upto, upto.at, upto.rules)
            connection.execute("INSERT INTO follows VALUES (?, ?, ?, ?, ?)", row)

    def _of(self, query: str, customers: Sequence[int] | None) -> Rows:
        if customers is None:
            return self._rows(query)
        return self._rows(query + " WHERE customer" + IN, json.dumps(customers))

    def _rows(self, query: str, *bound: Any) -> Rows:
        with disk_errors(self.path.parent), self._file.reading() as connection:
            return connection.execute(query, bound).fetchall() if connection else []


def _whole(one: Stay) -> tuple[int, str, int, int, int, int]:
    return one.customer, one.segment, one.entered_at, one.entered_run, one.left_at, one.left_run
