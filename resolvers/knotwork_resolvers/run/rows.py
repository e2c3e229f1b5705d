"""The events of the log as rows that are taken in another order: held in memory, or where they are many, in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from knotwork_graph.facts import Segment
from knotwork_graph.facts.schema import schema
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.sharing import by_piece
from knotwork_resolvers.run.sorting import NAMES

CARRIED = (*NAMES, "channel", "event", "identifiers", "vouched", "traits", "properties", "consent")
TEXTS = pa.schema([(name, pa.string()) for name in NAMES])
WORDS = ("source", "channel", "event", "identifiers.list.element.type")
"""Columns that mostly say one of a few words: as numbers of words they are read and moved in a third of the time."""

FEW_WORDS = 256
"""With more words a column is taken as text: each group of rows in the new file would bear all of them."""

ROOM = 1_900_000_000
"""Bytes of events that are held at once: their texts lie in arrays that hold two thousand million bytes each."""

AT_ONCE = 64 * 8_192
"""So many rows are taken at a time."""


class Rows(Protocol):
    """The events of some segments; a row is the place of an event among them, from 0."""

    event: Ints
    moment: Ints

    def named(self, rows: Ints) -> pa.Table:
        """The columns ``NAMES`` of these rows."""

    def pieces(self, order: Ints) -> Iterator[pa.Table]:
        """The columns ``CARRIED`` of the rows in this order, no row twice; at most ``AT_ONCE`` rows at a time."""


def rows_of(segments: Sequence[Segment], scratch: Path) -> Rows:
    """The events of ``segments``: at most ``ROOM`` bytes of them in memory, the others in ``scratch`` for a while."""
    paths = [one.path for one in segments]
    parts = len(list(shares_of(paths)))
    return Held(paths) if parts <= 1 else Parted(paths, scratch, parts)


class Held:
    """All rows in memory; ``event`` and ``moment`` (microseconds) are their ids and times."""

    def __init__(self, paths: Sequence[Path]) -> None:
        table = _read(paths)
        self.event, self.moment = _whole(table, "event_id"), _whole(table, "timestamp")
        self._carried = table.select(CARRIED)

    def named(self, rows: Ints) -> pa.Table:
        """As ``Rows`` has it; O(rows)."""
        return self._carried.select(NAMES).take(pa.array(rows)).cast(TEXTS)

    def pieces(self, order: Ints) -> Iterator[pa.Table]:
        """As ``Rows`` has it."""
        for start in range(0, max(len(order), 1), AT_ONCE):  # of no rows one piece: it says what columns there are
            yield self._carried.take(pa.array(order[start : start + AT_ONCE]))


class Parted:
    """Rows in files of their own, one for each part of the order; a part is held at a time."""

    def __init__(self, paths: Sequence[Path], scratch: Path, parts: int) -> None:
        self._paths, self._scratch, self._parts = paths, scratch, parts
        table = pq.read_table(paths, columns=["event_id", "timestamp"])
        self.event, self.moment = _whole(table, "event_id"), _whole(table, "timestamp")
        self._begins = np.cumsum([0, *(pq.read_metadata(path).num_rows for path in paths)])

    def named(self, rows: Ints) -> pa.Table:
        """As ``Rows`` has it; reads the names in every file that holds one of the rows."""
        order = np.argsort(rows)
        pieces = [
            pq.read_table(self._paths[file], columns=list(NAMES)).take(share)
            for file, share in by_piece(rows[order], self._begins)
        ]
        return pa.concat_tables(pieces).take(pa.array(np.argsort(order)))

    def pieces(self, order: Ints) -> Iterator[pa.Table]:
        """As ``Rows`` has it; writes all rows once and reads them again."""
        with TemporaryDirectory(dir=self._scratch) as folder:
            files = [Path(folder) / f"{part}.arrow" for part in range(self._parts)]
            self._part(order, files)
            for file in files:
                with pa.memory_map(str(file)) as mapped:
                    held = pa.ipc.open_file(mapped).read_all().combine_chunks()
                    places = np.argsort(_whole(held, "place"))
                    for start in range(0, len(places), AT_ONCE):
                        yield held.select(CARRIED).take(pa.array(places[start : start + AT_ONCE]))

    def _part(self, order: Ints, files: Sequence[Path]) -> None:
        """Write each row with its place in the ``order`` into the file of its part."""
        place = np.full(self._begins[-1], -1)
        place[order] = np.arange(len(order))
        bounds = np.linspace(0, len(order), len(files) + 1).astype(np.int64)
        form = schema().field
        fields = pa.schema([form(name) for name in CARRIED]).append(pa.field("place", pa.int64()))
        with ExitStack() as stack:
            parts = [stack.enter_context(pa.ipc.new_file(str(file), fields)) for file in files]
            for path, first, last in zip(self._paths, self._begins[:-1], self._begins[1:], strict=True):
                mine = place[first:last]
                by_place = np.argsort(mine)
                table = pq.read_table(path, columns=list(CARRIED)).append_column("place", pa.array(mine))
                shares = np.searchsorted(mine[by_place], bounds)
                for part, low, high in zip(parts, shares[:-1], shares[1:], strict=True):
                    part.write_table(table.take(pa.array(by_place[low:high])))


def _read(paths: Sequence[Path]) -> pa.Table:
    """The events of files, each column in one piece."""
    if not paths:
        return schema().empty_table()
    words = list(WORDS)
    while True:
        table = pq.read_table(paths, columns=["event_id", "timestamp", *CARRIED], read_dictionary=words)
        table = table.unify_dictionaries().combine_chunks()
        many = [name for name in words if len(_dictionary(table, name)) > FEW_WORDS]
        if not many:
            return table
        words = [name for name in words if name not in many]


def _dictionary(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name.partition(".")[0])
    chunk = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    return (chunk.values.field("type") if "." in name else chunk).dictionary


def shares_of(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The files in their order, as many at a time as hold at most ``ROOM`` bytes of events before compression."""
    share: list[Path] = []
    room = ROOM
    for path in paths:
        metadata = pq.read_metadata(path)
        needed = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
        if share and needed > room:
            yield share
            share, room = [], ROOM
        share.append(path)
        room -= needed
    if share:
        yield share


def _whole(table: pa.Table, name: str) -> Ints:
    """A column of numbers or moments as whole numbers."""
    return np.asarray(table.column(name).cast(pa.int64()).to_numpy(), np.int64)
