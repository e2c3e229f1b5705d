"""Access tokens: random, shown once, kept as hashes with their role, end and last use."""

from __future__ import annotations

import hmac
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex, token_urlsafe
from threading import Lock
from typing import Any

from knotwork.access.caller import Caller
from knotwork.access.roles import Role
from knotwork_graph.errors import StoreError, UsageError

PREFIX = "kw"
SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
TABLE = """
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, created TEXT NOT NULL,
    expires TEXT NOT NULL DEFAULT '', last_used TEXT NOT NULL DEFAULT '', revoked TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
"""
COLUMNS = "id, name, role, created, expires, last_used, revoked"
NOTED = timedelta(minutes=1)
"""A use is written down when the last one that was is so long ago: reading must not cost a write each time."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token, but its hash. ``id`` is the part of it that may be shown."""

    id: str
    name: str
    role: Role
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None

    def good(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    @property
    def caller(self) -> Caller:
        """Who comes with it."""
        return Caller(self.name, self.role, f"token {self.id}")


class TokenBook:
    """The tokens of one workspace, in a small database of their own; safe to use from several threads."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now
        self._turn = Lock()
        self._opened: sqlite3.Connection | None = None

    def create(self, name: str, role: Role, lasts: timedelta | None = None) -> tuple[Token, str]:
        """A new token, and its text, which is kept nowhere. Raises ``UsageError`` for a name or time that is none."""
        called = name.strip()
        if not called or len(called) > LONGEST_NAME or not called.isprintable():
            raise UsageError(f"a token needs a name of at most {LONGEST_NAME} characters: whose is it?")
        if lasts is not None and lasts <= timedelta():
            raise UsageError("a token must last longer than nothing. Write 12h or 90d.")
        now = self._now()
        token = Token(token_hex(4), called, role, now, None if lasts is None else now + lasts)
        secret = token_urlsafe(32)
        row = (token.id, digest(secret), called, role.value, stamp(now), stamp(token.expires))
        with self._writing() as database:
            database.execute("INSERT INTO tokens (id, hash, name, role, created, expires) VALUES (?,?,?,?,?,?)", row)
        return token, f"{PREFIX}_{token.id}_{secret}"

    def every(self) -> tuple[Token, ...]:
        """All tokens, revoked ones too, oldest first."""
        return tuple(token_of(row) for row in self._rows(f"SELECT {COLUMNS} FROM tokens ORDER BY created, id"))

    def revoke(self, token: str) -> Token:
        """Let a token, named by its id, open nothing from now on. Raises ``UsageError`` where there is none."""
        found = self._of(token)
        if found is None:
            raise UsageError(f"there is no token {token[:20]}. `knotwork token list` shows those there are.")
        with self._writing() as database:
            database.execute(
                "UPDATE tokens SET revoked = ? WHERE id = ? AND revoked = ''", (stamp(self._now()), found.id)
            )
        return self._of(token) or found

    def caller(self, text: str) -> Caller | None:
        """Who comes with the token ``text``; None where it is wrong, revoked or over. Writes down that it was used."""
        shape = SHAPE.fullmatch(text)
        rows = self._rows(f"SELECT hash, {COLUMNS} FROM tokens WHERE id = ?", shape[1]) if shape else []
        if not shape or not rows or not hmac.compare_digest(rows[0][0], digest(shape[2])):
            return None
        token = token_of(rows[0][1:])
        return self._used(token) if token.good(self._now()) else None

    def caller_by_id(self, token: str) -> Caller | None:
        """Who comes with the token of this id, for whoever has proved that it was shown before."""
        found = self._of(token)
        return self._used(found) if found is not None and found.good(self._now()) else None

    def close(self) -> None:
        """Give back the file."""
        with self._turn:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _used(self, token: Token) -> Caller:
        now = self._now()
        if token.last_used is None or now - token.last_used >= NOTED:
            with self._writing() as database:
                database.execute("UPDATE tokens SET last_used = ? WHERE id = ?", (stamp(now), token.id))
        return token.caller

    def _of(self, token: str) -> Token | None:
        rows = self._rows(f"SELECT {COLUMNS} FROM tokens WHERE id = ?", token)
        return token_of(rows[0]) if rows else None

    def _rows(self, query: str, *bound: str) -> list[tuple[Any, ...]]:
        with self._writing() as database:
            return list(database.execute(query, bound))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The database, for this thread alone; what is written is there when the block ends."""
        with self._turn:
            try:
                if self._opened is None:
                    self._opened = opened(self._path)
                with self._opened:
                    yield self._opened
            except sqlite3.Error as error:
                raise StoreError(f"{self._path.name}: the tokens cannot be read or written: {error}.") from error


def opened(path: Path) -> sqlite3.Connection:
    """The database at ``path`` with its table; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    database = sqlite3.connect(path, timeout=10, check_same_thread=False)
    database.execute(TABLE)
    return database


def digest(secret: str) -> bytes:
    """The hash of a secret of 256 random bits: nothing to be guessed, so one round of SHA-256 is enough."""
    return sha256(secret.encode()).digest()


def token_of(row: tuple[Any, ...]) -> Token:
    """The token of a row."""
    name, role, *times = row[1:]
    created, expires, last_used, revoked = (moment(one) for one in times)
    return Token(row[0], name, Role(role), created or datetime.min.replace(tzinfo=UTC), expires, last_used, revoked)


def stamp(at: datetime | None) -> str:
    """A moment as it is kept; nothing for none."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def moment(text: str) -> datetime | None:
    """The moment of a stamp."""
    return datetime.fromisoformat(text) if text else None
