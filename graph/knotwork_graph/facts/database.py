"""A small SQLite file of ours: opened when it is first needed, kept open, used by one thread at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any
from weakref import finalize

BUSY_MS = 10_000
# the log of writes goes into the file itself every 8,000 pages (32 MB), not every 1,000: whoever commits then waits for
# it, and of single events not one in a hundred may
WAL = ("PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 8000")
DURABLE = (*WAL, "PRAGMA synchronous = FULL")
CACHE = (*WAL, "PRAGMA synchronous = NORMAL")
PLAIN = ("PRAGMA synchronous = FULL",)
KNOWN = "SELECT count(*) FROM sqlite_master WHERE name = ?"


class Database:
    """The file ``path``, made by the first writer with ``statements``, of which the first makes the table ``table``.

    ``DURABLE``: a commit is on the disk itself when it returns, by way of a write-ahead log; ``PLAIN``: the same with a
    single file when nobody writes. ``CACHE``: a power cut may take the last commits (whole ones, and only the last), a
    killed process still loses nothing.
    """

    def __init__(self, path: Path, table: str, statements: Sequence[str], settings: Sequence[str] = DURABLE) -> None:
        self.path = path
        self._table, self._statements, self._settings = table, statements, settings
        self._open: sqlite3.Connection | None = None
        self._end: Callable[[], object] | None = None
        self._made = False
        self._turn = RLock()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The connection, or None where there is nothing to read; never makes the file."""
        with self._turn:
            if self._open is None and not self.path.exists():
                yield None
                return
            connection = self._connected()
            # a writer killed in its very first moment leaves a file without the table
            self._made = self._made or connection.execute(KNOWN, (self._table,)).fetchone() == (1,)
            yield connection if self._made else None

    def first(self, query: str, *bound: Any) -> Any:
        """The first value of the first row of a query, None where there is nothing to read; for what is asked often."""
        with self._turn:
            if self._open is None or not self._made:
                with self.reading() as connection:
                    return None if connection is None else connection.execute(query, bound).fetchone()[0]
            return self._open.execute(query, bound).fetchone()[0]

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection within one transaction, which is kept when the block ends, and undone when it fails."""
        with self._turn:
            connection = self._connected()
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for statement in () if self._made else self._statements:
                    connection.execute(statement)
                yield connection
            self._made = True

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        with self._turn:
            if self._open is not None and self._end is not None:
                self._end()
            self._open, self._made = None, False

    def _connected(self) -> sqlite3.Connection:
        """The one connection: opening costs more than a look-up."""
        if self._open is None:
            # threads take turns here, so that SQLite's check for another thread would only be in the way
            self._open = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._open.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            # whoever forgets to close the file is not punished: it is closed with this object, or with the process
            self._end = finalize(self, self._open.close)
            for setting in self._settings:
                self._open.execute(setting)
        return self._open
