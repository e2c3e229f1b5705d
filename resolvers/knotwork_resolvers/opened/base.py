"""The generation of a full run: its events by customer, by place, and by the identifiers that they bear."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from knotwork_graph.since import arrow_schema
from knotwork_resolvers.engine import engine, quoted
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.bearings import Bearing, Bearings, bearings_in, write_bearings
from knotwork_resolvers.opened.owners import AT_ONCE, NAMES, Owners, writing_owners
from knotwork_resolvers.opened.sorted_file import SortedFile

if TYPE_CHECKING:
    from knotwork_graph.generations import Generations

WHOLE = pa.int64()
MANY_PLACES = 2_000
"""Beyond these the query engine, which reads whole columns, is the faster way."""
AT = """
SELECT {columns} FROM read_parquet('{path}', file_row_number = true)
WHERE file_row_number IN (SELECT wanted FROM wanted) ORDER BY file_row_number
"""


class Base:
    """The files of one generation, open. One thread at a time."""

    def __init__(self, generations: Generations, run: int, scratch: Path) -> None:
        self.events = SortedFile(generations.served(run), "customer")
        self._bearings_at, self._owners_at = generations.bearing(run), generations.owners(run)
        self._bearings: Bearings | None = None  # who looks up customers never asks for these
        self._owners: Owners | None = None
        self._scratch = scratch

    def close(self) -> None:
        """Give back the files."""
        self.events.close()
        self._bearings = self._owners = None

    def bearing(self, ids: Ints) -> Bearing:
        """The events that bear one of ``ids`` (ascending), by their places in the file of events."""
        if self._bearings is None:
            self._bearings = Bearings(_made(self._bearings_at, self._write_bearings))
        return self._bearings.of(ids)

    def owners(self, places: Ints) -> pa.Table:
        """Whose the events at these places (ascending) are: the columns of the file of owners."""
        return self._open_owners().at(places)

    def rows(self, customer: int, columns: Sequence[str]) -> pa.Table:
        """These columns of the events of a customer, in their order.

        What the file of owners has is read where it lies; from the other file a whole group of rows is decoded for each
        column. A generation of an older version has no such file, and is not kept waiting for one.
        """
        if self._owners is None and not self._owners_at.exists():
            return self.events.rows(customer, [*dict.fromkeys(("customer", *columns))]).select(list(columns))
        owners = self._open_owners()
        begin, end = owners.span(customer)
        own, rest = owners.between(begin, end), [name for name in columns if name not in NAMES]
        if begin == end or not rest:
            return own.select(list(columns)) if not rest else arrow_schema(tuple(columns)).empty_table()
        told = self.events.between(begin, end, rest)
        return pa.table([(own if name in NAMES else told)[name] for name in columns], names=list(columns))

    def _open_owners(self) -> Owners:
        if self._owners is None:
            self._owners = Owners(_made(self._owners_at, self._write_owners))
        return self._owners

    def _write_bearings(self, out: Path) -> None:
        write_bearings(out, bearings_in(self.events.path))

    def _write_owners(self, out: Path) -> None:
        with pq.ParquetFile(self.events.path) as file, writing_owners(out) as write:
            for some in file.iter_batches(AT_ONCE, columns=list(NAMES)):
                write(some)

    def at(self, places: Ints, columns: Sequence[str]) -> pa.Table:
        """The events at these places (ascending)."""
        if len(places) <= MANY_PLACES:
            return self.events.at(places, columns).select(list(columns))
        named = ", ".join(f'"{name}"' for name in columns)
        with engine(self._scratch) as connection:
            connection.register("wanted", pa.table({"wanted": places}))
            return connection.sql(AT.format(path=quoted(self.events.path), columns=named)).to_arrow_table()


def _made(path: Path, write: Callable[[Path], None]) -> Path:
    """The file, written now where it is not there: a generation of an older version has none."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{os.getpid()}")
        write(made)
        made.rename(path)
    return path


def whole(rows: pa.Table, name: str) -> Ints:
    """A column of whole numbers or moments (microseconds) as an array."""
    column = rows[name]
    numbers = column if column.type == WHOLE else column.cast(WHOLE)  # a cast to what it is costs as much as any
    return np.asarray(numbers.to_numpy(), np.int64)
