"""CSV: rows of a table, through a mapping, to blocks of events."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from knotwork_graph.errors import InputError, MappingError
from knotwork_resolvers.loading.block import LONGEST_LINE, Block, Refusal
from knotwork_resolvers.loading.lines import NOT_UTF8
from knotwork_resolvers.loading.mapping import HOW, Mapping
from knotwork_resolvers.loading.mapping_sql import Column, event_sql
from knotwork_resolvers.loading.opening import PARTLY, opened, read_errors

BATCH_ROWS = 50_000
MOST_COLUMNS = 10_000
HASH = "row_hash"
OPEN_QUOTE = "row cannot be read: a cell is too long, or a quote is left open"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, and its cells; or why it cannot be read."""

    line: int
    cells: list[str]
    fault: str = ""


def prepare(file: Path, mapping: Mapping | None) -> Callable[[], Iterator[Block]]:
    """What reads ``file`` as blocks, after its header was found to fit. Raises ``InputError`` or ``MappingError``."""
    if mapping is None:
        raise MappingError(f"{file}: a CSV file needs a mapping that says which column is what. {HOW}")
    with read_errors(file), _text(file, mapping) as stream:
        header = next((row.cells for row in _rows(stream, mapping)), None)
    if header is None:
        raise InputError(f"{file}: this file is empty; a CSV file starts with a line of column names.")
    _decoded(header, mapping, file)
    names = _names(header, file)
    _parted(names, mapping, file)
    mapping.fit(names, file)
    _twice(names, mapping, file)
    return partial(_blocks, file, mapping, names)


def _decoded(header: list[str], mapping: Mapping, file: Path) -> None:
    """Nothing comes back where the header is text in the encoding that the mapping names."""
    try:
        "".join(header).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{file}: the line of column names is no {mapping.encoding}. "
            'Save the file as UTF-8, or name its encoding in the mapping: encoding = "utf-16".'
        ) from error


def _names(header: list[str], file: Path) -> list[str]:
    """The column names without the blanks around them."""
    if len(header) > MOST_COLUMNS:
        raise InputError(f"{file}: has {len(header)} columns; at most {MOST_COLUMNS} can be read. Check the delimiter.")
    return [name.strip() for name in header]


def _parted(names: list[str], mapping: Mapping, file: Path) -> None:
    """Nothing comes back unless the only column looks like several under another delimiter."""
    other = next((one for one in ";\t,|" if one in names[0] and one != mapping.delimiter), "")
    if len(names) == 1 and other:
        written = "\\t" if other == "\t" else other
        raise MappingError(
            f"{mapping.file}: {file} has one column alone, {names[0][:60]!r}. "
            f'Its cells seem to be parted otherwise: write delimiter = "{written}" under [source].'
        )


def _twice(names: list[str], mapping: Mapping, file: Path) -> None:
    """Nothing comes back where each mapped column is there once."""
    for name in mapping.columns():
        if names.count(name) > 1:
            raise MappingError(
                f"{mapping.file}: {file} has {names.count(name)} columns named {name!r}; rename all but one."
            )


def _text(file: Path, mapping: Mapping) -> io.TextIOWrapper:
    """The file as text; bytes that are none in its encoding are kept apart, to be refused row by row."""
    encoding = "utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding
    return io.TextIOWrapper(opened(file), encoding=encoding, errors="surrogateescape", newline="")


def _rows(stream: io.TextIOWrapper, mapping: Mapping) -> Iterator[Row]:
    """All rows that are not blank, the header first."""
    before = csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(stream, delimiter=mapping.delimiter, skipinitialspace=True)
    try:
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except csv.Error:
                yield Row(line, [], OPEN_QUOTE)
                continue
            except StopIteration:
                return
            if any(cells):
                yield Row(line, cells)
    finally:
        csv.field_size_limit(before)


def _blocks(file: Path, mapping: Mapping, names: list[str]) -> Iterator[Block]:
    """The blocks of the file, some ten thousand rows each."""
    import duckdb

    wanted = {name: names.index(name) for name in mapping.columns()}
    columns = {name: Column(f"c{place}", "VARCHAR") for place, name in enumerate(wanted)}
    query = f"SELECT {event_sql(mapping, columns, HASH)} AS line FROM csv_rows"
    with read_errors(file, PARTLY), _text(file, mapping) as stream, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = islice(_rows(stream, mapping), 1, None)
        while batch := list(islice(rows, BATCH_ROWS)):
            yield _block(connection, query, str(file), batch, len(names), list(wanted.values()))


def _block(connection: Any, query: str, file: str, batch: list[Row], width: int, wanted: list[int]) -> Block:
    """The block of one batch of rows."""
    import numpy as np
    import pyarrow as pa

    refused = [refusal for row in batch if (refusal := _refusal(row, width)) is not None]
    bad = {refusal.line for refusal in refused}
    good = [row for row in batch if row.line not in bad]
    table = pa.table(
        {f"c{place}": pa.array([row.cells[index] for row in good], pa.string()) for place, index in enumerate(wanted)}
    )
    table = table.append_column(HASH, pa.array([_hash(row) for row in good], pa.string()))
    connection.register("csv_rows", table)
    lines = connection.sql(query).to_arrow_table()["line"].cast(pa.large_string()).combine_chunks()
    return Block(file, lines, np.array([row.line for row in good], np.int64), refused)


def _refusal(row: Row, width: int) -> Refusal | None:
    """Why a row cannot be mapped at all, or None."""
    if row.fault:
        return Refusal(row.line, row.fault, row.fault, "")
    if len(row.cells) != width:
        kind = "row has another number of cells than the header"
        return Refusal(row.line, f"{kind}: {len(row.cells)} instead of {width}", kind, _readable(row.cells))
    try:
        "".join(row.cells).encode()
    except UnicodeEncodeError:
        return Refusal(row.line, NOT_UTF8.replace("line", "row"), NOT_UTF8.replace("line", "row"), _readable(row.cells))
    return None


def _readable(cells: list[str]) -> list[str]:
    """Cells that can be written, with bytes that are no text as ``\\udcff``; the first ones of very many."""
    return [cell.encode("utf-8", "backslashreplace").decode()[:LONGEST_LINE] for cell in cells[:MOST_COLUMNS]]


def _hash(row: Row) -> str:
    """A name for a row that has none: the same cells give the same."""
    return hashlib.md5("\x1f".join(row.cells).encode(), usedforsecurity=False).hexdigest()
