"""A whole graph as CSV files for ``neo4j-admin database import``, and the command that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.errors import StoreError
from knotwork_graph.moving import COLUMNS, Source
from knotwork_graph.neo4j import columns, filling
from knotwork_graph.neo4j.columns import Columned
from knotwork_graph.neo4j.decisions import ADD as ADD_DECISIONS
from knotwork_graph.neo4j.filling import Filling
from knotwork_graph.neo4j.projecting import SEGMENTS
from knotwork_graph.neo4j.schema import IMPORTED

if TYPE_CHECKING:
    import pyarrow as pa

BETWEEN = "\x1f"
"""Between the texts of a list: a sign that no source's name bears."""
OPTIONS = ("--array-delimiter=U+001F", "--multiline-fields=true", "--id-type=integer")
SPAN = "from_run:long,to_run:long"


@dataclass(frozen=True, slots=True)
class File:
    """One CSV file: its name, the label or type of what it holds, and its header."""

    name: str
    holds: str
    header: str

    @property
    def option(self) -> str:
        """Whether it holds nodes or relationships, as the command calls them."""
        return "relationships" if ":START_ID" in self.header else "nodes"


CUSTOMERS = File(columns.CUSTOMERS, "Customer", ":ID(customer),id,number:long")
SEGMENT_NUMBERS = File("segments", "Segment", "number:long")
LEADS = File("redirects_to", "REDIRECTS_TO", f":START_ID(customer),{SPAN},:END_ID(customer),place:long")
NOBODY = File("nobody", "Nobody", ":ID(customer),number:long")
LARGE = (
    File(
        columns.IDENTIFIERS,
        "Identifier",
        ":ID(identifier),key,type,value,status,reason,events:long,first_seen:long,last_seen:long,id:long,touched:long",
    ),
    File(
        columns.EDGES,
        "SEEN_WITH",
        ":START_ID(identifier),:END_ID(identifier),count:long,vouched:long,first_seen:long,last_seen:long,sources:string[]",
    ),
    File(columns.TRAITS, "Trait", ":ID(trait),name"),
    File(columns.SHOWED, "SHOWED", ":START_ID(identifier),:END_ID(trait),value:long"),
    CUSTOMERS,
    File(columns.MEMBERS, "BELONGS_TO", f":START_ID(identifier),{SPAN},:END_ID(customer),status,reason"),
    File(
        columns.CHANGED,
        "Change",
        "run:long,kind,customer:long,other:long,identifiers:long,cause,place:long",
    ),
)
"""The files of the large tables, which ``Columned`` makes."""
FILES = {
    filling.CUTS: File("severed", "SEVERED", f":START_ID(identifier),:END_ID(identifier),{SPAN},rule,detail"),
    filling.REDIRECTS: LEADS,
    filling.to_nobody(filling.REDIRECTS): LEADS,
    filling.RUNS: File(
        "runs",
        "Run",
        "number:long,state,as_of:datetime,started:datetime,finished:datetime,policy,counts,how,base:long",
    ),
    filling.PUBLICATIONS: File("publications", "Publication", "at:datetime,run:long,turn:long"),
    SEGMENTS: SEGMENT_NUMBERS,
    ADD_DECISIONS: File(
        "decisions",
        "Decision",
        "number:long,kind,a,b,by,at:datetime,reason,comment,undoes:long,code,bundle:long,approved_by",
    ),
}
"""The files of the smaller tables, by the query that would write them."""
SINGLE = File(
    "knotwork",
    "Knotwork",
    "name,version:long,current:long,last_run:long,next_number:long,policy,reading,upto:long,edges:long,next_id:long,"
    "types:string[],sources:string[],turn:long,settled:long,everything:boolean",
)


BY_NAME = {file.name: file for file in LARGE}


class Writer:
    """Writes the files of one import into a folder; ``close`` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, IO[bytes]] = {}
        self.rows: dict[str, int] = {}

    def close(self) -> None:
        """Finish all files."""
        for one in self._open.values():
            one.close()

    def write(self, file: File, rows: Iterable[list[Any]]) -> None:
        """Add rows to a file."""
        lines = [",".join(map(cell, row)) + "\n" for row in rows]
        self._file(file, len(lines)).write("".join(lines).encode())

    def write_columns(self, file: File, columns: list[Any]) -> None:
        """Add columns of equal length to a file; texts and numbers are quoted, nulls are not."""
        import pyarrow as pa
        from pyarrow import csv

        rows = pa.table(columns, names=file.header.split(","))
        quoted = csv.WriteOptions(include_header=False, quoting_style="all_valid")
        csv.write_csv(rows, self._file(file, len(rows)), quoted)

    def _file(self, file: File, more: int) -> IO[bytes]:
        if file.name not in self._open:
            self._open[file.name] = (self.folder / f"{file.name}.csv").open("wb")
            self._open[file.name].write(file.header.encode() + b"\n")
        self.rows[file.name] = self.rows.get(file.name, 0) + more
        return self._open[file.name]


def cell(value: Any) -> str:
    """A value as a cell: nothing for None, quoted but for numbers.

    >>> cell(None), cell(5), cell('a "b" c'), cell([])
    ('', '5', '"a ""b"" c"', '""')
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    text = BETWEEN.join(value) if isinstance(value, list) else str(value)
    return '"' + text.replace('"', '""') + '"'


def write_import(source: Source, folder: Path, database: str) -> tuple[dict[str, int], str]:
    """The rows of each file written into ``folder``, and the command that imports them. O(rows).

    Raises ``StoreError`` where the folder holds files already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise StoreError(f"{folder} is not empty. Name a new folder for the files of the import.")
    writer = Writer(folder)
    try:
        _write_all(source, writer)
    finally:
        writer.close()
    return writer.rows, command(folder, database, writer.rows)


def command(folder: Path, database: str, written: Iterable[str]) -> str:
    """The command that imports the files that were written; the server must be stopped, and the database be new."""
    names = set(written)
    every = {one.name: one for one in (SINGLE, NOBODY, *LARGE, *FILES.values())}.values()
    files = [file for file in every if file.name in names]
    where = folder.resolve()
    read = [f'--{file.option}={file.holds}="{where / file.name}.csv"' for file in files]
    return " \\\n    ".join([f"neo4j-admin database import full {database}", *OPTIONS, *read])


def _write_all(source: Source, writer: Writer) -> None:
    pending = {one for piece in source.tables("pending") for one in piece["identifier"].to_pylist()}
    large, small, made = Columned(pending, BETWEEN), Filling(), {"edges": 0, "next_id": 1}
    for name in COLUMNS:
        for piece in source.tables(name):
            if name == "edges":
                made["edges"] += len(piece)
            if name == "identifiers" and len(piece):
                made["next_id"] = piece["id"][-1].as_py() + 1
            _write_piece(name, piece, large, small, writer)
    writer.write(NOBODY, [[0, 0]])
    writer.write(SINGLE, [_single(source, made, everything=0 in pending)])


def _write_piece(name: str, piece: pa.Table, large: Columned, small: Filling, writer: Writer) -> None:
    if not len(piece):
        return
    if (found := large.files(name, piece)) is not None:
        for file, columned in found:
            writer.write_columns(BY_NAME[file], columned)
        return
    for query, rows in small.writes(name, piece):
        if query == filling.CUSTOMERS:
            writer.write_columns(CUSTOMERS, large.customers(np.array([row[0] for row in rows], np.int64)))
        elif query in FILES:
            writer.write(FILES[query], ([row] for row in rows) if query == SEGMENTS else rows)


def _single(source: Source, made: dict[str, int], *, everything: bool) -> list[Any]:
    said: dict[str, Any] = {row["name"]: row["value"] for piece in source.tables("meta") for row in piece.to_pylist()}
    numbers = {name: int(said[name]) for name in ("current", "last_run", "next_number", "upto")}
    lists = {name: _names(source, name) for name in ("types", "sources")}
    values = said | numbers | lists | made
    values |= {"name": "graph", "version": IMPORTED, "turn": 0, "settled": 0, "everything": everything}
    return [values[column.partition(":")[0]] for column in SINGLE.header.split(",")]


def _names(source: Source, table: str) -> list[str]:
    return [name for piece in source.tables(table) for name in piece["name"].to_pylist()]
