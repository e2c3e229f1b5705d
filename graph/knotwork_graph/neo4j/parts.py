"""Whole tables out of the server a span of identifiers at a time, each span in a transaction of its own.

A later run closes what was visible rather than changing it, so all spans tell of the run that readers saw at the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.whole import SPAN, SPAN_MEMBERS, UPPER, WITHIN
from knotwork_graph.neo4j.words import seen
from knotwork_graph.neo4j.work import Work
from knotwork_graph.parts import in_parts, members, owners

if TYPE_CHECKING:
    import pyarrow as pa

SPAN_OWNERS = f"""
WITH $current AS current
MATCH (i:Identifier)-[m:BELONGS_TO]->(c) WHERE {WITHIN} AND {seen("m")} AND c.number > 0
RETURN collect(c.number)
"""


def member_parts(server: Server) -> pa.RecordBatchReader:
    """All identifiers of the current run with their customers, statuses and reasons."""
    return in_parts(members(), _columns(server, SPAN_MEMBERS, *_extent(server)))


def owner_parts(server: Server) -> pa.RecordBatchReader:
    """The customer of each identifier that has one in the current run."""
    return in_parts(owners(), _columns(server, SPAN_OWNERS, *_extent(server)))


def _extent(server: Server) -> tuple[int, int]:
    """Below which id the identifiers lie, and the run that readers see."""
    upper, *_, current = server.read(lambda work: work.rows(UPPER))[0]
    return upper, current


def _columns(server: Server, query: str, upper: int, current: int) -> Iterator[tuple[Any, ...]]:
    for after in range(0, upper, SPAN):

        def span(work: Work, after: int = after) -> tuple[Any, ...]:
            return work.rows(query, after=after, span=SPAN, current=current)[0]

        yield server.read(span)
