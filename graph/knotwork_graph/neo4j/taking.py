"""Taking the graph to write to it: the lock that makes writers take turns, and writing in parts what is too much.

What fits is written in one transaction. A larger increment or run would not fit into the server's memory, so it is
written in parts, under a mark on the ``:Knotwork`` node that only the last part takes away. A dead writer leaves its
mark, and whoever comes next knows what to do: a torn projection is made anew from the facts, a torn run is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from knotwork_graph.errors import StoreError, WorkspaceBusyError
from knotwork_graph.neo4j.head import NOT_THERE, Head, Meta, head_of
from knotwork_graph.neo4j.work import Work, Write, batches

if TYPE_CHECKING:
    from knotwork_graph.neo4j.connection import Server

ROWS_AT_ONCE = 150_000
"""Rows in one transaction; about 150 MB of the server's heap."""
IN_A_PART = 50_000

TAKE = "MATCH (k:Knotwork {name: 'graph'}) SET k.turn = k.turn + 1 RETURN properties(k)"
PUT = "UNWIND $rows AS row MATCH (k:Knotwork {name: 'graph'}) SET k += row"
TORN = "torn"
STAGING = "staging"
FILLING = "filling"
ANOTHER = "another writer, which took the graph over"


def take(work: Work) -> Meta:
    """Wait for the lock that every writer takes, hold it until the transaction ends, and read the single values."""
    if (head := head_of(work)) is not None:
        return head.meta
    found = work.one(TAKE)
    if found is None:
        raise StoreError(NOT_THERE)
    return Meta(found[0])


def put(work: Work, **values: Any) -> None:
    """Change some of the single values; None forgets one."""
    put_with(work, (), values)


def put_with(work: Work, writes: Iterable[Write], values: dict[str, Any]) -> int:
    """The same after other writes, in one statement where they are small; how many relationships these made."""
    made = work.all([*writes, Write(PUT, [values])])
    if work.ahead is not None and (head := work.ahead.get(Head)) is not None:
        head.meta.put(values)
    return made


class Parts:
    """Writes under a mark, in as many transactions as it takes. Used where ``Work`` would be too large."""

    def __init__(self, server: Server, kind: str, run: int = 0) -> None:
        self._server = server
        self._kind = kind
        self._mark = f"{run} {uuid4()}"

    def begin(self) -> Meta:
        """Set the mark."""
        self._server.part()

        def mark(work: Work) -> Meta:
            meta = take(work)
            put(work, **{self._kind: self._mark})
            return meta

        return self._server.write(mark)

    def rows(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, in a transaction of its own."""
        return self._server.write(lambda work: self._mine(work).rows(query, **bound))

    def each(self, query: str, rows: Iterable[Any], **bound: Any) -> int:
        """Run a query over ``$rows``, a transaction for each part; how many relationships it made."""
        return sum(self._part(query, part, bound) for part in batches(rows, IN_A_PART))

    def all(self, writes: Iterable[Write]) -> int:
        """Run writes in their order; how many relationships they made."""
        return sum(self.each(one.query, one.rows, **one.bound) for one in writes)

    def _part(self, query: str, rows: list[Any], bound: dict[str, Any]) -> int:
        return self._server.write(lambda work: self._mine(work).each(query, rows, **bound))

    def finish(self, work: Work) -> Meta:
        """Take the mark away with the last part."""
        meta = take(self._mine(work))
        put(work, **{self._kind: None})
        return meta

    def _mine(self, work: Work) -> Work:
        """The same transaction, once it is sure that nobody has taken the graph over in between."""
        if take(work).get(self._kind) != self._mark:
            raise WorkspaceBusyError(ANOTHER)
        return work


Hand = Work | Parts
"""What writes rows: one transaction, or as many as it takes."""


def torn_run(meta: Meta) -> int:
    """The number of a run whose writer died before it was whole, 0 for none."""
    return int(str(meta.get(STAGING) or "0").split()[0])
