"""Single look-ups for people and pages: each is one query that starts at an index, and sees the run of the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import EdgeView, Identifier, IdentifierView, Run, Status, from_micros
from knotwork_graph.neo4j.head import head_of
from knotwork_graph.neo4j.runs import columns, run_of, state_of
from knotwork_graph.neo4j.words import POINTER, in_order, seen
from knotwork_graph.ports import GraphCounts, StoreState

if TYPE_CHECKING:
    from knotwork_graph.neo4j.connection import Server
    from knotwork_graph.neo4j.work import Work


STATE = f"""
MATCH (k:Knotwork {{name: 'graph'}})
OPTIONAL MATCH (r:Run {{number: k.current}})
RETURN properties(k), {columns("r")}
"""
VIEW = """
RETURN i.type, i.value, coalesce(m.status, i.status), coalesce(m.reason, i.reason, ''), i.events, i.first_seen,
    i.last_seen, coalesce(c.number, 0)
"""
FIND = f"""
{POINTER}
MATCH (i:Identifier {{key: $key}})
OPTIONAL MATCH (i)-[m:BELONGS_TO]->(c) WHERE {seen("m")}
{VIEW}
"""
MEMBERS = f"""
{POINTER}
UNWIND $customers AS number
MATCH (c:Customer {{number: number}}) USING INDEX c:Customer(number)
MATCH (c)<-[m:BELONGS_TO]-(i) WHERE {seen("m")}
{VIEW}
"""
CUSTOMERS = f"""
{POINTER}
MATCH (c:Customer) WHERE c.number > $after AND EXISTS {{ (c)<-[m:BELONGS_TO]-() WHERE {seen("m")} }}
RETURN c.number ORDER BY c.number LIMIT $first
"""
CUSTOMERS_BEFORE = f"""
{POINTER}
MATCH (c:Customer) WHERE 0 < c.number < $before AND EXISTS {{ (c)<-[m:BELONGS_TO]-() WHERE {seen("m")} }}
RETURN c.number ORDER BY c.number DESC LIMIT $last
"""
EDGES = f"""
{POINTER}
MATCH (:Customer {{number: $customer}})<-[m:BELONGS_TO]-(i) WHERE {seen("m")}
MATCH (i)-[e:SEEN_WITH]-()
WITH DISTINCT current, known, e, startNode(e) AS a, endNode(e) AS b
OPTIONAL MATCH (a)-[s:SEVERED]-(b) WHERE {seen("s")}
RETURN a.key, b.key, e.count, e.vouched, e.first_seen, e.last_seen, e.sources, coalesce(s.rule, ''),
    coalesce(s.detail, ''), known
"""
HEIRS = f"""
{POINTER}
MATCH (:Customer {{number: $customer}})-[r:REDIRECTS_TO]->(h) WHERE {seen("r")}
RETURN h.number ORDER BY r.place
"""
COUNTS = "MATCH (i:Identifier) WHERE i.events > 0 RETURN i.type, count(*)"
COUNT_EDGES = "MATCH ()-[e:SEEN_WITH]->() RETURN count(e)"
SOURCES = f"{POINTER} RETURN known"
RUN = f"MATCH (r:Run {{number: $number}}) RETURN {columns('r')}"
RUNS = f"MATCH (r:Run) RETURN {columns('r')} ORDER BY r.number DESC"


def state(work: Work) -> StoreState:
    """The pointer and the counters."""
    if (head := head_of(work)) is not None:
        return head.state
    meta, run = work.rows(STATE)[0]
    return state_of(meta, None if run[0] is None else run_of(*run))


def find(server: Server, identifier: Identifier) -> tuple[IdentifierView, int] | None:
    """One identifier and the number of its customer (0 for none), or None where it was never seen."""
    rows = server.rows(FIND, key=identifier.key)
    return (_identifier(rows[0]), rows[0][7]) if rows else None


def members(server: Server, customers: Sequence[int]) -> dict[int, tuple[IdentifierView, ...]]:
    """The identifiers of each customer, by (type, value)."""
    found: dict[int, list[IdentifierView]] = {}
    for row in sorted(server.rows(MEMBERS, customers=[int(one) for one in customers])):
        found.setdefault(row[7], []).append(_identifier(row))
    return {customer: tuple(held) for customer, held in found.items()}


def edges(server: Server, customer: int) -> tuple[EdgeView, ...]:
    """The edges that touch a customer's identifiers, by their keys."""
    rows = server.rows(EDGES, customer=customer)
    return tuple(sorted((_edge(row) for row in rows), key=lambda edge: (edge.a, edge.b)))


def customers(server: Server, after: int, first: int) -> tuple[int, ...]:
    """The next customer numbers above ``after``."""
    return tuple(number for (number,) in server.rows(CUSTOMERS, after=after, first=first))


def customers_before(server: Server, before: int, last: int) -> tuple[int, ...]:
    """The customer numbers just below ``before``, ascending."""
    return tuple(number for (number,) in reversed(server.rows(CUSTOMERS_BEFORE, before=before, last=last)))


def heirs(server: Server, customer: int) -> tuple[int, ...] | None:
    """The heirs of a retired customer, or None where no redirect stands."""
    rows = server.rows(HEIRS, customer=customer)
    return tuple(number for (number,) in rows if number) if rows else None


def counts(server: Server) -> GraphCounts:
    """Identifiers by type, and edges; reads all identifiers."""
    return GraphCounts(dict(server.rows(COUNTS)), server.rows(COUNT_EDGES)[0][0])


def sources(server: Server) -> tuple[str, ...]:
    """The names of all sources, sorted."""
    return tuple(sorted(server.rows(SOURCES)[0][0]))


def run(work: Work, number: int) -> Run | None:
    """One run, or None where there is none."""
    if (head := head_of(work)) is not None and number in head.runs:
        return head.runs[number]
    rows = work.rows(RUN, number=number)
    return run_of(*rows[0][0]) if rows else None


def runs(server: Server) -> tuple[Run, ...]:
    """All runs, newest first."""
    return tuple(run_of(*row) for (row,) in server.rows(RUNS))


def _identifier(row: tuple[Any, ...]) -> IdentifierView:
    kind, value, status, reason, events, first, last = row[:7]
    return IdentifierView(kind, value, Status(status), reason, events, from_micros(first), from_micros(last))


def _edge(row: tuple[Any, ...]) -> EdgeView:
    a, b, count, vouched, first, last, sources, rule, detail, known = row
    return EdgeView(
        a=a,
        b=b,
        count=count,
        vouched=vouched,
        first_seen=from_micros(first),
        last_seen=from_micros(last),
        sources=in_order(sources, known),
        kind="severed" if rule else "linking",
        detail=f"{rule}: {detail}" if detail else rule,
    )
