"""The one module that names SQLite's driver: ADBC, for rows in bulk as well as for single look-ups.

Python's own ``sqlite3`` must never open the same file: it is another copy of the library, and two copies in one process
drop each other's locks and cut off each other's shared memory (SQLite's "How to corrupt", section 2.2.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import finalize

from knotwork_graph.errors import DiskFullError, StoreError, WorkspaceBusyError
from knotwork_graph.sqlite.schema import MIGRATIONS, TABLES, VERSION

if TYPE_CHECKING:
    import pyarrow as pa

PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-65536",
)
FEW = 500
MOST_STATEMENTS = 64
KEPT = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"})
FULL = ("full", "no space")
BUSY = ("locked", "busy")
CLOSED = "unable to open database file"


def prepare(path: Path) -> None:
    """Make the file with its tables, or bring an older one up to date; nothing to do costs one look."""
    bulk = Bulk(path)
    try:
        if bulk.version() != VERSION:
            _upgrade(bulk, path)
    finally:
        bulk.close()


def _upgrade(bulk: Bulk, path: Path) -> None:
    """Take every step from the file's version to ours, or none of them."""
    bulk.execute("BEGIN IMMEDIATE")  # from here on nobody else can write, so what is read now stays true
    try:
        found = bulk.version()
        if found > VERSION:
            raise StoreError(f"{path.name} was written by a newer Knotwork (schema {found}). Upgrade to read it.")
        steps = [TABLES] if found == 0 else [MIGRATIONS[step] for step in range(found, VERSION)]
        for statement in "".join(steps).split(";"):
            if statement.strip():
                bulk.execute(statement)
        bulk.execute(f"PRAGMA user_version={VERSION}")
        bulk.execute("COMMIT")
    except BaseException:  # whatever it was goes on up
        with suppress(StoreError):
            bulk.execute("ROLLBACK")
        raise


class Statements:
    """The statements of one connection, kept prepared: the same text again costs half as much."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._kept: dict[str, Any] = {}

    @contextmanager
    def __call__(self, text: str) -> Iterator[Any]:
        """A cursor for the statement ``text``. Whoever runs it reads all its rows."""
        cursor = self._kept.pop(text, None) or self._connection.cursor()
        try:
            yield cursor
        except BaseException:  # whatever it was goes on up; the statement may be in any state
            cursor.close()
            raise
        if self._kept.setdefault(text, cursor) is not cursor:  # another thread ran the same text meanwhile
            cursor.close()
        elif len(self._kept) > MOST_STATEMENTS:
            self._kept.pop(next(iter(self._kept))).close()

    def close(self) -> None:
        """Give back the statements, then the connection."""
        for cursor in self._kept.values():
            cursor.close()
        self._kept.clear()
        self._connection.close()


class Bulk:
    """A connection for rows in bulk, as Arrow tables; a ``transaction`` happens all or not at all.

    ``codes`` holds what was read of the tables of names, which are only ever added to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.codes: dict[str, dict[str, int]] = {}
        self._opened: Any = None
        self._turn = RLock()

    @property
    def _connection(self) -> Any:
        if self._opened is None:
            import adbc_driver_sqlite.dbapi as adbc

            with translated(self._path):
                self._opened = adbc.connect(str(self._path), autocommit=True)
                self._statements = Statements(self._opened)
                self._closing = finalize(self, self._statements.close)
                for pragma in PRAGMAS:
                    self.execute(pragma)
        return self._opened

    def close(self) -> None:
        """Give back the file; whatever was not committed is gone."""
        if self._opened is not None:
            self._closing()
            self._opened = None
            self.codes = {}

    def version(self) -> int:
        """The version of the schema that the file has, 0 for a new one."""
        return int(self.fetch("SELECT user_version FROM pragma_user_version")["user_version"][0].as_py())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside happens, or nothing of it."""
        # the connection was opened with autocommit, so its own commit and rollback do nothing: the handle's are meant
        with self._turn, translated(self._path):
            handle = self._connection.adbc_connection
            handle.set_autocommit(False)
            try:
                yield
                handle.commit()
            except BaseException:  # whatever it was goes on up
                with suppress(Exception):  # the first failure is the one to tell of
                    handle.rollback()
                self.close()  # and should rolling back fail too, closing does it
                raise
            handle.set_autocommit(True)

    def _prepared(self, statement: str) -> AbstractContextManager[Any]:
        """A cursor for a statement, kept for the next time where it only reads or writes rows."""
        connection = self._connection
        return self._statements(statement) if statement.split(None, 1)[0] in KEPT else connection.cursor()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A cursor for this thread alone: a connection serves one thread at a time, and a server has several."""
        with self._turn, translated(self._path), self._connection.cursor() as cursor:
            yield cursor

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement; its rows, if any, are thrown away."""
        with self._turn, translated(self._path), self._prepared(statement) as cursor:
            cursor.execute(statement, tuple(parameters) or None)

    def fetch(self, statement: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The rows of a query."""
        with self._turn, translated(self._path), self._prepared(statement) as cursor:
            cursor.execute(statement, tuple(parameters) or None)
            return cursor.fetch_arrow_table()

    def append(self, table: str, rows: pa.Table) -> None:
        """Add ``rows`` to a table whose columns bear the same names."""
        with self._cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode="append")

    def given(self, name: str, rows: pa.Table) -> Given:
        """``rows`` for a statement to read: few as one bound text, which saves making a table of them; many as one."""
        if len(rows) > FEW:
            self.scratch(name, rows)
            return Given(f"temp.{name}")
        columns = ", ".join(
            f"json_extract(value, '$[{place}]') AS {one}" for place, one in enumerate(rows.column_names)
        )
        values = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        return Given(f"(SELECT {columns} FROM json_each(?1))", json.dumps(values))

    def scratch(self, name: str, rows: pa.Table) -> None:
        """A temporary table of this connection, replacing one of the same name."""
        with self._cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")
            cursor.adbc_ingest(name, rows, mode="create", temporary=True)


@dataclass(frozen=True, slots=True)
class Given:
    """Rows handed to a statement: what stands for them after FROM, and the values to bind, its first one among them."""

    source: str
    text: str = ""

    def bound(self, *others: Any) -> tuple[Any, ...]:
        """The values of a statement whose own, if any, are numbered from ?2."""
        return (self.text, *others) if self.text or others else ()


class Lookup:
    """A connection for look-ups, which cannot write. One thread at a time; about 0.2 ms a statement."""

    def __init__(self, path: Path) -> None:
        import adbc_driver_sqlite.dbapi as adbc

        self._path = path
        with translated(path):
            self._statements = Statements(adbc.connect(str(path), autocommit=True))
            self._closing = finalize(self, self._statements.close)
            for pragma in (PRAGMAS[0], "PRAGMA query_only=1"):
                self.rows(pragma)

    def rows(self, query: str, bound: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query whose ``:name`` parameters are ``bound``. A column's type is that of its first rows."""
        named = {f":{name}": value for name, value in (bound or {}).items()}
        with translated(self._path), self._statements(query) as cursor:
            cursor.execute(query, named or None)
            # column by column: the cursor's own rows cost 50 us each
            columns = cursor.fetch_arrow_table().columns
            return list(zip(*(column.to_pylist() for column in columns), strict=True))

    def one(self, query: str, bound: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row of a query, or None where there is none."""
        return next(iter(self.rows(query, bound)), None)

    def close(self) -> None:
        """Give back the file; being forgotten does the same."""
        self._closing()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the driver raises into errors for people."""
    import adbc_driver_manager as manager

    try:
        yield
    except manager.Error as error:
        words = str(error).lower()
        if any(word in words for word in FULL):
            raise DiskFullError(f"the disk that holds {path.name} is full. Free some room and run it again.") from error
        if any(word in words for word in BUSY):
            raise WorkspaceBusyError("another process") from error
        if CLOSED in words:
            raise StoreError(
                f"{path.parent}: the graph file {path.name} cannot be opened. Reading it needs the right to write "
                "beside it too; check the owner of the folder, and that its disk is not read-only."
            ) from error
        raise StoreError(f"the graph file {path.name} refused a statement: {error}") from error
