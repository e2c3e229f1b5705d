"""The query engine for whole populations, set up the same way wherever it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "4GB"
"""Above this the engine spills to disk: a run over ten million events stays within 8 GB in all."""


@contextmanager
def engine(scratch: Path) -> Iterator[DuckDBPyConnection]:
    """A connection with a database of its own in memory, gone afterwards; it spills to files in ``scratch``."""
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'").fetchall()
        connection.execute(f"SET temp_directory = '{quoted(scratch)}'").fetchall()
        connection.execute("SET preserve_insertion_order = false").fetchall()
        # what is in memory only, and gone afterwards, need not be packed again and again while tables are made
        connection.execute("SET checkpoint_threshold = '1TB'").fetchall()
        yield connection


def quoted(path: Path) -> str:
    """The path as it stands between the quotes of a query."""
    return str(path).replace("'", "''")
