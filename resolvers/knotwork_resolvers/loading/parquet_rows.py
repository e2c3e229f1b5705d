"""Parquet: rows of a typed table, through a mapping or by the event's own names, to blocks of events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from knotwork_graph.errors import InputError, MappingError
from knotwork_resolvers.loading.block import Block
from knotwork_resolvers.loading.check_sql import OBJECTS, quoted
from knotwork_resolvers.loading.mapping import HOW, Mapping, nearest
from knotwork_resolvers.loading.mapping_sql import Column, event_sql

BATCH_ROWS = 100_000
MOST_COLUMNS = 10_000
ROW = "knotwork_row"  # a column of the file may bear any shorter name
REQUIRED = ("source", "message_id", "timestamp", "identifiers")


def prepare(file: Path, mapping: Mapping | None) -> Callable[[], Iterator[Block]]:
    """What reads ``file`` as blocks, after its columns were found to fit. Raises ``InputError`` or ``MappingError``."""
    columns = _columns(file)
    if mapping is None:
        _own_names(columns, file)
        line = _event_by_name(columns)
    else:
        mapping.fit(columns, file)
        line = event_sql(mapping, columns, f"md5(to_json({ROW})::VARCHAR)")
    return partial(_blocks, file, f"SELECT {line} AS line FROM read_parquet({quoted(str(file))}) {ROW}")


def _columns(file: Path) -> dict[str, Column]:
    """The columns of the file by name."""
    with _read(file) as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(file))})").fetchall()
    if len(described) > MOST_COLUMNS:
        raise InputError(f"{file}: has {len(described)} columns; at most {MOST_COLUMNS} can be read.")
    return {row[0].strip(): Column(f'{ROW}."' + row[0].replace('"', '""') + '"', row[1]) for row in described}


def _own_names(columns: dict[str, Column], file: Path) -> None:
    """Nothing comes back where the columns bear the names of an event."""
    for name in REQUIRED:
        if name not in columns:
            raise MappingError(f"{file}: has no column {name!r}, so it needs a mapping.{nearest(name, columns)} {HOW}")


def _event_by_name(columns: dict[str, Column]) -> str:
    """SQL for the event of a row whose columns bear the event's own names."""
    parts = [f"{quoted(name)}, {_as_json(name, column)}" for name, column in columns.items()]
    return f"json_object({', '.join(parts)})::VARCHAR"


def _as_json(name: str, column: Column) -> str:
    """SQL for one column as JSON; text in the place of an object is JSON text."""
    if name in (*OBJECTS, "identifiers") and column.kind == "VARCHAR":
        return f"CASE WHEN json_valid({column.sql}) THEN {column.sql}::JSON ELSE to_json({column.sql}) END"
    if name in ("source", "message_id", "timestamp"):
        return f"{column.sql}::VARCHAR"
    return column.sql


def _blocks(file: Path, query: str) -> Iterator[Block]:
    """The blocks of the file; a line number is the number of the row, from 1."""
    import numpy as np
    import pyarrow as pa

    first = 1
    with _read(file) as connection:
        for batch in connection.sql(query).to_arrow_reader(BATCH_ROWS):
            numbers = np.arange(first, first + len(batch), dtype=np.int64)
            first += len(batch)
            yield Block(str(file), batch.column(0).cast(pa.large_string()), numbers)


@contextmanager
def _read(file: Path) -> Iterator[Any]:
    """A connection for reading ``file``; what DuckDB objects to becomes ``InputError``."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            yield connection
        except duckdb.Error as error:
            first_line = str(error).partition("\n")[0]
            raise InputError(
                f"{file}: cannot be read as Parquet: {first_line}. Check that the file is whole."
            ) from error
