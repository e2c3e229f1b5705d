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
        self._pieces = [file.get_batch(number) for number in range(file.num_record_batches)]
        self._begins = np.cumsum([0, *map(len, self._pieces)])[:-1]

    def at(self, places: Ints) -> pa.Table:
        """The rows at these places (ascending, counted from 0)."""
        shares = by_piece(places, self._begins)
        return pa.Table.from_batches([self._pieces[piece].take(pa.array(share)) for piece, share in shares], SCHEMA)


@contextmanager
def writing_owners(out: Path) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """What writes events of a generation into the file ``out``, some at a time in their order; of more columns too."""
    with pa.OSFile(str(out), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        yield lambda some: writer.write_batch(some.select(list(NAMES)).cast(SCHEMA))
