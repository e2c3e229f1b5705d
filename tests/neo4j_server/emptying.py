"""A Neo4j without any data, as each test wants it. Its constraints and indexes stay."""

from __future__ import annotations

from neo4j import Driver, GraphDatabase

from tests.neo4j_server.home import PASSWORD

AUTHORITY = ("neo4j", PASSWORD)
EMPTY = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"


def driver(address: str) -> Driver:
    """A driver to the server at ``address``, to be closed by whoever asks."""
    return GraphDatabase.driver(address, auth=AUTHORITY, notifications_min_severity="OFF")


def emptied(address: str) -> str:
    """The same address, its database without a node."""
    with driver(address) as one, one.session() as opened:
        opened.run(EMPTY).consume()
    return address
