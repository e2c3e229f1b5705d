"""The constraints and indexes, the node that holds the single values, and how an older graph becomes a current one.

    (:Identifier {id, key, type, value, status, reason, events, first_seen, last_seen, touched, calm})
    (:Identifier)-[:SEEN_WITH {count, vouched, first_seen, last_seen, sources}]->(:Identifier)   smaller key to larger
    (:Identifier)-[:SHOWED {value}]->(:Trait {name})                       hashes of values, to count distinct ones
    (:Identifier)-[:BELONGS_TO {from_run, to_run, status, reason}]->(:Customer {id, number} or :Nobody {number: 0})
    (:Identifier)-[:SEVERED {from_run, to_run, rule, detail}]->(:Identifier)                     smaller id to larger
    (:Customer)-[:REDIRECTS_TO {from_run, to_run, place}]->(:Customer or :Nobody)
    (:Run), (:Publication), (:Change), (:Decision), (:Segment), (:Lock), and one (:Knotwork) with pointer and counters

A row without ``to_run`` holds on. Times of identifiers and edges are microseconds since 1970, those of runs and
decisions are Neo4j's own. Every writer first takes the lock on ``:Knotwork``, so that two of them take turns.
"""

from __future__ import annotations

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.work import Work

VERSION = 2

KEYS = {
    "Knotwork": ("name",),
    "Identifier": ("id", "key"),
    "Customer": ("number", "id"),
    "Nobody": ("number",),
    "Trait": ("name",),
    "Run": ("number",),
    "Segment": ("number",),
    "Decision": ("number",),
    "Lock": ("name",),
}
INDEXES = (
    "CREATE INDEX knotwork_touched IF NOT EXISTS FOR (i:Identifier) ON (i.touched)",
    "CREATE INDEX knotwork_changes IF NOT EXISTS FOR (c:Change) ON (c.run, c.place)",
    "CREATE INDEX knotwork_change_of IF NOT EXISTS FOR (c:Change) ON (c.run, c.customer)",
    "CREATE INDEX knotwork_published IF NOT EXISTS FOR (p:Publication) ON (p.at)",
    "CREATE INDEX knotwork_member_from IF NOT EXISTS FOR ()-[m:BELONGS_TO]-() ON (m.from_run)",
    "CREATE INDEX knotwork_severed_from IF NOT EXISTS FOR ()-[s:SEVERED]-() ON (s.from_run)",
    "CREATE INDEX knotwork_severed_to IF NOT EXISTS FOR ()-[s:SEVERED]-() ON (s.to_run)",
)
DECISIONS = (
    "CREATE INDEX knotwork_decision_a IF NOT EXISTS FOR (d:Decision) ON (d.a)",
    "CREATE INDEX knotwork_decision_b IF NOT EXISTS FOR (d:Decision) ON (d.b)",
    "CREATE INDEX knotwork_decision_undoes IF NOT EXISTS FOR (d:Decision) ON (d.undoes)",
)
LAST_SEEN = "CREATE INDEX knotwork_last_seen IF NOT EXISTS FOR ()-[e:SEEN_WITH]-() ON (e.last_seen)"
READY = "CALL db.awaitIndexes(3600)"
FIND = "MATCH (k:Knotwork {name: 'graph'}) RETURN k.version, k.filling"
MAKE = """
MERGE (k:Knotwork {name: 'graph'})
ON CREATE SET k += {version: $version, current: 0, last_run: 0, next_number: 1, policy: '', reading: '', upto: 0,
    edges: 0, next_id: 1, types: [], sources: [], turn: 0, settled: 0, everything: false}
MERGE (:Nobody {number: 0})
"""
RAISE = "MATCH (k:Knotwork {name: 'graph'}) SET k.version = $version"


def prepare(server: Server) -> None:
    """Make the graph, or bring an older one up to date; nothing to do costs one look."""
    found = server.rows(FIND)
    if not found:
        _make(server)
    elif found[0][1] is not None:
        raise StoreError(
            f"{server.address.url}: a copy into this database was broken off. Empty it (MATCH (n) DETACH DELETE n), "
            "and copy again."
        )
    elif found[0][0] > VERSION:
        raise StoreError(f"{server.address.url}: this graph was written by a newer Knotwork. Upgrade to read it.")
    else:
        for step in range(found[0][0], VERSION):
            _migrate(server, step)


def index_last_seen(server: Server) -> bool:
    """Whether the index that finds edges by their last sighting is there; made, where it was not.

    A server that is read-only or full does without: then all edges are read, for the same answer.
    """
    try:
        for statement in (LAST_SEEN, READY):
            server.alone(statement)
    except StoreError:
        return False
    return True


def constraints() -> tuple[str, ...]:
    """The statements that make each key unique; without them two writers could make twins."""
    return tuple(
        f"CREATE CONSTRAINT knotwork_{label.lower()}_{key} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
        for label, keys in KEYS.items()
        for key in keys
    )


IMPORTED = 0
"""The version of a graph that an import has made: all is there but the constraints and indexes."""
MIGRATIONS: dict[int, tuple[str, ...]] = {
    IMPORTED: (*constraints(), *INDEXES, READY),
    1: (*DECISIONS, READY),
}
"""For each older version the statements that make it one newer."""


def _make(server: Server) -> None:
    for statement in (*MIGRATIONS[IMPORTED], *DECISIONS):
        server.alone(statement)

    def make(work: Work) -> None:
        work.rows(MAKE, version=VERSION)

    server.write(make)


def _migrate(server: Server, step: int) -> None:
    """One version further; a step that was interrupted is taken again, so its statements may meet their own work."""
    for statement in MIGRATIONS[step]:
        server.alone(statement)
    server.write(lambda work: work.rows(RAISE, version=step + 1))
