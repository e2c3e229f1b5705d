"""Files: events in parts, a chunk each, and the truth beside them, as JSON lines and CSV or as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from knotwork_seeds.delivery import Log
from knotwork_seeds.dice import Ints
from knotwork_seeds.identifiers import Values
from knotwork_seeds.render import fragments, lines, table

Format = Literal["jsonl", "parquet"]
ROWS = 250_000  # rendered at a time: some hundred megabytes of text


def write_events(path: Path, log: Log, values: Values, form: Format) -> None:
    """The deliveries of a log, in their order."""
    if form == "jsonl":
        _write_lines(path, log, values)
    else:
        _write_table(path, log, values)


def _slices(log: Log) -> Iterator[Ints]:
    for start in range(0, len(log.order), ROWS):
        yield log.order[start : start + ROWS]


def _write_lines(path: Path, log: Log, values: Values) -> None:
    pieces = fragments(values)
    with path.open("wb") as out:
        for rows in _slices(log):
            out.write(lines(log, rows, values, pieces).buffers()[2])


def _write_table(path: Path, log: Log, values: Values) -> None:
    writer = None
    for rows in _slices(log):
        part = table(log, rows, values)
        writer = writer or pa.parquet.ParquetWriter(path, part.schema, compression="zstd")
        writer.write_table(part)
    if writer:
        writer.close()


class Sheet:
    """One file of truth that grows chunk by chunk; used as a context it is closed at the end."""

    def __init__(self, path: Path, form: Format) -> None:
        self.path = path
        self._form = form
        self._writer: Any = None

    def add(self, rows: pa.Table) -> None:
        """More rows at the end; the first ones bring the names of the columns."""
        if self._writer is None:
            self._writer = self._open(rows.schema)
        self._writer.write_table(rows)

    def _open(self, schema: pa.Schema) -> Any:
        if self._form == "parquet":
            return pa.parquet.ParquetWriter(self.path, schema, compression="zstd")
        options = pa.csv.WriteOptions(quoting_style="none", quoting_header="none")
        return pa.csv.CSVWriter(self.path, schema, write_options=options)

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
