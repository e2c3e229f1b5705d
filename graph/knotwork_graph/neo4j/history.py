"""What was known then: publications, and every membership, change and redirect that a customer ever had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from knotwork_graph.model import Identifier, from_micros, to_micros
from knotwork_graph.neo4j import whole
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.words import CHANGE_CODES, ints
from knotwork_graph.ports import Memberships, PastChange, Publications, Redirected

RUN_AT = "MATCH (p:Publication) WHERE p.at <= $moment RETURN p.run ORDER BY p.at DESC, p.turn DESC LIMIT 1"
PUBLICATIONS = "MATCH (p:Publication) RETURN p.at, p.run ORDER BY p.turn"
ROWS = f"MATCH (i)-[m:BELONGS_TO]->(c) WITH last, i, m, c {whole.MEMBERSHIPS}"
OF_IDENTIFIER = f"{whole.LAST} MATCH (i:Identifier {{key: $key}}) {ROWS}"
OF_CUSTOMER = f"""
{whole.LAST}
MATCH (:Customer {{number: $customer}})<-[:BELONGS_TO]-(i)
WITH DISTINCT last, i
{ROWS}
"""
KEYS = "UNWIND $ids AS id MATCH (i:Identifier {id: id}) RETURN i.id, i.key"
CHANGES = """
UNWIND $pairs AS pair
MATCH (c:Change) WHERE c.run = pair[0] AND c.customer = pair[1]
RETURN c.run, c.kind, c.customer, c.other, c.identifiers, c.cause
"""
REDIRECTS = """
MATCH (:Customer {number: $customer})-[r:REDIRECTS_TO]->(h)
RETURN r.from_run, coalesce(r.to_run, 0), h.number ORDER BY r.from_run, r.place
"""


def run_at(server: Server, moment: int) -> int:
    """The run that readers saw at a moment, 0 for none."""
    rows = server.rows(RUN_AT, moment=from_micros(moment))
    return int(rows[0][0]) if rows else 0


def publications(server: Server) -> Publications:
    """Every move of the pointer, in order."""
    rows = [(to_micros(at.to_native()), run) for at, run in server.rows(PUBLICATIONS)]
    return Publications(*np.array(rows, np.int64).reshape(-1, 2).T)


def history(server: Server, identifier: Identifier) -> Memberships:
    """Every membership of one identifier, by run."""
    return whole.memberships(iter(server.rows(OF_IDENTIFIER, key=identifier.key)))


def held(server: Server, customer: int) -> Memberships:
    """Every membership of all identifiers that a customer ever held."""
    return whole.memberships(iter(server.rows(OF_CUSTOMER, customer=customer)))


def keys_of(server: Server, ids: Iterable[int]) -> dict[int, str]:
    """The keys of some identifiers."""
    return dict(server.rows(KEYS, ids=ints(list(ids)).tolist()))


def changes_of(server: Server, pairs: Sequence[tuple[int, int]]) -> tuple[PastChange, ...]:
    """The changes of some customers in some runs."""
    asked = [[int(run), int(customer)] for run, customer in set(pairs)]
    rows = [(run, CHANGE_CODES[kind], *rest) for run, kind, *rest in server.rows(CHANGES, pairs=asked)]
    return tuple(PastChange(*row) for row in sorted(rows))


def redirects_of(server: Server, customer: int) -> tuple[Redirected, ...]:
    """Where a customer's id ever led."""
    rows = server.rows(REDIRECTS, customer=customer)
    return tuple(
        Redirected(start, end, tuple(heir for _, _, heir in some if heir))
        for (start, end), some in groupby(rows, key=lambda row: row[:2])
    )
