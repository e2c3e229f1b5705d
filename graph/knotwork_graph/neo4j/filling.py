"""The tables of a whole graph as what is written for them: queries and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import customer_id, from_micros
from knotwork_graph.neo4j.decisions import ADD as ADD_DECISIONS
from knotwork_graph.neo4j.projecting import ENDS, NEW, SEGMENTS, SHOW, TRAITS
from knotwork_graph.neo4j.words import CHANGES, STATUSES

if TYPE_CHECKING:
    import pyarrow as pa

Writes = Iterator[tuple[str, list[Any]]]

IDENTIFIERS = NEW.replace("$turn", "0")
EDGES = f"""{ENDS}
CREATE (a)-[:SEEN_WITH {{count: row[2], vouched: row[3], first_seen: row[4], last_seen: row[5], sources: row[6]}}]->(b)
"""
CUSTOMERS = "UNWIND $rows AS row MERGE (c:Customer {number: row[0]}) ON CREATE SET c.id = row[1]"
MEMBERS = """
UNWIND $rows AS row
MATCH (i:Identifier {id: row[0]})
MATCH (c:Customer {number: row[3]})
CREATE (i)-[:BELONGS_TO {from_run: row[1], to_run: row[2], status: row[4], reason: row[5]}]->(c)
"""
CUTS = """
UNWIND $rows AS row
MATCH (a:Identifier {id: row[0]})
MATCH (b:Identifier {id: row[1]})
CREATE (a)-[:SEVERED {from_run: row[2], to_run: row[3], rule: row[4], detail: row[5]}]->(b)
"""
REDIRECTS = """
UNWIND $rows AS row
MATCH (c:Customer {number: row[0]})
MATCH (h:Customer {number: row[3]})
CREATE (c)-[:REDIRECTS_TO {from_run: row[1], to_run: row[2], place: row[4]}]->(h)
"""
CHANGED = """
UNWIND $rows AS row
CREATE (:Change {run: row[0], place: row[6], kind: row[1], customer: row[2], other: row[3], identifiers: row[4],
    cause: row[5]})
"""
RUNS = """
UNWIND $rows AS row
CREATE (:Run {number: row[0], state: row[1], as_of: row[2], started: row[3], finished: row[4], policy: row[5],
    counts: row[6], how: row[7], base: row[8]})
"""
PUBLICATIONS = "UNWIND $rows AS row CREATE (:Publication {at: row[0], run: row[1], turn: row[2]})"
PENDING = "UNWIND $rows AS id MATCH (i:Identifier {id: id}) SET i.touched = 1"


def to_nobody(query: str) -> str:
    """The same query for rows that belong to nobody."""
    return query.replace("(c:Customer {number: row[3]})", "(c:Nobody {number: row[3]})").replace(
        "(h:Customer", "(h:Nobody"
    )


class Filling:
    """What is written for each table, piece by piece; it keeps the keys, for an edge lies from smaller to larger."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}
        self._place = 0

    def writes(self, name: str, rows: pa.Table) -> Writes:
        """The queries for a piece of a table, each with its rows."""
        makers: dict[str, Callable[[list[list[Any]]], Writes]] = {
            "segments": lambda some: iter([(SEGMENTS, [row[0] for row in some])]),
            "identifiers": self._identifiers,
            "edges": self._edges,
            "traits": _traits,
            "memberships": _memberships,
            "severed": lambda some: iter([(CUTS, [[*row[:3], row[3] or None, *row[4:]] for row in some])]),
            "redirects": _redirects,
            "changes": self._changes,
            "runs": _runs,
            "publications": self._publications,
            "decisions": lambda some: iter([(ADD_DECISIONS, [[*r[:5], from_micros(r[5]), *r[6:]] for r in some])]),
            "pending": lambda some: iter([(PENDING, [row[0] for row in some if row[0]])]),
        }
        if name in makers and len(rows):
            yield from makers[name]([list(row) for row in zip(*(c.to_pylist() for c in rows.columns), strict=True)])

    def _identifiers(self, rows: list[list[Any]]) -> Writes:
        made = [[r[0], f"{r[1]}:{r[2]}", r[1], r[2], str(STATUSES[r[3]]), r[4] or None, *r[5:]] for r in rows]
        self._keys.update((row[0], row[1]) for row in made)
        yield IDENTIFIERS, made

    def _edges(self, rows: list[list[Any]]) -> Writes:
        key = self._keys
        yield EDGES, [row if key[row[0]] < key[row[1]] else [row[1], row[0], *row[2:]] for row in rows]

    def _changes(self, rows: list[list[Any]]) -> Writes:
        yield CHANGED, [[row[0], CHANGES[row[1]], *row[2:], self._place + n] for n, row in enumerate(rows)]
        self._place += len(rows)

    def _publications(self, rows: list[list[Any]]) -> Writes:
        """In their order, and before all that will come."""
        yield PUBLICATIONS, [[from_micros(at), run, n - len(rows)] for n, (at, run) in enumerate(rows)]


def _traits(rows: list[list[Any]]) -> Writes:
    yield TRAITS, sorted({row[1] for row in rows})
    yield SHOW, rows


def _memberships(rows: list[list[Any]]) -> Writes:
    made = [[i, start, end or None, c, str(STATUSES[code]), why or None] for i, start, end, c, code, why in rows]
    yield CUSTOMERS, [[one, customer_id(one)] for one in sorted({row[3] for row in made} - {0})]
    yield MEMBERS, [row for row in made if row[3]]
    yield to_nobody(MEMBERS), [row for row in made if not row[3]]


def _redirects(rows: list[list[Any]]) -> Writes:
    made = [
        [customer, start, end or None, int(heir), n]
        for customer, start, end, heirs in rows
        for n, heir in enumerate(heirs.split() or ["0"])
    ]
    numbers = {row[0] for row in made} | {row[3] for row in made}
    yield CUSTOMERS, [[one, customer_id(one)] for one in sorted(numbers - {0})]
    yield REDIRECTS, [row for row in made if row[3]]
    yield to_nobody(REDIRECTS), [row for row in made if not row[3]]


def _runs(rows: list[list[Any]]) -> Writes:
    yield (
        RUNS,
        [[*r[:2], from_micros(r[2]), from_micros(r[3]), from_micros(r[4]) if r[4] else None, *r[5:]] for r in rows],
    )
