"""A copy of the file of a graph, while others read it and write to it."""

from __future__ import annotations

from pathlib import Path

from knotwork_graph.sqlite.connection import Bulk

COPY = "VACUUM INTO ?"


def copy_file(folder: Path, target: Path) -> None:
    """Make ``target``, which must not exist, a whole and tidy copy of the graph in ``folder``, of one moment.

    O(graph): about a second for a million rows. Raises ``StoreError``, ``DiskFullError``.
    """
    bulk = Bulk(folder / "graph.db")
    try:
        bulk.execute(COPY, (str(target),))
    finally:
        bulk.close()
