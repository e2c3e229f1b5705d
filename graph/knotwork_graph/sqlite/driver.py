"""The one module that names SQLite's driver: ADBC, for rows in bulk as well as for single look-ups.

Python's own ``sqlite3`` must never open the same file: it is another copy of the library, and two copies in one process
drop each other's locks and cut off each other's shared memory (SQLite's "How to corrupt", section 2.2.1).

Statements are run by the driver's own handles. Its cursors do the same with a wrapper around every step, and cost three
times as much for a few rows; they are kept for what may take long, since they heed Ctrl-C amid a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

from knotwork_graph.errors import DiskFullError, KnotworkError, StoreError, WorkspaceBusyError

if TYPE_CHECKING:
    import pyarrow as pa

Values = Sequence[Any] | Mapping[str, Any]
MOST_STATEMENTS = 96
PIECE = 20_000
BY_NAME = {"adbc.statement.bind_by_name": "true"}
ROWS = {"adbc.sqlite.query.batch_rows": "16384"}
FULL = ("full", "no space")
BUSY = ("locked", "busy")
CLOSED = "unable to open database file"


class Connection:
    """An open file, for one thread at a time. Statements are kept prepared: the same text again costs less.

    Every verb raises ``DiskFullError``, ``WorkspaceBusyError`` or another ``StoreError`` where the file refuses it.
    """

    def __init__(self, path: Path) -> None:
        import adbc_driver_sqlite.dbapi as adbc

        self._path = path
        self._statements: dict[str, Statement] = {}
        with translated(path):
            self._opened = adbc.connect(str(path), autocommit=True)
        self.close = finalize(self, _close, self._statements, self._opened)

    def rows(self, text: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement as Python's values. A column's type is that of its first rows."""
        columns = self.table(text, values).columns
        return list(zip(*(column.to_pylist() for column in columns), strict=True))

    def table(self, text: str, values: Values = ()) -> pa.Table:
        """The rows of a statement, some 60 microseconds for few. ``values`` are bound by place, or by their names."""
        return self._run(text, values, Statement.read)

    def table_of_each(self, text: str, given: pa.Table) -> pa.Table:
        """What a statement returns for each row of ``given`` (one at least), whose columns are its values, in order."""
        return self._run(text, given, Statement.read_each)

    def change(self, text: str, values: Values = ()) -> None:
        """Run a statement that writes, and is soon done."""
        self._run(text, values, Statement.write)

    def change_each(self, text: str, given: pa.Table) -> None:
        """Run a statement that writes for each row of ``given``, whose columns are its values."""
        self._run(text, given, Statement.write_each)

    def parts(self, text: str, values: Values = ()) -> Iterator[pa.RecordBatch]:
        """The rows of a statement, some thousands at a time; nothing else is run on the connection until they end."""
        with translated(self._path):
            statement = Statement(self._opened.adbc_connection, text)
            try:
                yield from statement.parts(values)
            finally:
                statement.close()

    def execute(self, text: str) -> None:
        """Run a statement that may take long, and that Ctrl-C breaks off; its rows, if any, are thrown away."""
        with translated(self._path), self._opened.cursor() as cursor:
            cursor.execute(text)

    def ingest(self, table: str, rows: pa.Table, **how: Any) -> None:
        """Add rows to a table whose columns bear the same names."""
        with translated(self._path), self._opened.cursor() as cursor:
            cursor.adbc_ingest(table, rows, **how)

    def _run(self, text: str, values: Any, work: Callable[[Statement, Any], Any]) -> Any:
        """What a statement's ``work`` makes of ``values``; then it is kept, where nothing went wrong."""
        statement = self._statements.pop(text, None)
        with translated(self._path):
            statement = statement or Statement(self._opened.adbc_connection, text)
            try:
                found = work(statement, values)
            except BaseException:  # whatever it was goes on up; the statement may be in any state
                statement.close()
                raise
        self._keep(text, statement)
        return found

    def _keep(self, text: str, statement: Statement) -> None:
        if self._statements.setdefault(text, statement) is not statement:  # the same text was run meanwhile
            statement.close()
        elif len(self._statements) > MOST_STATEMENTS:  # the one that was asked for longest ago
            self._statements.pop(next(iter(self._statements))).close()


class Statement:
    """One prepared statement of a connection."""

    def __init__(self, connection: Any, text: str) -> None:
        import adbc_driver_manager as manager
        import pyarrow as pa

        self._pa = pa
        self._shapes: dict[tuple[Any, ...], pa.StructType] = {}
        self._handle = manager.AdbcStatement(connection)
        try:
            self._handle.set_sql_query(text)
            self._handle.prepare()
        except BaseException:  # whatever it was goes on up
            self.close()
            raise

    def close(self) -> None:
        """Give the statement back."""
        self._handle.close()

    def read(self, values: Values) -> pa.Table:
        """All rows that come back."""
        self._bind(values)
        stream, _ = self._handle.execute_query()
        return self._pa.RecordBatchReader.from_stream(stream).read_all()

    def parts(self, values: Values) -> Iterator[pa.RecordBatch]:
        """The rows that come back, ``ROWS`` of them at a time."""
        self._bind(values)
        self._handle.set_options(**ROWS)
        stream, _ = self._handle.execute_query()
        yield from self._pa.RecordBatchReader.from_stream(stream)

    def write(self, values: Values) -> None:
        """Run it once."""
        self._bind(values)
        self._handle.execute_update()

    def read_each(self, given: pa.Table) -> pa.Table:
        """What comes back when it is run with each row of ``given``; Ctrl-C is heeded every thousand rows.

        There is a row at least: the driver ends the process where it is given none.
        """
        if not len(given):
            raise ValueError("a statement that answers each row was given none")
        self._handle.bind_stream(given.combine_chunks().to_reader())
        stream, _ = self._handle.execute_query()
        reader = self._pa.RecordBatchReader.from_stream(stream)
        return self._pa.Table.from_batches(list(reader), reader.schema)

    def write_each(self, given: pa.Table) -> None:
        """Run it with each row of ``given``; Ctrl-C is heeded now and then."""
        for piece in given.combine_chunks().to_batches(PIECE):
            self._handle.bind(piece)
            self._handle.execute_update()

    def _bind(self, values: Values) -> None:
        if values:
            # one struct is what a batch of one row is to the driver, and made in a third of the time
            names, row = (tuple(values), tuple(values.values())) if isinstance(values, Mapping) else ((), tuple(values))
            key = (*names, *map(type, row))
            self._handle.bind(self._pa.array([row], self._shapes.get(key) or self._shape(key, names, row)))

    def _shape(self, key: tuple[Any, ...], names: Sequence[str], row: Sequence[Any]) -> pa.StructType:
        """The types of a row of values, by place or by name; kept for the next row of the same types."""
        if names:
            self._handle.set_options(**BY_NAME)
        fields = [f":{name}" for name in names] or map(str, range(len(row)))
        shape = self._pa.struct([(name, self._pa.array([one]).type) for name, one in zip(fields, row, strict=True)])
        return self._shapes.setdefault(key, shape)


def _close(statements: dict[str, Statement], opened: Any) -> None:
    """Give back the statements, then the connection."""
    for statement in statements.values():
        statement.close()
    statements.clear()
    opened.close()


class translated:  # noqa: N801 - it is called as a function is; a generator would cost more than a look-up's values
    """A block in which what the driver raises becomes an error for people."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            import adbc_driver_manager as manager
            import pyarrow as pa

            if isinstance(error, (manager.Error, pa.ArrowException, OSError)):  # the last two for rows read later
                raise told(self._path, str(error)) from error


def told(path: Path, said: str) -> KnotworkError:
    """The error for people that stands for what the driver said."""
    words = said.lower()
    if any(word in words for word in FULL):
        return DiskFullError(f"the disk that holds {path.name} is full. Free some room and run it again.")
    if any(word in words for word in BUSY):
        return WorkspaceBusyError("another process")
    if CLOSED in words:
        return StoreError(
            f"{path.parent}: the graph file {path.name} cannot be opened. Reading it needs the right to write "
            "beside it too; check the owner of the folder, and that its disk is not read-only."
        )
    return StoreError(f"the graph file {path.name} refused a statement: {said}")
