"""The one module that names SQLite's drivers: ``sqlite3`` for single look-ups, ADBC for rows in bulk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_graph.errors import DiskFullError, StoreError, WorkspaceBusyError
from knotwork_graph.sqlite.schema import MIGRATIONS, TABLES, VERSION

if TYPE_CHECKING:
    import pyarrow as pa

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
)


def prepare(path: Path) -> None:
    """Make the file with its tables, or bring an older one up to date; nothing to do costs one look."""
    with translated(path), closing(sqlite3.connect(path, timeout=10.0, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if found > VERSION:
            raise StoreError(f"{path.name} was written by a newer Knotwork (schema {found}). Upgrade to read it.")
        steps = [TABLES] if found == 0 else [MIGRATIONS[step] for step in range(found, VERSION)]
        if steps:
            connection.executescript(f"BEGIN;{''.join(steps)}PRAGMA user_version={VERSION};COMMIT;")


def reader(path: Path) -> sqlite3.Connection:
    """A connection for look-ups that can be used from any thread, one at a time; it cannot write."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10.0, check_same_thread=False)
    connection.execute("PRAGMA query_only=1")
    return connection


@contextmanager
def closing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The connection, closed in the end."""
    try:
        yield connection
    finally:
        connection.close()


class Bulk:
    """A connection for rows in bulk, as Arrow tables; a ``transaction`` happens all or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: Any = None

    @property
    def _connection(self) -> Any:
        if self._opened is None:
            import adbc_driver_sqlite.dbapi as adbc

            with translated(self._path):
                self._opened = adbc.connect(str(self._path), autocommit=True)
                for pragma in PRAGMAS:
                    self.execute(pragma)
        return self._opened

    def close(self) -> None:
        """Give back the file; whatever was not committed is gone."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside happens, or nothing of it."""
        # the connection was opened with autocommit, so its own commit and rollback do nothing: the handle's are meant
        handle = self._connection.adbc_connection
        with translated(self._path):
            handle.set_autocommit(False)
            try:
                yield
                handle.commit()
            except BaseException:
                with suppress(Exception):  # the first failure is the one to tell of
                    handle.rollback()
                self.close()  # and should rolling back fail too, closing does it
                raise
            handle.set_autocommit(True)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement; its rows, if any, are thrown away."""
        with translated(self._path), self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(parameters) or None)

    def fetch(self, statement: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The rows of a query."""
        with translated(self._path), self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(parameters) or None)
            return cursor.fetch_arrow_table()

    def append(self, table: str, rows: pa.Table) -> None:
        """Add ``rows`` to a table whose columns bear the same names."""
        with translated(self._path), self._connection.cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode="append")

    def scratch(self, name: str, rows: pa.Table) -> None:
        """A temporary table of this connection, replacing one of the same name."""
        with translated(self._path), self._connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")
            cursor.adbc_ingest(name, rows, mode="create", temporary=True)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the drivers raise into errors for people."""
    import adbc_driver_manager as manager

    try:
        yield
    except (sqlite3.Error, manager.Error) as error:
        words = str(error).lower()
        if "full" in words or "no space" in words:
            raise DiskFullError(f"the disk that holds {path.name} is full. Free some room and run it again.") from error
        if "locked" in words or "busy" in words:
            raise WorkspaceBusyError("another process") from error
        raise StoreError(f"the graph file {path.name} refused a statement: {error}") from error
