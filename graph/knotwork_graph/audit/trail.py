"""The audit chain on disk: a small file of its own that refuses changes, the same beside either store of the graph."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from knotwork_graph.audit.entry import START, AuditRow, hash_of
from knotwork_graph.facts.database import Database
from knotwork_graph.facts.disk import disk_errors
from knotwork_graph.model import from_micros, to_micros

# numbers are never given out twice, so that rows cut off the end leave a gap
TABLES = (
    """
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,
    what TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT
""",
    "CREATE INDEX IF NOT EXISTS audit_kind ON audit (kind)",
    """
CREATE TRIGGER IF NOT EXISTS audit_unchanged BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'rows of the audit chain are never changed'); END
""",
    """
CREATE TRIGGER IF NOT EXISTS audit_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'rows of the audit chain are never deleted'); END
""",
)
COLUMNS = "number, at, kind, who, what, detail, hash"
LAST = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"
GIVEN_OUT = "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"
ADD = f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
ROWS = f"""
SELECT {COLUMNS} FROM audit WHERE number > :after AND (:kind = '' OR kind = :kind) AND (:who = '' OR who = :who)
ORDER BY number LIMIT :first
"""
NEWEST = f"""
SELECT * FROM (
    SELECT {COLUMNS} FROM audit WHERE (:kind = '' OR kind = :kind) AND (:who = '' OR who = :who)
    ORDER BY number DESC LIMIT :first)
ORDER BY number
"""
CHECK = "PRAGMA integrity_check(1)"
MADE = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
ALL = -1
UNREADABLE = (sqlite3.Error, ValueError, TypeError, OverflowError)
"""What reading a damaged file ends in: no pages, no text, another type, no moment."""


LOST = "no row is left, though runs were published: the file was emptied or taken away"


def never() -> bool:
    """Whether there must have been rows, where nobody knows better."""
    return False


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain breaks: the number of the first row that does not fit, and what is wrong, in words.

    ``readable``: whether the rows can be read all the same.
    """

    number: int
    words: str
    readable: bool = True


class AuditTrail:
    """The chain in ``path``. Reading never makes the file; adding is durable when it returns."""

    def __init__(self, path: Path) -> None:
        self._file = Database(path, "audit", TABLES)
        self._folder = path.parent

    def add(self, kind: str, who: str, what: str, detail: str = "") -> AuditRow:
        """The row that was added."""
        return self.add_all(kind, who, [(what, detail)])[0]

    def add_all(self, kind: str, who: str, things: Sequence[tuple[str, str]]) -> tuple[AuditRow, ...]:
        """A row for each of ``things`` (what, and the detail): one transaction, so any number of processes make one
        chain.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        rows: list[AuditRow] = []
        with disk_errors(self._folder), self._file.writing() as connection:
            found = connection.execute(LAST).fetchone()
            number, previous = (found[0], found[1]) if found else (0, START)
            for place, (what, detail) in enumerate(things, 1):
                row = AuditRow(number + place, datetime.now(UTC), kind, who, what, detail, "")
                rows.append(replace(row, hash=hash_of(previous, row)))
                previous = rows[-1].hash
            told = [(one.number, to_micros(one.at), kind, who, one.what, one.detail, one.hash) for one in rows]
            connection.executemany(ADD, told)
        return tuple(rows)

    def rows(
        self, after: int = 0, first: int = ALL, *, kind: str = "", who: str = "", newest: bool = False
    ) -> tuple[AuditRow, ...]:
        """The ``first`` rows above the number ``after`` (or the ``newest``), by number; of a kind, by a person."""
        asked = {"after": after, "first": first, "kind": kind, "who": who}
        with self._file.reading() as connection:
            found: Sequence[tuple[int, int, str, str, str, str, str]] = (
                connection.execute(NEWEST if newest else ROWS, asked).fetchall() if connection else ()
            )
        return tuple(AuditRow(number, from_micros(at), *rest) for number, at, *rest in found)

    def count(self) -> int:
        """How many numbers were ever given out."""
        with self._file.reading() as connection:
            found = connection.execute(GIVEN_OUT).fetchone() if connection else None
        return int(found[0]) if found else 0

    def broken(self, begun: Callable[[], bool] = never) -> Break | None:
        """Where the chain breaks first, None where it is whole; O(rows).

        So is a file that cannot be read, whose pages do not fit together, or that no longer refuses changes; and one
        without a row, where there must have been some: ``begun`` is asked then, and only then.
        """
        try:
            found = self._broken()
            bare = found is None and self.count() == 0
        except UNREADABLE as error:
            return Break(self._readable(), f"the file cannot be read: {_plain(error)}", readable=False)
        return Break(1, LOST) if bare and begun() else found

    def _broken(self) -> Break | None:
        rows, given = self.rows(), self.count()
        last = rows[-1].number if rows else 0
        ended = Break(last + 1, _gone(last + 1, given)) if given > last else None
        return next(_breaks(rows), ended or self._unsound(last))

    def _unsound(self, last: int) -> Break | None:
        """What is wrong with the file, where every row is as it was written."""
        with self._file.reading() as connection:
            if connection is None:
                return None
            damage = [row[0] for row in connection.execute(CHECK) if row[0] != "ok"]
            made = connection.execute(MADE).fetchall()
        if damage:
            return Break(last + 1, f"the file is damaged behind row {last}: {damage[0]}")
        return Break(last + 1, "the file no longer refuses changes: its rules are others") if made != _rules() else None

    def _readable(self) -> int:
        """The number of the first row that cannot be read."""
        number = 1
        with suppress(*UNREADABLE):
            for row in self._each():
                number = row + 1
        return number

    def _each(self) -> Iterator[int]:
        with self._file.reading() as connection:
            for row in connection.execute(f"SELECT {COLUMNS} FROM audit ORDER BY number") if connection else ():
                yield int(row[0])

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def _rules() -> list[tuple[str, ...]]:
    """The tables and rules of a file as it was made."""
    with closing(sqlite3.connect(":memory:")) as new:
        for statement in TABLES:
            new.execute(statement)
        return new.execute(MADE).fetchall()


def _gone(first: int, last: int) -> str:
    """That rows are gone, from the ``first`` to the ``last``."""
    return f"rows {first:,} to {last:,} are gone" if last > first else f"row {first:,} is gone"


def _plain(error: Exception) -> str:
    """What went wrong; of a text that is none, SQLite's own words stand within the error."""
    words = error.object.decode(errors="replace") if isinstance(error, UnicodeDecodeError) else str(error)
    return words.partition("\n")[0]


def _breaks(rows: Sequence[AuditRow]) -> Iterator[Break]:
    previous = START
    for place, row in enumerate(rows, 1):
        if row.number != place:
            yield Break(place, _gone(place, row.number - 1))
        elif row.hash != hash_of(previous, row):
            yield Break(place, f"row {place} is not as it was written, or the one before it is not")
        previous = row.hash
