"""Whole tables a part at a time, so that what is held of them in memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Iterable[Any]
"""The columns of a part, in the order of its table, as Arrow's arrays or Python's lists."""


@cache
def members() -> pa.Schema:
    """The columns of ``member_parts``."""
    import pyarrow as pa

    return pa.schema({"customer": pa.int64()} | dict.fromkeys(("type", "value", "status", "reason"), pa.string()))


@cache
def owners() -> pa.Schema:
    """The column of ``owner_parts``."""
    import pyarrow as pa

    return pa.schema({"customer": pa.int64()})


def in_parts(schema: pa.Schema, found: Iterable[Columns]) -> pa.RecordBatchReader:
    """The parts as one stream; they are asked for one after the other, as it is read."""
    import pyarrow as pa

    parts = (pa.record_batch([pa.array(column) for column in columns], schema=schema) for columns in found)
    return pa.RecordBatchReader.from_batches(schema, parts)
