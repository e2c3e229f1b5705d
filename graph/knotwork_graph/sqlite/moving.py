"""A whole graph out of a SQLite file, and into an empty one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.moving import SINGLE, schema_of
from knotwork_graph.sqlite.connection import Bulk, prepare
from knotwork_graph.sqlite.looking import sources_of
from knotwork_graph.sqlite.projecting import OTHER_SOURCES

if TYPE_CHECKING:
    import pyarrow as pa

PIECE = 200_000
QUERIES = {
    "meta": f"SELECT name, value FROM meta WHERE name IN {SINGLE}",
    "types": "SELECT name FROM types ORDER BY code",
    "sources": "SELECT name FROM sources ORDER BY code",
    "segments": "SELECT number FROM segments ORDER BY number",
    "identifiers": """
        SELECT i.id, t.name AS type, i.value, i.status, coalesce(i.reason, '') AS reason, i.events, i.first_seen,
            i.last_seen
        FROM identifiers AS i JOIN types AS t ON t.code = i.type WHERE i.id > ?1 AND i.id <= ?2 ORDER BY i.id""",
    "edges": "SELECT * FROM edges WHERE a > ?1 AND a <= ?2 ORDER BY a, b",
    "traits": "SELECT identifier, trait, value_hash FROM traits ORDER BY identifier, trait, value_hash",
    "memberships": """
        SELECT identifier, from_run, coalesce(to_run, 0) AS to_run, customer, status, coalesce(reason, '') AS reason
        FROM memberships WHERE identifier > ?1 AND identifier <= ?2 ORDER BY identifier, from_run""",
    "severed": """
        SELECT a, b, from_run, coalesce(to_run, 0) AS to_run, rule, detail FROM severed ORDER BY a, b, from_run""",
    "redirects": "SELECT customer, from_run, coalesce(to_run, 0) AS to_run, heirs FROM redirects ORDER BY 1, 2",
    "changes": "SELECT run, kind, customer, other, identifiers, cause FROM changes ORDER BY rowid",
    "runs": """
        SELECT number, state, as_of, started, coalesce(finished, 0) AS finished, policy, counts, how, base
        FROM runs ORDER BY number""",
    "publications": "SELECT at, run FROM publications ORDER BY seq",
    "decisions": """
        SELECT number, kind, a, b, made_by AS by, at, reason, comment, undoes, code, bundle, approved_by
        FROM decisions ORDER BY number""",
    "pending": "SELECT identifier FROM pending ORDER BY identifier",
}
NULLED = {"reason": "", "to_run": 0, "finished": 0}
"""What stands for a value that is not there, by column."""
MOVED = "UPDATE meta SET value = ? WHERE name = ?"


class SqliteTables:
    """The graph in ``folder/graph.db`` as tables. What is filled in is there once ``done``, all or nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        prepare(folder / "graph.db")
        self._bulk = Bulk(folder / "graph.db")
        self._writing = ExitStack()
        self._types: list[str] = []
        self._sources: list[str] = []

    def close(self) -> None:
        """Give back the file; what was filled in and not ``done`` is gone."""
        self._bulk.close()

    def is_empty(self) -> bool:
        """Whether it holds nothing yet."""
        names = ("identifiers", "runs", "decisions")
        return not any(self._bulk.rows(f"SELECT 1 AS one FROM {name} LIMIT 1") for name in names)

    # --- reading

    def tables(self, name: str) -> Iterator[pa.Table]:
        """The rows of one of the tables, in pieces."""
        query = QUERIES[name]
        if "?1" not in query:
            yield self._named(name, self._bulk.fetch(query))
            return
        last = self._bulk.rows("SELECT coalesce(max(id), 0) AS id FROM identifiers")[0][0]
        for after in range(0, last, PIECE):
            yield self._named(name, self._bulk.fetch(query, (after, after + PIECE)))

    def _named(self, name: str, rows: pa.Table) -> pa.Table:
        import pyarrow as pa

        schema = schema_of(name)
        plain = rows.drop_columns(["sources"]) if name == "edges" else rows
        columns = {column: plain[column].cast(schema.field(column).type) for column in plain.column_names}
        if name == "edges":
            columns["sources"] = self._sources_in(rows["sources"])
        return pa.table([columns[column] for column in schema.names], schema=schema)

    def _sources_in(self, masks: pa.ChunkedArray) -> pa.Array:
        """The names behind masks; few of them differ."""
        import pyarrow as pa

        known = dict(enumerate(name for (name,) in self._bulk.rows(QUERIES["sources"])))
        different, which = np.unique(masks.to_numpy(), return_inverse=True)
        named = [list(sources_of(mask, known)) for mask in different.tolist()]
        return pa.array(named, pa.list_(pa.string())).take(pa.array(which))

    # --- writing

    def fill(self, name: str, pieces: Iterable[pa.Table]) -> int:
        """Write the rows of one of the tables; how many there were."""
        if name == "meta":
            self._writing.enter_context(self._bulk.transaction())
        return sum(self._fill(name, piece) for piece in pieces)

    def _fill(self, name: str, rows: pa.Table) -> int:
        if name == "meta":
            for row in rows.to_pylist():
                self._bulk.execute(MOVED, (row["value"], row["name"]))
        elif len(rows):
            self._bulk.append(name, self._columns(name, rows))
        return len(rows)

    def _columns(self, name: str, rows: pa.Table) -> pa.Table:
        """The rows as the table of this file has them: codes for names, NULL for what is not there."""
        import pyarrow as pa

        columns: dict[str, Any] = {column: rows[column] for column in rows.column_names}
        for column, nothing in NULLED.items():
            if column in columns and (name, column) != ("decisions", "reason"):
                kept = columns[column].to_pylist()
                columns[column] = pa.array([None if one == nothing else one for one in kept], columns[column].type)
        if name in ("types", "sources"):
            known = self._types if name == "types" else self._sources
            known.extend(rows["name"].to_pylist())
            columns["code"] = pa.array(range(len(known) - len(rows), len(known)), pa.int64())
        if name == "identifiers":
            code = {kind: place for place, kind in enumerate(self._types)}
            columns["type"] = pa.array([code[kind] for kind in rows["type"].to_pylist()], pa.int64())
        if name == "edges":
            columns["sources"] = pa.array([self._mask(some) for some in rows["sources"].to_pylist()], pa.int64())
        if name == "pending":
            columns["moved"] = pa.array([1] * len(rows), pa.int64())
        if name == "decisions":
            columns["made_by"] = columns.pop("by")
        return pa.table(columns)

    def _mask(self, names: list[str]) -> int:
        code = {name: min(place, OTHER_SOURCES) for place, name in enumerate(self._sources)}
        return sum({1 << code.get(name, OTHER_SOURCES) for name in names})

    def done(self) -> None:
        """All tables are in: count the edges, and keep everything."""
        edges = self._bulk.rows("SELECT count(*) AS n FROM edges")[0][0]
        self._bulk.execute(MOVED, (str(edges), "edges"))
        self._writing.close()
