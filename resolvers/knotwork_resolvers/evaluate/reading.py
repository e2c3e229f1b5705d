"""A truth file as a table: who each identifier really belongs to, in the form in which events have it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from knotwork_graph.errors import InputError
from knotwork_graph.policy import Policy, suggestion
from knotwork_resolvers.normalise import normalise_values

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEEDED = ("type", "value", "person")
READERS = {
    ".parquet": "read_parquet($path)",
    ".csv": "read_csv($path, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')",
}
DISTINCT = "SELECT DISTINCT value FROM raw WHERE type = $type"
VERDICTS = pa.schema([(name, pa.string()) for name in ("type", "value", "normal")])
TRUTH = """
CREATE TEMP TABLE truth AS
SELECT raw.type, v.normal AS value, raw.person, raw.cause
FROM raw JOIN verdicts AS v ON v.type = raw.type AND v.value = raw.value
"""


def read_truth(connection: DuckDBPyConnection, path: Path, policy: Policy) -> None:
    """Make the table ``truth``: type, value (normalised by ``policy``), person, cause; empty texts where unsaid.

    Every distinct value is normalised once, about a second for a million. Raises ``InputError`` for a file that is not
    there, cannot be read, is empty, or lacks a column.
    """
    reader = reader_of(path)
    try:
        columns = connection.execute(f"DESCRIBE SELECT * FROM {reader}", {"path": str(path)}).fetchall()
        cause = column_sql("cause" if "cause" in check_columns(path, [row[0] for row in columns]) else None)
        said = ", ".join(f"{column_sql(name)} AS {name}" for name in NEEDED)
        connection.execute(
            f"CREATE TEMP TABLE raw AS SELECT {said}, {cause} AS cause FROM {reader}", {"path": str(path)}
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
        raise InputError(f"{path} cannot be read as a truth: {first_line(error)}") from error
    if not connection.execute("SELECT count(*) FROM raw").fetchall()[0][0]:
        raise InputError(f"{path} holds no rows. A truth has one for each identifier: {', '.join(NEEDED)}.")
    connection.register("verdicts", verdicts(connection, policy))
    connection.execute(TRUTH)
    connection.execute("DROP TABLE raw")


def reader_of(path: Path) -> str:
    """The SQL that reads the file; ``InputError`` for a file that is not there or is of another kind."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    endings = "".join(path.suffixes[-2:]).lower().removesuffix(".gz")
    found = next((sql for ending, sql in READERS.items() if endings.endswith(ending)), None)
    if found is None:
        raise InputError(f"{path}: a truth is a CSV or Parquet file. Name it .csv, .csv.gz or .parquet.")
    return found


def check_columns(path: Path, columns: Sequence[str]) -> Sequence[str]:
    """``columns`` when all that are needed are among them; others do no harm."""
    for name in NEEDED:
        if name not in columns:
            raise InputError(f"{path} has no column {name}; {suggestion(name, columns)}. Needed: {', '.join(NEEDED)}.")
    return columns


def column_sql(name: str | None) -> str:
    """The SQL of a column as text without nulls; of a column that is not there, empty text."""
    return "''" if name is None else f"coalesce(\"{name}\"::VARCHAR, '')"


def verdicts(connection: DuckDBPyConnection, policy: Policy) -> pa.Table:
    """``type, value, normal`` for each distinct raw value."""
    pieces = []
    for (kind,) in connection.execute("SELECT DISTINCT type FROM raw ORDER BY type").fetchall():
        raw = connection.sql(DISTINCT, params={"type": kind}).to_arrow_table()["value"].combine_chunks()
        normal = normalise_values(policy.rule(kind), raw).value
        pieces.append(pa.table([pa.repeat(kind, len(raw)), raw, normal], schema=VERDICTS))
    return pa.concat_tables(pieces)


def first_line(error: Exception) -> str:
    """What DuckDB says first, without the kind of its error."""
    return str(error).splitlines()[0].partition(": ")[2][:200]
