"""The stores that the contract holds for, and how any process opens one again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knotwork_graph.ports import GraphStore


def _sqlite(where: str) -> GraphStore:
    from knotwork_graph.sqlite import SqliteGraphStore

    return SqliteGraphStore(Path(where))


def _neo4j(where: str) -> GraphStore:
    from knotwork_graph.neo4j import Address, Neo4jGraphStore
    from tests.neo4j_server.home import PASSWORD

    return Neo4jGraphStore(Address(where, password=PASSWORD))


STORES: dict[str, Callable[[str], GraphStore]] = {"sqlite": _sqlite, "neo4j": _neo4j}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one store keeps its data: it can be opened more than once, and by other processes."""

    kind: str
    where: str

    def open(self) -> GraphStore:
        """The store, open."""
        return STORES[self.kind](self.where)
