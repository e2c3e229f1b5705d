"""Whose each event of a generation is, since when and by what: a table on the disk, mapped into memory.

The few columns that a change of customers asks for, uncompressed, in the order of the generation's events: a row is
read where it lies. The generation's own file, which is compressed in groups of rows, has the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from knotwork_graph.since import arrow_schema
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.opened.sharing import by_piece

NAMES = ("event_id", "customer", "timestamp", "reason", "bears")
SCHEMA = arrow_schema(NAMES)
AT_ONCE = 262_144


class Owners:
    """The file, open."""

    def __init__(self, path: Path) -> None:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        pieces = (file.get_batch(number) for number in range(file.num_record_batches))
        self._pieces = [piece for piece in pieces if len(piece)]
        self._begins = np.cumsum([0, *map(len, self._pieces)])
        self._lasts = [_customers(piece)[-1] for piece in self._pieces]

    def at(self, places: Ints) -> pa.Table:
        """The rows at these places (ascending, counted from 0)."""
        shares = by_piece(places, self._begins[:-1])
        return pa.Table.from_batches([self._pieces[piece].take(pa.array(share)) for piece, share in shares], SCHEMA)

    def span(self, customer: int) -> tuple[int, int]:
        """Where the rows of a customer begin and end; O(log rows)."""
        return self._begin(customer), self._begin(customer + 1)

    def between(self, begin: int, end: int) -> pa.Table:
        """These rows, as they lie in the file: nothing is copied."""
        first, last = self._begins.searchsorted(begin, side="right") - 1, self._begins.searchsorted(end)
        found = []
        for piece, start in zip(self._pieces[first:last], self._begins[first:last].tolist(), strict=True):
            found.append(piece.slice(max(0, begin - start), end - max(begin, start)))
        return pa.Table.from_batches(found, SCHEMA)

    def _begin(self, customer: int) -> int:
        """The first row of this customer or a later one."""
        piece = int(np.searchsorted(self._lasts, customer))
        if piece == len(self._lasts):
            return int(self._begins[-1])
        return int(self._begins[piece] + _customers(self._pieces[piece]).searchsorted(customer))


def _customers(piece: pa.RecordBatch) -> Ints:
    return np.asarray(piece.column("customer").to_numpy(), np.int64)


@contextmanager
def writing_owners(out: Path) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """What writes events of a generation into the file ``out``, some at a time in their order; of more columns too."""
    with pa.OSFile(str(out), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        yield lambda some: writer.write_batch(some.select(list(NAMES)).cast(SCHEMA))
