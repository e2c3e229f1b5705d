"""The generation of a full run: its events by customer, by place, and by the identifiers that they bear."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from knotwork_resolvers.engine import engine, quoted
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.bearings import Bearing, Bearings, write_bearings
from knotwork_resolvers.opened.sorted_file import SortedFile

WHOLE = pa.int64()
MANY_PLACES = 2_000
"""Beyond these the query engine, which reads whole columns, is the faster way."""
AT = """
SELECT {columns} FROM read_parquet('{path}', file_row_number = true)
WHERE file_row_number IN (SELECT wanted FROM wanted) ORDER BY file_row_number
"""


class Base:
    """The files of one generation, open. One thread at a time."""

    def __init__(self, events: Path, bearing: Path, scratch: Path) -> None:
        self.events = SortedFile(events, "customer")
        self._leads = bearing
        self._lead: Bearings | None = None
        self._scratch = scratch

    def close(self) -> None:
        """Give back the files."""
        self.events.close()
        self._lead = None

    def bearing(self, ids: Ints) -> Bearing:
        """The events that bear one of ``ids`` (ascending), by their places in the file of events."""
        if self._lead is None:  # who looks up customers never asks for it
            if not self._leads.exists():
                self._lead_again()
            self._lead = Bearings(self._leads)
        return self._lead.of(ids)

    def _lead_again(self) -> None:
        """A generation of an older version has no such file."""
        made = self._leads.with_name(f"{self._leads.name}.{os.getpid()}")
        with engine(self._scratch) as connection:
            write_bearings(connection, self.events.path, made)
        made.rename(self._leads)

    def at(self, places: Ints, columns: Sequence[str]) -> pa.Table:
        """The events at these places (ascending)."""
        if len(places) <= MANY_PLACES:
            return self.events.at(places, columns).select(list(columns))
        named = ", ".join(f'"{name}"' for name in columns)
        with engine(self._scratch) as connection:
            connection.register("wanted", pa.table({"wanted": places}))
            return connection.sql(AT.format(path=quoted(self.events.path), columns=named)).to_arrow_table()


def whole(rows: pa.Table, name: str) -> Ints:
    """A column of whole numbers or moments (microseconds) as an array."""
    column = rows[name]
    numbers = column if column.type == WHOLE else column.cast(WHOLE)  # a cast to what it is costs as much as any
    return np.asarray(numbers.to_numpy(), np.int64)
