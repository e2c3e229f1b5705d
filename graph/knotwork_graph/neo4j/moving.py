"""A whole graph out of Neo4j, and into an empty database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from knotwork_graph.neo4j.address import Address
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.filling import Filling
from knotwork_graph.neo4j.schema import prepare
from knotwork_graph.neo4j.shapes import SINGLES, TABLES, single, told
from knotwork_graph.neo4j.taking import FILLING, Parts, put
from knotwork_graph.neo4j.whole import SPAN
from knotwork_graph.neo4j.work import Work

if TYPE_CHECKING:
    import pyarrow as pa

NOTHING = "RETURN NOT EXISTS { (:Identifier) } AND NOT EXISTS { (:Run) } AND NOT EXISTS { (:Decision) }"
COUNTS = "MATCH ()-[e:SEEN_WITH]->() RETURN count(e)"
NEXT_ID = "MATCH (i:Identifier) RETURN coalesce(max(i.id), 0) + 1"


class Neo4jTables:
    """The graph on a server as tables. What is filled in counts once it is ``done``; it is marked until then."""

    def __init__(self, address: Address) -> None:
        self._server = Server(address)
        try:
            prepare(self._server)
        except BaseException:  # whatever it was goes on up
            self._server.close()
            raise
        self._parts = Parts(self._server, FILLING)
        self._filling = Filling()
        self._meta: dict[str, Any] = {"everything": False, "settled": 0}

    def close(self) -> None:
        """Give back the connections."""
        self._server.close()

    def is_empty(self) -> bool:
        """Whether it holds nothing yet."""
        return bool(self._server.rows(NOTHING)[0][0])

    # --- reading

    def tables(self, name: str) -> Iterator[pa.Table]:
        """The rows of one of the tables, in pieces."""
        values = self._server.rows(SINGLES)[0][0]
        if name not in TABLES:
            yield single(name, values)
            return
        spans = range(0, values["next_id"], SPAN) if "$after" in TABLES[name] else range(1)
        for after in spans:
            yield told(name, self._rows(TABLES[name], after=after, span=SPAN, last=values["last_run"]))

    def _rows(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        return self._server.read(lambda work: work.rows(query, **bound))

    # --- writing

    def fill(self, name: str, pieces: Iterable[pa.Table]) -> int:
        """Write the rows of one of the tables; how many there were."""
        if name == "meta":
            self._parts.begin()
        return sum(self._fill(name, piece) for piece in pieces)

    def _fill(self, name: str, rows: pa.Table) -> int:
        if name == "meta":
            self._meta |= {row["name"]: _typed(row["name"], row["value"]) for row in rows.to_pylist()}
        elif name in ("types", "sources"):
            self._meta[name] = rows["name"].to_pylist()
        elif name == "pending":
            self._meta["everything"] = 0 in rows["identifier"].to_pylist()
        for query, values in self._filling.writes(name, rows):
            self._parts.each(query, values)
        return len(rows)

    def done(self) -> None:
        """All tables are in: count them, and take the mark away."""

        def finish(work: Work) -> None:
            self._parts.finish(work)
            put(work, edges=work.rows(COUNTS)[0][0], next_id=work.rows(NEXT_ID)[0][0], **self._meta)

        self._server.write(finish)


def _typed(name: str, value: str) -> str | int:
    return value if name in ("policy", "reading") else int(value)
