"""What was answered to whom under which key, so that a request sent twice is done once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from time import time
from typing import Any, TypeVar

from knotwork_graph.errors import StoreError, UsageError

T = TypeVar("T")
LONGEST = 100
KEPT = 7 * 86_400
"""Seconds for which an answer is remembered."""
UNDER_WAY = 600
"""Seconds after which a request that never ended, since its server did, may be tried again."""
TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    caller TEXT NOT NULL, key TEXT NOT NULL, asked BLOB NOT NULL, answer TEXT, at REAL NOT NULL,
    PRIMARY KEY (caller, key)
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: who sent it, under which key (empty: none, done each time), and all that it says."""

    caller: str
    key: str
    asked: str

    def __post_init__(self) -> None:
        if len(self.key) > LONGEST or not self.key.isprintable():
            raise UsageError(f"an idempotency key is a text of at most {LONGEST} characters, such as a UUID.")


class Answers:
    """Remembers answers in a small database of its own; safe to use from several threads and processes."""

    def __init__(self, path: Path, now: Callable[[], float] = time) -> None:
        self._path = path
        self._now = now
        self._turn = Lock()
        self._opened: sqlite3.Connection | None = None

    def once(self, sent: Sent, do: Callable[[], T], kind: type[T]) -> T:
        """What ``do`` gives, a frozen value of ``kind``; of a request that was answered before, the same answer again.

        What ``do`` raises is not remembered: nothing came of it. Raises ``UsageError`` for a key that another request
        was sent under, or whose request is still under way.
        """
        if not sent.key:
            return do()
        from pydantic import TypeAdapter

        adapter: TypeAdapter[T] = TypeAdapter(kind)
        known = self._begin(sent)
        if known is not None:
            return adapter.validate_json(known)
        try:
            made = do()
        except BaseException:  # whatever it was goes on up, and the same request may be sent again
            self._run("DELETE FROM answers WHERE caller = ? AND key = ?", sent.caller, sent.key)
            raise
        text = adapter.dump_json(made).decode()
        self._run("UPDATE answers SET answer = ? WHERE caller = ? AND key = ?", text, sent.caller, sent.key)
        return made

    def forget(self) -> None:
        """Forget every answer: they can name what was erased."""
        self._run("DELETE FROM answers")
        self._run("VACUUM")

    def close(self) -> None:
        """Give back the file."""
        with self._turn:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _begin(self, sent: Sent) -> str | None:
        """The answer that was given before, or None, and the key is taken now."""
        asked, now = sha256(sent.asked.encode()).digest(), self._now()
        with self._writing() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM answers WHERE at < ?", (now - KEPT,))
            database.execute("DELETE FROM answers WHERE answer IS NULL AND at < ?", (now - UNDER_WAY,))
            query = "SELECT asked, answer FROM answers WHERE caller = ? AND key = ?"
            row = database.execute(query, (sent.caller, sent.key)).fetchone()
            if row is None:
                new = (sent.caller, sent.key, asked, now)
                database.execute("INSERT INTO answers (caller, key, asked, at) VALUES (?, ?, ?, ?)", new)
                return None
        if row[0] != asked:
            raise UsageError("another request was sent under this idempotency key. Use a new key for a new request.")
        if row[1] is None:
            raise UsageError("the request with this idempotency key is still under way. Ask again when it has ended.")
        return str(row[1])

    def _run(self, statement: str, *bound: Any) -> None:
        with self._writing() as database:
            database.execute(statement, bound)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                if self._opened is None:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._opened = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
                    self._opened.execute(TABLE)
                with self._opened:
                    yield self._opened
            except sqlite3.Error as error:
                raise StoreError(f"{self._path.name} cannot be read or written: {error}.") from error
