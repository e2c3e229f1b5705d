"""What lies around a customer or an identifier: edges with both their ends, never more than was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from knotwork_graph.model import Identifier, Status
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.words import POINTER, in_order, seen
from knotwork_graph.ports import Standing, Surroundings, Tie

STANDING = f"""
OPTIONAL MATCH (i)-[m:BELONGS_TO]->(c) WHERE {seen("m")}
RETURN i.id, i.key, coalesce(c.number, 0), coalesce(m.status, i.status), coalesce(m.reason, i.reason, ''),
    c IS NOT NULL OR i.status <> 'linking'
"""
ONE = f"{POINTER} MATCH (i:Identifier {{key: $key}}) {STANDING}"
SOME = f"{POINTER} UNWIND $ids AS id MATCH (i:Identifier {{id: id}}) {STANDING}"
TIE = f"""
WITH current, known, asked, e, startNode(e) AS a, endNode(e) AS b
OPTIONAL MATCH (a)-[s:SEVERED]-(b) WHERE {seen("s")}
RETURN a.id, b.id, e.count, e.vouched, e.first_seen, e.last_seen, e.sources, coalesce(s.rule, ''),
    coalesce(s.detail, ''), known, asked
"""
OF_CUSTOMER = f"""
{POINTER}
MATCH (:Customer {{number: $customer}})<-[m:BELONGS_TO]-(i) WHERE {seen("m")}
MATCH (i)-[e:SEEN_WITH]-()
WITH DISTINCT current, known, e, 0 AS asked LIMIT $most
{TIE}
"""
OF_IDENTIFIERS = f"""
{POINTER}
UNWIND $ids AS asked
MATCH (i:Identifier {{id: asked}})
CALL (i) {{ MATCH (i)-[e:SEEN_WITH]-() RETURN e LIMIT $most }}
{TIE}
"""


def standing(server: Server, identifier: Identifier) -> Standing | None:
    """Where one identifier stands, or None where it was never seen."""
    rows = server.rows(ONE, key=identifier.key)
    return _standing(rows[0]) if rows else None


def around_customer(server: Server, customer: int, most: int) -> Surroundings:
    """At most ``most`` of the edges that touch a customer's identifiers."""
    rows = server.rows(OF_CUSTOMER, customer=customer, most=most + 1)
    return _with_ends(server, rows[:most], whole=len(rows) <= most)


def around_identifiers(server: Server, ids: Sequence[int], most: int) -> Surroundings:
    """At most ``most`` of the edges that touch each of ``ids``."""
    rows = server.rows(OF_IDENTIFIERS, ids=[int(one) for one in ids], most=most + 1)
    told: Counter[int] = Counter()
    kept = []
    for row in rows:
        told[row[-1]] += 1
        if told[row[-1]] <= most:
            kept.append(row)
    return _with_ends(server, kept, whole=len(kept) == len(rows))


def _with_ends(server: Server, rows: Sequence[tuple[Any, ...]], *, whole: bool) -> Surroundings:
    ties = {(tie.a, tie.b): tie for tie in map(_tie, rows)}
    ids = sorted({end for pair in ties for end in pair})
    ends = {row[0]: _standing(row) for row in server.rows(SOME, ids=ids)}
    return Surroundings(ends, tuple(ties.values()), whole)


def _tie(row: tuple[Any, ...]) -> Tie:
    a, b, count, vouched, first, last, sources, rule, detail, known, _ = row
    return Tie(min(a, b), max(a, b), count, vouched, first, last, in_order(sources, known), rule, detail)


def _standing(row: tuple[Any, ...]) -> Standing:
    identifier, key, customer, status, reason, resolved = row
    return Standing(identifier, key, customer, Status(status), reason, resolved)
