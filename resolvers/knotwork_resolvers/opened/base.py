"""The generation of a full run: its events by customer, by place, and by the identifiers that they bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_resolvers.engine import engine, quoted
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.sorted_file import SortedFile

WHOLE = pa.int64()
MANY_IDENTIFIERS = 1_000
MANY_PLACES = 2_000
"""Beyond these the query engine, which reads whole columns, is the faster way."""

BEARING = """
SELECT identifier, "timestamp", row FROM read_parquet('{path}')
WHERE identifier IN (SELECT wanted FROM wanted) ORDER BY 1, 2, 3
"""
AT = """
SELECT {columns} FROM read_parquet('{path}', file_row_number = true)
WHERE file_row_number IN (SELECT wanted FROM wanted) ORDER BY file_row_number
"""


@dataclass(frozen=True, slots=True)
class Bearing:
    """Which events bear identifiers: three arrays of one length, by (identifier, moment in microseconds)."""

    identifier: Ints
    moment: Ints
    event: Ints


class Base:
    """The files of one generation, open. One thread at a time."""

    def __init__(self, events: Path, bearing: Path, scratch: Path) -> None:
        self.events = SortedFile(events, "customer")
        self._leads = bearing
        self._lead: SortedFile | None = None
        self._scratch = scratch

    @property
    def _bearing(self) -> SortedFile:
        """Opened when it is first needed: who looks up customers never asks for it."""
        if self._lead is None:
            self._lead = SortedFile(self._leads, "identifier")
        return self._lead

    def close(self) -> None:
        """Give back the files."""
        self.events.close()
        if self._lead is not None:
            self._lead.close()

    def bearing(self, ids: Ints) -> Bearing:
        """The events that bear one of ``ids`` (ascending), by their places in the file of events."""
        if len(ids) > MANY_IDENTIFIERS:
            found = self._ask(BEARING, self._bearing.path, ids)
        else:
            found = self._bearing.of_all(ids)
        return Bearing(*(whole(found, name) for name in ("identifier", "timestamp", "row")))

    def at(self, places: Ints, columns: Sequence[str]) -> pa.Table:
        """The events at these places (ascending)."""
        if len(places) <= MANY_PLACES:
            return self.events.at(places, columns).select(list(columns))
        named = ", ".join(f'"{name}"' for name in columns)
        return self._ask(AT, self.events.path, places, columns=named)

    def _ask(self, query: str, path: Path, wanted: Ints, **named: Any) -> pa.Table:
        with engine(self._scratch) as connection:
            connection.register("wanted", pa.table({"wanted": wanted}))
            return connection.sql(query.format(path=quoted(path), **named)).to_arrow_table()


def whole(rows: pa.Table, name: str) -> Ints:
    """A column of whole numbers or moments (microseconds) as an array."""
    column = rows[name]
    numbers = column if column.type == WHOLE else column.cast(WHOLE)  # a cast to what it is costs as much as any
    return np.asarray(numbers.to_numpy(), np.int64)
