"""The file that leads from identifiers to the events that bear them: an array on the disk, mapped into memory.

Three rows of whole numbers: identifier, moment in microseconds, place of the event in the generation's file. Sorted by
all three, so that what is asked for is found by halving, and only the pages that hold it are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from knotwork_resolvers.identity.resolution import Ints

BITS = 32
"""Room for the place of an event beside another number: four thousand million events, half as many customers or
identifiers."""


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


def by_identifier(identifier: Ints, row: Ints, moment: Ints) -> Bearing:
    """Sightings, of one ``identifier`` in one ``row`` each, by (identifier, moment, row); ``moment`` is that of a row.

    O(n log n). Plain numbers are sorted in a quarter of the time that their places take, so the places of the rows by
    moment go along in the lower half of each number.
    """
    by_moment = np.argsort(moment, kind="stable")
    rank = np.empty(len(moment), np.int64)
    rank[by_moment] = np.arange(len(moment))
    keys = (identifier << BITS) + rank[row]
    keys.sort()
    event = by_moment[keys & ((1 << BITS) - 1)]
    return Bearing(keys >> BITS, moment[event], event)


def write_bearings(out: Path, found: Bearing) -> None:
    """Write the file ``out``: ``found`` is all there is, by (identifier, moment, place)."""
    columns = (found.identifier, found.moment, found.event)
    shape = {"descr": np.lib.format.dtype_to_descr(np.dtype(np.int64)), "fortran_order": False}
    with out.open("wb") as file:  # one after the other: to put them into one array first would copy them all
        np.lib.format.write_array_header_1_0(file, shape | {"shape": (len(columns), len(found.event))})
        for column in columns:
            np.ascontiguousarray(column, np.int64).tofile(file)


def bearings_in(events: Path) -> Bearing:
    """What a generation's file of events says of the identifiers they bear; O(n log n)."""
    rows = pq.read_table(events, columns=["timestamp", "bears"])
    identifier, held = pc.list_flatten(rows["bears"]), pc.list_value_length(rows["bears"]).fill_null(0)
    row = np.repeat(np.arange(len(rows)), held.to_numpy())
    moment = np.asarray(rows["timestamp"].cast(pa.int64()).to_numpy(), np.int64)
    return by_identifier(np.asarray(identifier.to_numpy(), np.int64), row, moment)


def _every(starts: Ints, ends: Ints) -> Ints:
    """The numbers of all these stretches, one after the other."""
    lengths = ends - starts
    before: Ints = np.cumsum(lengths) - lengths
    found: Ints = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return found
