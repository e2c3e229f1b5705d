"""The file that leads from identifiers to the events that bear them: an array on the disk, mapped into memory.

Three rows of whole numbers: identifier, moment in microseconds, place of the event in the generation's file. Sorted by
all three, so that what is asked for is found by halving, and only the pages that hold it are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from knotwork_resolvers.engine import quoted
from knotwork_resolvers.identity.resolution import Ints

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS = ("identifier", "moment", "place")
AT_ONCE = 500_000
COUNT = "SELECT coalesce(sum(len(bears)), 0) FROM read_parquet('{events}')"
SORTED = """
SELECT unnest(bears) AS identifier, epoch_us("timestamp") AS moment, file_row_number AS place
FROM read_parquet('{events}', file_row_number = true) ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Bearing:
    """Which events bear identifiers: three arrays of one length, by (identifier, moment in microseconds)."""

    identifier: Ints
    moment: Ints
    event: Ints


class Bearings:
    """The file, open."""

    def __init__(self, path: Path) -> None:
        self._rows: Ints = np.asarray(np.load(path, mmap_mode="r"))

    def of(self, ids: Ints) -> Bearing:
        """The events that bear one of ``ids`` (ascending), by their places; O(ids log n + found)."""
        known = self._rows[0]
        identifier, moment, place = self._rows[:, _every(known.searchsorted(ids), known.searchsorted(ids, "right"))]
        return Bearing(identifier, moment, place)


def write_bearings(connection: DuckDBPyConnection, events: Path, out: Path) -> None:
    """Write the file ``out`` for the events of a generation, by way of a query engine; O(n log n), spills."""
    ((count,),) = connection.sql(COUNT.format(events=quoted(events))).fetchall()
    rows = connection.sql(SORTED.format(events=quoted(events))).to_arrow_reader(AT_ONCE)
    _fill(np.lib.format.open_memmap(out, "w+", np.int64, (len(ROWS), int(count))), rows)


def keep_bearings(out: Path, identifier: Ints, moment: Ints, place: Ints) -> None:
    """Write the file ``out`` from arrays of one length, which are sorted by all three."""
    np.save(out, np.stack([identifier, moment, place]))


def _fill(array: np.memmap[tuple[int, int], np.dtype[np.int64]], rows: Iterable[pa.RecordBatch]) -> None:
    begin = 0
    for batch in rows:
        for number, name in enumerate(ROWS):
            array[number, begin : begin + len(batch)] = batch.column(name).to_numpy()
        begin += len(batch)
    array.flush()


def _every(starts: Ints, ends: Ints) -> Ints:
    """The numbers of all these stretches, one after the other."""
    lengths = ends - starts
    before: Ints = np.cumsum(lengths) - lengths
    found: Ints = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return found
