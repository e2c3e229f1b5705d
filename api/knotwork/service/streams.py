"""Tables as streams of bytes, a batch at a time, with every value as the reader's role may see it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from knotwork.service.exports import TABLES, Made
from knotwork.service.members import Hashed, in_order
from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_resolvers.ahead import ahead

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from knotwork.access.masks import Mask
    from knotwork.access.secret import Secret
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home

Form = Literal["csv", "jsonl", "parquet"]
FORMS: tuple[Form, ...] = ("csv", "jsonl", "parquet")
ROWS = 20_000
MEMORY = "128MB"
"""Above this the engine puts a table in order on the disk: other requests go on beside an export."""
MEMORY_OF = {"customers": "256MB"}
"""Customers are counted in memory before they are put in order: with less a tenth is lost."""
AHEAD = 2
"""So many parts are made before they are sent."""
FORMULA = "=+-@\t\r"
"""What begins that which a spreadsheet would take for a formula; a quote before it makes it a text."""

Shown = Literal["clear", "text", "key", "value", "claim"]
COLUMNS: Mapping[str, Mapping[str, Shown]] = {
    "members": {
        "customer_id": "clear",
        "type": "clear",
        "value": "value",
        "hash": "clear",  # nobody reads a value out of it without the secret
        "status": "clear",
        "reason": "text",
    },
    "events": {
        "source": "clear",
        "message_id": "text",
        "timestamp": "clear",
        "customer_id": "clear",
        "reason": "clear",  # one of our own sentences
    },
    "customers": {
        "customer_id": "clear",
        "identifiers": "clear",
        "events": "clear",
        "first_seen": "clear",
        "last_seen": "clear",
    },
    "severed": {"a": "key", "b": "key", "rule": "clear", "detail": "text"},
    "changes": {
        "run": "clear",
        "kind": "clear",
        "customer_id": "clear",
        "other_id": "clear",
        "identifiers": "clear",
        "cause": "clear",
    },
    "segments": {"name": "clear", "customer_id": "clear", "since": "clear", "run": "clear"},
    "claims": {
        "customer_id": "clear",
        "trait": "clear",
        "value": "claim",
        "rank": "clear",
        "survives": "clear",
        "rule": "clear",
        "source": "clear",
        "said_at": "clear",
        "events": "clear",
        "vouched": "clear",
        "message_id": "text",
    },
}
"""The tables that are streamed, and how each of their columns is shown to whoever sees masks."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: through which mask, and with which secret identifiers are hashed."""

    mask: Mask
    secret: Secret


def check(what: str, form: str) -> None:
    """Raises ``UsageError`` for a table or form there is none of."""
    if what not in COLUMNS:
        raise UsageError(f"there is no table {what} here. {suggestion(what, [*COLUMNS])} Known: {', '.join(COLUMNS)}.")
    if form not in FORMS:
        raise UsageError(f"there is no form {form[:20]}. Known: {', '.join(FORMS)}.")


def streamed(
    home: Home, policy: Policy, what: str, form: str, reader: Reader, more: Mapping[str, Made]
) -> Iterator[bytes]:
    """The table ``what`` as ``form``, in parts of some thousand rows; the engine holds ``MEMORY`` of it at most.

    Members have a ``hash`` beside each value. Raises ``UsageError`` before the first part.
    """
    check(what, form)
    tables = {**TABLES, "members": in_order, **more}
    rows = ahead(_rows(home, policy, tables[what], MEMORY_OF.get(what, MEMORY)), AHEAD)
    if what == "members":
        rows = ahead(_each(rows, Hashed(reader.secret)), AHEAD)
    return ahead(_written(rows, WRITERS[form](), COLUMNS[what], reader), AHEAD)


def _rows(home: Home, policy: Policy, made: Made, memory: str) -> Generator[pa.RecordBatch]:
    """The table some thousand rows at a time, and once at least: without a row where it has none."""
    from knotwork_resolvers.engine import engine

    with engine(home.scratch) as connection:
        connection.execute(f"SET memory_limit = '{memory}'").fetchall()
        rows: pa.RecordBatchReader = connection.sql(made(connection, home, policy)).to_arrow_reader(ROWS)
        batch = None
        for batch in rows:
            yield batch
        if batch is None:
            yield empty(rows.schema)


def _each(
    rows: Generator[pa.RecordBatch], made: Callable[[pa.RecordBatch], pa.RecordBatch]
) -> Generator[pa.RecordBatch]:
    with closing(rows):
        yield from map(made, rows)


def _written(
    rows: Generator[pa.RecordBatch], written: Any, columns: Mapping[str, Shown], reader: Reader
) -> Generator[bytes]:
    with closing(rows):
        for batch in rows:
            yield written.part(shown(batch, columns, reader))
        yield written.end()


def shown(batch: pa.RecordBatch, columns: Mapping[str, Shown], reader: Reader) -> pa.RecordBatch:
    """The batch as its reader may see it. Raises ``KeyError`` for a column that nobody has classed."""
    import pyarrow as pa

    made: dict[str, Any] = {}
    for name in batch.schema.names:
        made[name] = batch[name] if columns[name] == "clear" else _masked(batch, name, columns[name], reader)
    return pa.record_batch(made)


def _masked(batch: pa.RecordBatch, name: str, how: Shown, reader: Reader) -> Any:
    """One column through the mask; what is clear to the reader stays as it is."""
    import pyarrow as pa

    from knotwork.access.columns import masked_texts, masked_values

    mask = reader.mask
    if mask.personal == "clear":
        return batch[name]
    if how == "value":
        return masked_values(batch["type"], batch[name], mask)
    if how == "text":
        return masked_texts(batch[name], mask)
    values = batch[name].to_pylist()
    if how == "claim":
        pairs = zip(batch["trait"].to_pylist(), values, strict=True)
        return pa.array([str(mask.traits({trait: value})[trait]) for trait, value in pairs], pa.string())
    return pa.array([None if value is None else mask.key(value) for value in values], pa.string())


class Csv:
    """Comma-separated, with a heading; what a spreadsheet would take for a formula is made a text."""

    def __init__(self) -> None:
        self._begun = False

    def part(self, batch: pa.RecordBatch) -> bytes:
        """The lines of a batch, after the heading where it is the first."""
        from pyarrow.csv import WriteOptions, write_csv

        out = io.BytesIO()
        write_csv(safe(batch), out, WriteOptions(include_header=not self._begun, quoting_style="needed"))
        self._begun = True
        return out.getvalue()

    def end(self) -> bytes:
        """Nothing."""
        return b""


class Lines:
    """One JSON object a line."""

    def part(self, batch: pa.RecordBatch) -> bytes:
        """The lines of a batch."""
        return "".join(f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in batch.to_pylist()).encode()

    def end(self) -> bytes:
        """Nothing."""
        return b""


class Parquet:
    """One Parquet file, a row group for each batch."""

    def __init__(self) -> None:
        self._writer: Any = None

    def part(self, batch: pa.RecordBatch) -> bytes:
        """What the batch adds to the file."""
        from pyarrow.parquet import ParquetWriter

        if self._writer is None:
            self._sink = Sink()
            self._writer = ParquetWriter(self._sink, batch.schema, compression="zstd")
        self._writer.write_batch(batch)
        return self._sink.taken()

    def end(self) -> bytes:
        """The foot of the file."""
        self._writer.close()
        return self._sink.taken()


class Sink(io.RawIOBase):
    """A file that gives away what was written to it, and remembers only how much that was."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        """That it can be written to."""
        return True

    def tell(self) -> int:
        """How much was written."""
        return self._length

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self._parts.append(bytes(data))
        self._length += len(data)
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self._parts = b"".join(self._parts), []
        return found


WRITERS: Mapping[str, Callable[[], Any]] = {"csv": Csv, "jsonl": Lines, "parquet": Parquet}


def safe(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with a quote before each text that a spreadsheet would take for a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    made = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        made[name] = column
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            formula = begins_formula(column)
            if formula.any():
                made[name] = pc.if_else(pa.array(formula), pc.binary_join_element_wise("'", column, ""), column)
    return pa.record_batch(made)


def begins_formula(column: Any) -> NDArray[np.bool_]:
    """Which texts begin with one of ``FORMULA``, by their first bytes: a fifth of what comparing texts takes."""
    import numpy as np
    import pyarrow as pa

    _, ends, letters = column.buffers()
    width: Any = np.int64 if pa.types.is_large_string(column.type) else np.int32
    begins: NDArray[np.int64] = np.frombuffer(ends, width)[column.offset : column.offset + len(column) + 1]
    held = (begins[1:] > begins[:-1]) & column.is_valid().to_numpy(zero_copy_only=False)
    found = np.zeros(len(column), np.bool_)
    if held.any():
        signs = np.zeros(256, np.bool_)
        signs[list(FORMULA.encode())] = True
        found[held] = signs[np.frombuffer(letters, np.uint8)[begins[:-1][held]]]
    return found


def empty(schema: pa.Schema) -> pa.RecordBatch:
    """No row."""
    import pyarrow as pa

    return pa.record_batch({field.name: pa.array([], field.type) for field in schema})
