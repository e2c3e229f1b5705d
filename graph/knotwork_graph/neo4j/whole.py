"""Reading everything: in spans of identifiers, each told as a few long lists, ten times as fast as row by row.

Spans of the large tables are read two at a time: while the one is told, the server makes the other one ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.model import EdgeArrays, IdentifierArrays
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.neo4j.words import STATUS_CODES, ints, seen, texts
from knotwork_graph.neo4j.work import Work
from knotwork_graph.ports import OPEN, Memberships

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from knotwork_graph.neo4j.connection import Server
    from knotwork_graph.ports import Ints

SPAN = 20_000
"""Identifiers in one span; a span's answer is a list for each column."""
UPPER = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.next_id, k.types, k.last_run, k.current"
WITHIN = "i.id > $after AND i.id <= $after + $span"
IDENTIFIERS = """
RETURN collect(i.id), collect(i.type), collect(i.value), collect(i.status = 'linking' AND i.events > 0)
"""
# and the few that no event bears any more
SPAN_IDENTIFIERS = f"MATCH (i:Identifier) WHERE {WITHIN} {IDENTIFIERS}, collect(CASE WHEN i.events = 0 THEN i.id END)"
EDGE_LISTS = """
RETURN collect(startNode(e).id), collect(endNode(e).id), collect(e.count), collect(e.vouched), collect(e.first_seen),
    collect(e.last_seen)
"""
# the ends are at hand, so they are not looked for anew: a quarter of the server's processor
SPAN_EDGES = f"""
MATCH (i:Identifier)-[e:SEEN_WITH]->(j) WHERE {WITHIN}
RETURN collect(i.id), collect(j.id), collect(e.count), collect(e.vouched), collect(e.first_seen), collect(e.last_seen)
"""
# what belongs to a run that is not kept, because it is being written or its writer died, is as if it were not there
LAST = "MATCH (k:Knotwork {name: 'graph'}) WITH collect(k.last_run)[0] AS last"
MEMBERSHIPS = """
WITH i, m, c, last WHERE last - m.from_run >= 0
RETURN collect(i.id), collect(m.from_run), collect(CASE WHEN m.to_run <= last THEN m.to_run ELSE 0 END),
    collect(c.number), collect(m.status), collect(coalesce(m.reason, ''))
"""
# most rows hold on, and link: of these three columns tell all
SPAN_MEMBERSHIPS = f"""
MATCH (i:Identifier)-[m:BELONGS_TO]->(c) WHERE {WITHIN}
WITH i.id AS id, m.from_run AS start, c.number AS number, m.to_run AS until, m.status AS status, m.reason AS reason
WHERE $last - start >= 0
WITH *, until IS NULL AND status = 'linking' AND reason IS NULL AS plain
RETURN collect(CASE WHEN plain THEN id END), collect(CASE WHEN plain THEN start END),
    collect(CASE WHEN plain THEN number END),
    collect(CASE WHEN NOT plain THEN [id, start, CASE WHEN until <= $last THEN until ELSE 0 END, number, status,
        coalesce(reason, '')] END)
"""
SPAN_MEMBERS = f"""
WITH $current AS current
MATCH (i:Identifier) WHERE {WITHIN}
OPTIONAL MATCH (i)-[m:BELONGS_TO]->(c) WHERE {seen("m")}
WITH i, m, coalesce(c.number, 0) AS customer
WHERE i.events > 0 OR customer > 0
RETURN collect(customer), collect(i.type), collect(i.value), collect(coalesce(m.status, i.status)),
    collect(coalesce(m.reason, i.reason, ''))
"""
SPAN_TRAITS = f"""
MATCH (i:Identifier)-[s:SHOWED]->(t) WHERE {WITHIN}
WITH t.name AS trait, i.id AS id, count(*) AS shown
RETURN trait, collect(id), collect(shown)
"""
TRAITS = "MATCH (t:Trait) RETURN t.name ORDER BY t.name"


def spans(work: Work, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query over each span of identifiers."""
    upper, _, last, current = work.rows(UPPER)[0]
    for after in range(0, upper, SPAN):
        yield from work.rows(query, after=after, span=SPAN, last=last, current=current)


def side_by_side(server: Server, query: str) -> Iterator[tuple[Any, ...]]:
    """The same, in the order of the spans, of which some are read at once."""
    upper, _, last, current = server.rows(UPPER)[0]

    def span(work: Work, after: int) -> list[tuple[Any, ...]]:
        return work.rows(query, after=after, span=SPAN, last=last, current=current)

    for rows in server.several(span, range(0, upper, SPAN)):
        yield from rows


def joined(rows: Iterator[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """The lists of all rows, column by column."""
    columns: list[list[Any]] = [[] for _ in range(width)]
    for row in rows:
        for column, values in zip(columns, row, strict=True):
            column.extend(values)
    return columns


def numbers(rows: Iterator[tuple[Any, ...]], width: int) -> list[Ints]:
    """The same for lists of integers, as arrays: a quarter of their size."""
    pieces = [[ints(values) for values in row] for row in rows]
    return [np.concatenate([ints([]), *(piece[column] for piece in pieces)]) for column in range(width)]


def identifier_arrays(rows: Iterator[tuple[Any, ...]], names: list[str]) -> IdentifierArrays:
    """Lists of identifiers as arrays, by id."""
    ids, types, values, usable = joined(rows, 4)
    order = np.argsort(ints(ids))
    code = {name: place for place, name in enumerate(names)}
    coded = np.array([code[name] for name in types], np.int32)
    flags = np.array(usable, np.bool_)
    return IdentifierArrays(ints(ids)[order], coded[order], texts(values).take(order), flags[order], tuple(names))


def all_identifiers(server: Server) -> IdentifierArrays:
    """Every identifier, by id; they tell what no event bears any more."""
    unborne: list[int] = []

    def told() -> Iterator[tuple[Any, ...]]:
        for *columns, gone in side_by_side(server, SPAN_IDENTIFIERS):
            unborne.extend(gone)
            yield tuple(columns)

    found = identifier_arrays(told(), server.rows(UPPER)[0][1])
    if not unborne or len(unborne) == len(found):
        return found
    return replace(found, seen=~np.isin(found.ids, unborne))


def edge_arrays(rows: Iterator[tuple[Any, ...]]) -> EdgeArrays:
    """Lists of edges as arrays, each edge once, by both ends; the lower id first."""
    a, b, *rest = numbers(rows, len(EDGE_COLUMNS))
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((high, low))
    once = np.ones(len(order), np.bool_)
    once[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    return EdgeArrays(low, high, *rest).take(order[once])


def all_edges(server: Server) -> EdgeArrays:
    """Every edge; its ends are ids."""
    return edge_arrays(side_by_side(server, SPAN_EDGES))


def memberships(rows: Iterator[tuple[Any, ...]]) -> Memberships:
    """Lists of memberships as arrays, by (identifier, from_run)."""
    identifier, start, end, customer, status, reason = joined(rows, 6)
    order = np.lexsort((ints(start), ints(identifier)))
    codes = np.array([STATUS_CODES[word] for word in status], np.int8)
    whose, since, until, owner = (ints(column)[order] for column in (identifier, start, end, customer))
    return Memberships(whose, since, until, owner, codes[order], texts(reason).take(order))


def all_memberships(server: Server) -> Memberships:
    """Every membership there ever was."""
    special: list[Sequence[Any]] = []

    def plain() -> Iterator[tuple[Any, ...]]:
        for *columns, others in side_by_side(server, SPAN_MEMBERSHIPS):
            special.extend(others)
            yield tuple(columns)

    whose, since, owner = numbers(plain(), 3)
    told = memberships(iter([tuple(zip(*special, strict=True)) or ((),) * 6]))
    return _both(told, whose, since, owner)


def _both(told: Memberships, whose: Ints, since: Ints, owner: Ints) -> Memberships:
    """``told`` and those rows that hold on and link, by (identifier, from_run)."""
    import pyarrow as pa

    identifier, start = np.concatenate([whose, told.identifier]), np.concatenate([since, told.from_run])
    order = np.lexsort((start, identifier))
    none = np.zeros(len(whose), np.int64)
    until, customer = np.concatenate([none + OPEN, told.to_run]), np.concatenate([owner, told.customer])
    status = np.concatenate([none.astype(np.int8), told.status])
    reason = pa.concat_arrays([texts([""]).take(pa.array(none)), told.reason])
    spans = identifier[order], start[order], until[order]
    return Memberships(*spans, customer[order], status[order], reason.take(order))


def counted_traits(server: Server, names: list[str], ids: Ints) -> dict[str, Ints]:
    """How many values of each trait each of ``ids`` (ascending) bears, all identifiers being read."""
    return trait_counts(side_by_side(server, SPAN_TRAITS), names, ids)


def member_rows(work: Work) -> pa.Table:
    """All identifiers of the current run with their customers, statuses and reasons."""
    import pyarrow as pa

    customer, *said = joined(spans(work, SPAN_MEMBERS), 5)
    columns = {"customer": pa.array(customer, pa.int64())}
    columns |= {
        name: pa.array(column, pa.string())
        for name, column in zip(("type", "value", "status", "reason"), said, strict=True)
    }
    return pa.table(columns)


def trait_counts(rows: Iterator[tuple[Any, ...]], names: list[str], ids: Ints) -> dict[str, Ints]:
    """How many values of each trait each of ``ids`` (ascending) bears; others that the rows tell of are left out."""
    found = {name: np.zeros(len(ids), np.int64) for name in names}
    for name, holders, shown in rows:
        holder = ints(holders)
        here = np.isin(holder, ids)
        found[name][np.searchsorted(ids, holder[here])] = ints(shown)[here]
    return found
