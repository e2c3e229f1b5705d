"""Which graph store an address names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knotwork_graph.moving import Store
    from knotwork_graph.ports import GraphStore

SQLITE = "sqlite"


def open_store(url: str, database: str, folder: Path, environ: Mapping[str, str]) -> GraphStore:
    """The graph in ``folder`` where ``url`` is "sqlite", else on the Neo4j server that it names.

    User and password of a server come from ``environ``. Raises ``StoreError`` where the store cannot be opened.
    """
    if url == SQLITE:
        from knotwork_graph.sqlite import SqliteGraphStore

        return SqliteGraphStore(folder)
    from knotwork_graph.neo4j import Neo4jGraphStore, address_of

    return Neo4jGraphStore(address_of(url, database, environ))


def open_tables(url: str, database: str, folder: Path, environ: Mapping[str, str]) -> Store:
    """The same store as tables, to be moved or to be filled. Raises as ``open_store`` does."""
    if url == SQLITE:
        from knotwork_graph.sqlite.moving import SqliteTables

        return SqliteTables(folder)
    from knotwork_graph.neo4j import address_of
    from knotwork_graph.neo4j.moving import Neo4jTables

    return Neo4jTables(address_of(url, database, environ))
