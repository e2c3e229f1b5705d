"""What matching found, kept in a file of the workspace: proposals, and the pairs that it joined.

The same for every graph store. Proposals are the newest model's alone. A joined pair is never taken out: it holds from
one change of this book until another, so that a run can say which changes it has obeyed, and the next one what came
since.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knotwork_graph.facts.database import DURABLE, Database
from knotwork_graph.model import from_micros, to_micros

NAME = "matching.db"
TABLES = (
    """CREATE TABLE IF NOT EXISTS models (
        number INTEGER PRIMARY KEY, version TEXT NOT NULL, at INTEGER NOT NULL, run INTEGER NOT NULL,
        records INTEGER NOT NULL, model TEXT NOT NULL, report TEXT NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS proposals (
        a TEXT NOT NULL, b TEXT NOT NULL, score REAL NOT NULL, weight REAL NOT NULL, band TEXT NOT NULL,
        evidence TEXT NOT NULL, model INTEGER NOT NULL, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS matched (
        a TEXT NOT NULL, b TEXT NOT NULL, score REAL NOT NULL, model TEXT NOT NULL,
        since INTEGER NOT NULL, until INTEGER NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS adopted (
        event INTEGER PRIMARY KEY, key TEXT NOT NULL, score REAL NOT NULL, model TEXT NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS households (
        key TEXT PRIMARY KEY, household TEXT NOT NULL, shares TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS household_of ON households (household)",
    "CREATE INDEX IF NOT EXISTS matched_a ON matched (a) WHERE until = 0",
    "CREATE INDEX IF NOT EXISTS matched_b ON matched (b) WHERE until = 0",
    "CREATE INDEX IF NOT EXISTS matched_since ON matched (since)",
    "CREATE INDEX IF NOT EXISTS matched_until ON matched (until)",
    "CREATE INDEX IF NOT EXISTS proposals_b ON proposals (b)",
    "CREATE INDEX IF NOT EXISTS proposals_model ON proposals (model)",
    # what stood in the book when the model of this number came; a model of everybody begins anew
    """CREATE TABLE IF NOT EXISTS withdrawn (
        a TEXT NOT NULL, b TEXT NOT NULL, model INTEGER NOT NULL, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS renewed (times INTEGER NOT NULL) STRICT",
    "INSERT INTO renewed SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM renewed)",
    "CREATE TABLE IF NOT EXISTS book (change INTEGER NOT NULL) STRICT",
    "INSERT INTO book SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM book)",
)
CHANGE = "SELECT change FROM book"
NEXT = "UPDATE book SET change = change + 1"
MATCHED = "SELECT a, b, score, model FROM matched WHERE until = 0 ORDER BY a, b"
AMONG = """
SELECT m.a, m.b, m.score, m.model FROM json_each(?) AS k JOIN matched AS m ON m.a = k.value WHERE m.until = 0
UNION SELECT m.a, m.b, m.score, m.model FROM json_each(?) AS k JOIN matched AS m ON m.b = k.value WHERE m.until = 0
"""
TOUCHED = "SELECT a, b FROM matched WHERE since > ? OR until > ?"
PROPOSED = "SELECT a, b, score, weight, band, evidence, model FROM proposals ORDER BY score DESC, weight DESC, a, b"
PROPOSED_NEAR = """
WITH near AS MATERIALIZED (SELECT value FROM json_each(?1))
SELECT a, b, score, weight, band, evidence, model FROM proposals WHERE a IN near
UNION SELECT a, b, score, weight, band, evidence, model FROM proposals WHERE b IN near
UNION SELECT a, b, score, weight, band, evidence, model FROM proposals WHERE model > ?2 ORDER BY 3 DESC, 4 DESC, 1, 2
"""
WITHDRAWN = "SELECT a, b FROM withdrawn WHERE model > ? ORDER BY a, b"
LATEST = "SELECT coalesce(max(number), 0) FROM models"
RENEWED = "SELECT times FROM renewed"
RENEW = "UPDATE renewed SET times = times + 1"
JOINED_SINCE = "SELECT a, b, score, model FROM matched WHERE since > ? AND until = 0 ORDER BY a, b"
PARTED_SINCE = "SELECT a, b FROM matched WHERE until > ?"
PROPOSED_AMONG = """
SELECT p.a, p.b FROM json_each(?) AS k JOIN proposals AS p ON p.a = k.value
WHERE p.b IN (SELECT value FROM json_each(?))
"""
NAMED = """
SELECT a FROM proposals UNION SELECT b FROM proposals UNION SELECT a FROM withdrawn UNION SELECT b FROM withdrawn
UNION SELECT a FROM matched UNION SELECT b FROM matched UNION SELECT key FROM adopted
"""
LAST = "SELECT number, version, at, run, records, model, report FROM models ORDER BY number DESC LIMIT 1"
KEEP_MODEL = "INSERT INTO models (version, at, run, records, model, report) VALUES (?, ?, ?, ?, ?, ?)"
ABOUT = "WITH about AS MATERIALIZED (SELECT value FROM json_each(?1))"
PAST = f"""
{ABOUT} INSERT OR REPLACE INTO withdrawn
SELECT a, b, ?2 FROM proposals WHERE a IN about UNION SELECT a, b, ?2 FROM proposals WHERE b IN about
"""
WITHDRAW = tuple(f"{ABOUT} DELETE FROM proposals WHERE {end} IN about" for end in "ab")
LOOKED = "UPDATE models SET run = ? WHERE number = (SELECT max(number) FROM models)"
PROPOSE = "INSERT OR REPLACE INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?)"
ADOPTED = "SELECT event, key, score, model FROM adopted ORDER BY event"
ADOPTED_AMONG = """
SELECT event, key, score, model FROM adopted WHERE event IN (SELECT value FROM json_each(?)) ORDER BY event
"""
LIVING = "SELECT key, household, shares FROM households ORDER BY household, key"
LIVING_WITH = """
SELECT key, household, shares FROM households WHERE household IN (
    SELECT household FROM households WHERE key IN (SELECT value FROM json_each(?))) ORDER BY household, key
"""
LIVE = "INSERT OR REPLACE INTO households VALUES (?, ?, ?)"
ADOPT = "INSERT OR REPLACE INTO adopted VALUES (?, ?, ?, ?)"
JOIN = "INSERT INTO matched VALUES (?, ?, ?, ?, ?, 0)"
PART = "UPDATE matched SET until = ? WHERE until = 0 AND a = ? AND b = ?"


@dataclass(frozen=True, slots=True)
class Matched:
    """Two identifier keys that a model holds for one person's, the smaller first, with the probability of it."""

    a: str
    b: str
    score: float
    model: str

    def __post_init__(self) -> None:
        if self.a >= self.b:
            raise ValueError("a matched pair has two keys, the smaller first")


@dataclass(frozen=True, slots=True)
class Adopted:
    """An event (its id in the log) that bears no usable identifier, and the key of whom a model holds it for."""

    event: int
    key: str
    score: float
    model: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair put before a person: an identifier key of each side, probability, weight in bits, band, and evidence.

    ``evidence`` is JSON: ``prior``, ``total`` and a list ``steps`` of ``trait``, ``words`` and ``weight`` (bits).
    ``model`` is the number of the kept model.
    """

    a: str
    b: str
    score: float
    weight: float
    band: str
    evidence: str
    model: int = 0


@dataclass(frozen=True, slots=True)
class Living:
    """Somebody (by an identifier key) in a household, named by its smallest key, and what they share beside a home."""

    key: str
    household: str
    shares: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a model found: proposals, the pairs it joins, the events it gives to somebody, and who lives together."""

    proposals: Sequence[Proposal] = ()
    matched: Sequence[Matched] = ()
    adopted: Sequence[Adopted] = ()
    living: Sequence[Living] = ()


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model as it was used: over which run's customers, how many records, its weights and its report (JSON each)."""

    version: str
    at: datetime
    run: int
    records: int
    model: str
    report: str
    number: int = 0


class MatchBook:
    """The book at ``path``. Reading never makes the file; each verb that writes is one transaction."""

    def __init__(self, path: Path) -> None:
        self._file = Database(path, "renewed", TABLES, (*DURABLE, "PRAGMA secure_delete = ON"))
        self.shelf = path.parent / "scratch" / "matching"
        """The folder of what new records are compared with; made again when it is missing, and gone with the model."""

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()

    def change(self) -> int:
        """The number of the last change of joined pairs; 0 before the first."""
        return int(self._one(CHANGE, 0))

    def matched(self) -> tuple[Matched, ...]:
        """The pairs that are joined now, by their keys; O(pairs)."""
        return tuple(Matched(*row) for row in self._rows(MATCHED))

    def among(self, keys: Iterable[str]) -> tuple[Matched, ...]:
        """The pairs that are joined now and have one of ``keys``; O(keys) look-ups."""
        wanted = json.dumps(sorted(keys))
        return tuple(Matched(*row) for row in self._rows(AMONG, (wanted, wanted)))

    def touched(self, after: int) -> frozenset[str]:
        """The keys of the pairs that were joined or parted since the change ``after``."""
        return frozenset(key for row in self._rows(TOUCHED, (after, after)) for key in row)

    def proposals(self) -> tuple[Proposal, ...]:
        """What is proposed now, the likeliest first; O(proposals)."""
        return tuple(Proposal(*row) for row in self._rows(PROPOSED))

    def near(self, keys: Iterable[str], after: int) -> tuple[Proposal, ...]:
        """The proposals that have one of ``keys``, and those of models after that number; the likeliest first.

        O(keys and proposals found).
        """
        return tuple(Proposal(*row) for row in self._rows(PROPOSED_NEAR, (json.dumps(sorted(keys)), after)))

    def withdrawn(self, after: int) -> frozenset[tuple[str, str]]:
        """The pairs (a, b) that models after that number took out, to propose them again or not.

        What went when the book was ``renewed`` is not told.
        """
        return frozenset((a, b) for a, b in self._rows(WITHDRAWN, (after,)))

    def latest(self) -> int:
        """The number of the last model; 0 before the first."""
        return int(self._one(LATEST, 0))

    def renewed(self) -> int:
        """How often all was replaced at once, by a model of everybody, or pairs went without a trace."""
        return int(self._one(RENEWED, 0))

    def joined_since(self, change: int) -> tuple[Matched, ...]:
        """The pairs that are joined now, and were joined after a change of the book; O(these)."""
        return tuple(Matched(*row) for row in self._rows(JOINED_SINCE, (change,)))

    def parted_since(self, change: int) -> frozenset[tuple[str, str]]:
        """The pairs (a, b) that were parted after a change of the book, and maybe joined again; O(these)."""
        return frozenset((a, b) for a, b in self._rows(PARTED_SINCE, (change,)))

    def proposed_among(self, keys: Iterable[str]) -> frozenset[tuple[str, str]]:
        """The proposals (a, b) that have both of their sides in ``keys``; O(keys) look-ups."""
        wanted = json.dumps(sorted(keys))
        return frozenset((a, b) for a, b in self._rows(PROPOSED_AMONG, (wanted, wanted)))

    def named(self) -> frozenset[str]:
        """Every key that the book names, now or ever; for an erasure."""
        return frozenset(key for (key,) in self._rows(NAMED))

    def model(self) -> KeptModel | None:
        """The last model, or None where nothing was ever matched."""
        found = self._rows(LAST)
        if not found:
            return None
        number, version, at, run, records, model, report = found[0]
        return KeptModel(version, from_micros(at), run, records, model, report, number)

    def adopted(self) -> tuple[Adopted, ...]:
        """The events that the model gave to somebody, by their ids."""
        return tuple(Adopted(*row) for row in self._rows(ADOPTED))

    def adopted_among(self, events: Sequence[int]) -> tuple[Adopted, ...]:
        """Those of some events (ids) that the model gave to somebody; a look-up each."""
        return tuple(Adopted(*row) for row in self._rows(ADOPTED_AMONG, (json.dumps(list(events)),)))

    def living(self) -> tuple[Living, ...]:
        """Everybody who lives with somebody, by household."""
        return tuple(Living(*row) for row in self._rows(LIVING))

    def living_with(self, keys: Iterable[str]) -> tuple[Living, ...]:
        """Everybody in the households of the identifiers ``keys``, themselves too; a look-up each."""
        return tuple(Living(*row) for row in self._rows(LIVING_WITH, (json.dumps(sorted(keys)),)))

    def replace(self, model: KeptModel, found: Findings) -> int:
        """Let ``model`` and what it found stand instead of all before; the number that the model is kept under."""
        with self._file.writing() as connection:
            number = _keep(connection, model)
            for table in ("proposals", "adopted", "households", "withdrawn"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute(RENEW)
            connection.executemany(LIVE, [(one.key, one.household, one.shares) for one in found.living])
            _propose(connection, found, number)
            _join(connection, {(one.a, one.b): one for one in found.matched}, only=None)
        return number

    def refresh(self, model: KeptModel, about: frozenset[str], found: Findings) -> int:
        """The same for the pairs alone that have one of the keys ``about``; all others stay."""
        with self._file.writing() as connection:
            number = _keep(connection, model)
            some = json.dumps(sorted(about))
            connection.execute(PAST, (some, number))
            for statement in WITHDRAW:
                connection.execute(statement, (some,))
            _propose(connection, found, number)
            _join(connection, {(one.a, one.b): one for one in found.matched}, only=about)
        return number

    def looked(self, run: int) -> None:
        """Keep that the last model has looked as far as ``run``."""
        with self._file.writing() as connection:
            connection.execute(LOOKED, (run,))

    def drop(self) -> int:
        """Take back the model: no proposals, and no pair is joined. How many pairs were."""
        shutil.rmtree(self.shelf, ignore_errors=True)
        with self._file.writing() as connection:
            connection.execute("DELETE FROM proposals")
            connection.execute("DELETE FROM adopted")
            connection.execute(RENEW)
            before = len(connection.execute(MATCHED).fetchall())
            _join(connection, {}, only=None)
        return before

    def forget(self, keys: Iterable[str]) -> None:
        """Take out every row that names one of ``keys``, ended ones too: for erasure, which leaves no trace.

        What stands on the shelf goes whole: it has values too, of people whom no row here names.
        """
        shutil.rmtree(self.shelf, ignore_errors=True)
        gone = [(key, key) for key in keys]
        with self._file.writing() as connection:
            connection.executemany("DELETE FROM proposals WHERE a = ? OR b = ?", gone)
            connection.executemany("DELETE FROM withdrawn WHERE a = ? OR b = ?", gone)
            connection.execute(RENEW)
            connection.executemany("DELETE FROM matched WHERE a = ? OR b = ?", gone)
            connection.executemany("DELETE FROM households WHERE key = ? OR household = ?", gone)
            connection.executemany("DELETE FROM adopted WHERE key = ? OR key = ?", gone)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        if not self._there():
            return []
        with self._file.reading() as connection:
            if connection is None:
                return []
            with closing(connection.execute(statement, values)) as cursor:
                return cursor.fetchall()

    def _there(self) -> bool:
        """Whether there is a book; one that an older version made is brought up to date."""
        if not self._file.path.exists():
            return False
        with self._file.reading() as connection:
            made = connection is not None
        if not made:
            with self._file.writing():
                pass
        return True

    def _one(self, statement: str, default: int) -> int:
        rows = self._rows(statement)
        return int(rows[0][0]) if rows else default


def _keep(connection: sqlite3.Connection, model: KeptModel) -> int:
    said = (model.version, to_micros(model.at), model.run, model.records, model.model, model.report)
    return int(connection.execute(KEEP_MODEL, said).lastrowid or 0)


def _propose(connection: sqlite3.Connection, found: Findings, number: int) -> None:
    """Keep the proposals and the adopted events."""
    rows = ((one.a, one.b, one.score, one.weight, one.band, one.evidence, number) for one in found.proposals)
    connection.executemany(PROPOSE, rows)
    connection.executemany(ADOPT, [(one.event, one.key, one.score, one.model) for one in found.adopted])


def _join(connection: sqlite3.Connection, wanted: dict[tuple[str, str], Matched], only: frozenset[str] | None) -> None:
    """Join what is ``wanted``; part what is not any more (of the keys ``only``), or not with this score and model."""
    held = {(row[0], row[1]): Matched(*row) for row in connection.execute(MATCHED)}
    about = held.keys() if only is None else {pair for pair in held if pair[0] in only or pair[1] in only}
    gone = sorted(pair for pair in about if wanted.get(pair) != held[pair])
    new = sorted(pair for pair, one in wanted.items() if held.get(pair) != one)
    if not gone and not new:
        return
    connection.execute(NEXT)
    (change,) = connection.execute(CHANGE).fetchone()
    connection.executemany(PART, [(change, a, b) for a, b in gone])
    rows = [wanted[pair] for pair in new]
    connection.executemany(JOIN, [(one.a, one.b, one.score, one.model, change) for one in rows])
