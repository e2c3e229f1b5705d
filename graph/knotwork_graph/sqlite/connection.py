"""The connections of a graph's file: one for rows in bulk, which writes, and one for look-ups."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from knotwork_graph.errors import StoreError
from knotwork_graph.sqlite.driver import Connection
from knotwork_graph.sqlite.schema import MIGRATIONS, TABLES, VERSION

if TYPE_CHECKING:
    import pyarrow as pa

PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-65536",
    "PRAGMA wal_autocheckpoint=8000",  # as in facts/database.py, and for the same reason
)
REVISION = "PRAGMA data_version"
FEW = 500


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
                bulk.labour(statement)
        bulk.execute(f"PRAGMA user_version={VERSION}")
        bulk.execute("COMMIT")
    except BaseException:  # whatever it was goes on up
        with suppress(StoreError):
            bulk.execute("ROLLBACK")
        raise


class Bulk:
    """A connection for rows in bulk, as Arrow tables; a ``transaction`` happens all or not at all.

    ``codes`` holds what was read of the tables of names, which are only ever added to. ``held`` is the number of the
    open transaction, 0 for none: while there is one, nobody else writes. Threads take turns.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.codes: dict[str, dict[str, int]] = {}
        self._opened: Connection | None = None
        self._turn = RLock()
        self._undone = False
        self._begun, self._closed = 0, 0
        self.held = 0
        self._last: Callable[[], None] | None = None
        self._others = (0, 0)

    @property
    def _connection(self) -> Connection:
        if self._opened is None:
            self._opened = Connection(self._path)
            for pragma in PRAGMAS:
                self._opened.execute(pragma)
        return self._opened

    def close(self) -> None:
        """Give back the file; whatever was not committed is gone."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
            self.codes = {}
            self._closed += 1

    def version(self) -> int:
        """The version of the schema that the file has, 0 for a new one."""
        return int(self.rows("SELECT user_version FROM pragma_user_version")[0][0])

    def others(self) -> tuple[int, int]:
        """What changes whenever another writes to the file, and when what was written here is undone; microseconds."""
        with self._turn:
            if not self.held or self._others[0] != self.held:
                self._others = self.held, int(self.rows(REVISION)[0][0])
            return self._closed, self._others[1]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside happens, or nothing of it. One inside another is a part of that."""
        with self._turn:
            if self.held:
                with self._part():
                    yield
                return
            self._connection.change("BEGIN IMMEDIATE")
            self._begun += 1
            self.held = self._begun
            try:
                yield
                self._commit()
            except BaseException:  # whatever it was goes on up
                with suppress(StoreError):  # the first failure is the one to tell of
                    self._connection.change("ROLLBACK")
                self.close()  # and should rolling back fail too, closing does it
                raise
            finally:
                self.held, self._undone, self._last = 0, False, None

    def at_last(self, write: Callable[[], None]) -> None:
        """Let ``write`` be the last thing that the open transaction does; one for each."""
        self._last = write

    @contextmanager
    def _part(self) -> Iterator[None]:
        """What fails inside lets the whole transaction fail, whoever hears of it first."""
        try:
            yield
        except BaseException:  # whatever it was goes on up
            self._undone = True
            raise

    def _commit(self) -> None:
        if self._undone:
            raise StoreError(f"a part of what was to be written to {self._path.name} failed, so nothing of it was.")
        if self._last is not None:
            self._last()
        self._connection.change("COMMIT")

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement that is soon done; its rows, if any, are thrown away."""
        with self._turn:
            self._connection.change(statement, parameters)

    def execute_each(self, statement: str, rows: pa.Table) -> None:
        """Run one statement for each of ``rows``, whose columns are its values."""
        with self._turn:
            self._connection.change_each(statement, rows)

    def labour(self, statement: str) -> None:
        """Run one statement that may take long, and that Ctrl-C breaks off."""
        with self._turn:
            self._connection.execute(statement)

    def fetch(self, statement: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The rows of a query."""
        with self._turn:
            return self._connection.table(statement, parameters)

    def fetch_each(self, statement: str, rows: pa.Table) -> pa.Table:
        """What a statement that writes returns for each of ``rows`` (one at least), whose columns are its values."""
        with self._turn:
            return self._connection.table_of_each(statement, rows)

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The few rows of a query, as Python's values."""
        with self._turn:
            return self._connection.rows(statement, parameters)

    def append(self, table: str, rows: pa.Table) -> None:
        """Add ``rows`` to a table whose columns bear the same names."""
        if len(rows) > FEW:
            with self._turn:
                self._connection.ingest(table, rows, mode="append")
        else:
            names, slots = ", ".join(rows.column_names), ", ".join("?" * rows.num_columns)
            self.execute_each(f"INSERT INTO {table} ({names}) VALUES ({slots})", rows)

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
        with self._turn:
            self._connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
            self._connection.ingest(name, rows, mode="create", temporary=True)


@dataclass(frozen=True, slots=True)
class Given:
    """Rows handed to a statement: what stands for them after FROM, and the text to bind as ?1, empty for a table."""

    source: str
    text: str = ""


class Lookup:
    """A connection for look-ups, which cannot write. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = Connection(path)
        for pragma in (PRAGMAS[0], "PRAGMA query_only=1"):
            self._connection.execute(pragma)

    def rows(self, query: str, bound: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query whose ``:name`` parameters are ``bound``. A column's type is that of its first rows."""
        return self._connection.rows(query, bound or ())

    def one(self, query: str, bound: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
        """The first row of a query, or None where there is none."""
        return next(iter(self.rows(query, bound)), None)

    def parts(self, query: str, *bound: Any) -> Iterator[pa.RecordBatch]:
        """The rows of a query some thousands at a time, its ``?`` parameters ``bound``; alone on the connection."""
        return self._connection.parts(query, bound)

    def revision(self) -> int:
        """What changes whenever anybody writes to the file; some 15 microseconds."""
        return int(self.rows(REVISION)[0][0])

    def close(self) -> None:
        """Give back the file; being forgotten does the same."""
        self._connection.close()
