"""The file of a generation's events, written once, in groups of rows that are read alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 8_192
"""Few enough rows that reading one customer's group takes milliseconds, enough that whole columns compress well."""

NUMBERS = ("customer", "event_id", "timestamp")
"""Kept as differences, smaller than compressed and read in half the time. These are also what is looked for."""

ONCE = ("message_id", "bears.list.element")
"""Columns whose values hardly come again: looking for repetitions costs more than it saves."""


def write_events_file(path: Path, pieces: Iterator[pa.Table]) -> None:
    """Write the ``pieces``, at least one, in their order; while one is written the next is made. O(rows)."""
    piece = next(pieces)
    with ExitStack() as stack:
        file = stack.enter_context(pq.ParquetWriter(path, piece.schema, **_form(piece.schema)))
        other = stack.enter_context(ThreadPoolExecutor(1))
        while len(piece):
            written = other.submit(file.write_table, piece, ROW_GROUP)
            piece = next(pieces, piece.slice(0, 0))
            written.result()


def _form(schema: pa.Schema) -> dict[str, Any]:
    """How each column is kept; whoever reads the file need not know."""
    columns = list(_leaves(schema))
    packed = [name for name in columns if name not in NUMBERS]
    return {
        "compression": {name: "zstd" if name in packed else "none" for name in columns},
        "compression_level": dict.fromkeys(packed, 1),
        "use_dictionary": [name for name in packed if name not in ONCE],
        "column_encoding": dict.fromkeys(NUMBERS, "DELTA_BINARY_PACKED") | {"message_id": "DELTA_LENGTH_BYTE_ARRAY"},
        "write_statistics": list(NUMBERS),
        "store_schema": False,  # texts are texts for whoever reads them, as numbers of words though they were written
    }


def _leaves(schema: pa.Schema) -> Iterator[str]:
    """The paths of the columns as the file names them."""
    for field in schema:
        if not pa.types.is_list(field.type):
            yield field.name
        elif pa.types.is_struct(field.type.value_type):
            yield from (f"{field.name}.list.element.{inner.name}" for inner in field.type.value_type)
        else:
            yield f"{field.name}.list.element"
