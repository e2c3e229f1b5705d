"""The graph store in one SQLite file: the embedded default."""

from knotwork_graph.sqlite.store import SqliteGraphStore

__all__ = ["SqliteGraphStore"]
