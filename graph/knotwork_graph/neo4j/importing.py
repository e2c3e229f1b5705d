"""A whole graph as CSV files for ``neo4j-admin database import``, and the command that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from knotwork_graph.errors import StoreError
from knotwork_graph.moving import COLUMNS, Source
from knotwork_graph.neo4j import filling
from knotwork_graph.neo4j.decisions import ADD as ADD_DECISIONS
from knotwork_graph.neo4j.filling import Filling
from knotwork_graph.neo4j.projecting import SEGMENTS, SHOW, TRAITS
from knotwork_graph.neo4j.schema import IMPORTED

BETWEEN = "\x1f"
"""Between the texts of a list: a sign that no source's name bears."""
OPTIONS = ("--array-delimiter=U+001F", "--multiline-fields=true")
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


IDENTIFIERS = File(
    "identifiers",
    "Identifier",
    ":ID(identifier),key,type,value,status,reason,events:long,first_seen:long,last_seen:long,id:long,touched:long",
)
CUSTOMERS = File("customers", "Customer", ":ID(customer),id,number:long")
TRAIT_NAMES = File("traits", "Trait", ":ID(trait),name")
SEGMENT_NUMBERS = File("segments", "Segment", "number:long")
MEMBERS = File("belongs_to", "BELONGS_TO", f":START_ID(identifier),{SPAN},:END_ID(customer),status,reason")
LEADS = File("redirects_to", "REDIRECTS_TO", f":START_ID(customer),{SPAN},:END_ID(customer),place:long")
NOBODY = File("nobody", "Nobody", ":ID(customer),number:long")
FILES = {
    filling.IDENTIFIERS: IDENTIFIERS,
    filling.EDGES: File(
        "seen_with",
        "SEEN_WITH",
        ":START_ID(identifier),:END_ID(identifier),count:long,vouched:long,first_seen:long,last_seen:long,sources:string[]",
    ),
    TRAITS: TRAIT_NAMES,
    SHOW: File("showed", "SHOWED", ":START_ID(identifier),:END_ID(trait),value:long"),
    filling.CUSTOMERS: CUSTOMERS,
    filling.MEMBERS: MEMBERS,
    filling.to_nobody(filling.MEMBERS): MEMBERS,
    filling.CUTS: File("severed", "SEVERED", f":START_ID(identifier),:END_ID(identifier),{SPAN},rule,detail"),
    filling.REDIRECTS: LEADS,
    filling.to_nobody(filling.REDIRECTS): LEADS,
    filling.CHANGED: File(
        "changes", "Change", "run:long,kind,customer:long,other:long,identifiers:long,cause,place:long"
    ),
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
SINGLE = File(
    "knotwork",
    "Knotwork",
    "name,version:long,current:long,last_run:long,next_number:long,policy,reading,upto:long,edges:long,next_id:long,"
    "types:string[],sources:string[],turn:long,settled:long,everything:boolean",
)


class Writer:
    """Writes the files of one import into a folder; ``close`` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, IO[str]] = {}
        self._once: dict[str, set[Any]] = {CUSTOMERS.name: set(), TRAIT_NAMES.name: set()}
        self.rows: dict[str, int] = {}

    def close(self) -> None:
        """Finish all files."""
        for one in self._open.values():
            one.close()

    def write(self, file: File, rows: Iterable[list[Any]]) -> None:
        """Add rows to a file; of customers and traits each only once."""
        if file.name not in self._open:
            self._open[file.name] = (self.folder / f"{file.name}.csv").open("w", encoding="utf-8", newline="")
            self._open[file.name].write(file.header + "\n")
        lines = [",".join(map(cell, row)) + "\n" for row in self._new(file, rows)]
        self.rows[file.name] = self.rows.get(file.name, 0) + len(lines)
        self._open[file.name].writelines(lines)

    def _new(self, file: File, rows: Iterable[list[Any]]) -> Iterable[list[Any]]:
        known = self._once.get(file.name)
        if known is None:
            return rows
        fresh = [row for row in rows if row[0] not in known]
        known.update(row[0] for row in fresh)
        return fresh


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
    files = [
        file for file in {one.name: one for one in (SINGLE, NOBODY, *FILES.values())}.values() if file.name in names
    ]
    where = folder.resolve()
    read = [f'--{file.option}={file.holds}="{where / file.name}.csv"' for file in files]
    return " \\\n    ".join([f"neo4j-admin database import full {database}", *OPTIONS, *read])


def _write_all(source: Source, writer: Writer) -> None:
    pending = {one for piece in source.tables("pending") for one in piece["identifier"].to_pylist()}
    many, made = Filling(), {"edges": 0, "next_id": 1}
    for name in COLUMNS:
        for piece in source.tables(name):
            if name == "edges":
                made["edges"] += len(piece)
            if name == "identifiers" and len(piece):
                made["next_id"] = piece["id"][-1].as_py() + 1
            for query, rows in many.writes(name, piece):
                if query in FILES and rows:
                    writer.write(FILES[query], _shaped(FILES[query], rows, pending))
    writer.write(NOBODY, [[0, 0]])
    writer.write(SINGLE, [_single(source, made, everything=0 in pending)])


def _shaped(file: File, rows: list[Any], pending: set[int]) -> Iterator[list[Any]]:
    """Rows as the file has them: an id once as the import's, once as the graph's own."""
    if file is IDENTIFIERS:
        return ([*row, row[0], int(row[0] in pending)] for row in rows)
    if file is CUSTOMERS:
        return ([*row, row[0]] for row in rows)
    if file is TRAIT_NAMES:
        return ([name, name] for name in rows)
    return ([number] for number in rows) if file is SEGMENT_NUMBERS else iter(rows)


def _single(source: Source, made: dict[str, int], *, everything: bool) -> list[Any]:
    said: dict[str, Any] = {row["name"]: row["value"] for piece in source.tables("meta") for row in piece.to_pylist()}
    numbers = {name: int(said[name]) for name in ("current", "last_run", "next_number", "upto")}
    lists = {name: _names(source, name) for name in ("types", "sources")}
    values = said | numbers | lists | made
    values |= {"name": "graph", "version": IMPORTED, "turn": 0, "settled": 0, "everything": everything}
    return [values[column.partition(":")[0]] for column in SINGLE.header.split(",")]


def _names(source: Source, table: str) -> list[str]:
    return [name for piece in source.tables(table) for name in piece["name"].to_pylist()]
