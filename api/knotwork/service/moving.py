"""Moving a whole graph: into another store, or into files for a Neo4j server to import; and proving it the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_graph.errors import StoreError

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.moving import Source, Store
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.run import Home


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """Where the files of an import lie, how many rows each has, and the command that imports them."""

    folder: Path
    rows: Mapping[str, int]
    command: str


def bulk_import(source: Source, folder: Path, database: str) -> ImportFiles:
    """Write the files of an import into a new ``folder``. O(rows). Raises ``StoreError`` for an empty graph."""
    from knotwork_graph.neo4j.importing import write_import

    _refuse_empty(source)
    rows, command = write_import(source, folder, database)
    return ImportFiles(folder, rows, command)


def copy_graph(source: Source, target: Store, url: str) -> dict[str, int]:
    """How many rows of each table were copied; both stores are read afterwards and found to hold the same. O(rows).

    Raises ``StoreError`` where there is nothing to copy, where the target holds something, or where they differ.
    """
    from knotwork_graph.moving import move

    _refuse_empty(source)
    if not target.is_empty():
        raise StoreError(f"{url}: there is a graph already. Copy into an empty store, so that none is overwritten.")
    rows = move(source, target)
    wrong = [name for name in rows if digest(source.tables(name)) != digest(target.tables(name))]
    if wrong:
        raise StoreError(f"{url}: the copy differs in {', '.join(wrong)}. Keep the old store, and tell the authors.")
    return rows


def verify_graph(home: Home, policy: Policy) -> int:
    """How many edges there are, each counted anew from the facts. Raises ``StoreError`` where any differs."""
    from knotwork_resolvers.run.verify import differences

    wrong = differences(home, policy)
    if wrong:
        raise StoreError(
            f"the graph does not equal the facts: {'; '.join(wrong)}. Restore the data folder from a backup, and tell "
            "the authors: this should never be."
        )
    return home.store.sizes()[1]


def digest(pieces: Iterable[pa.Table]) -> tuple[int, int]:
    """How many rows there are, and a sum over them that does not depend on their order."""
    rows, total = 0, 0
    for piece in pieces:
        columns = [_comparable(name, piece[name].to_pylist()) for name in piece.column_names]
        total += sum(map(hash, zip(*columns, strict=True)))
        rows += len(piece)
    return rows, total


def _comparable(name: str, values: list[Any]) -> list[Any]:
    return [tuple(sorted(one)) for one in values] if name == "sources" else values


def _refuse_empty(source: Source) -> None:
    if not any(len(piece) for piece in source.tables("identifiers")):
        raise StoreError("the graph holds nothing yet. Run `knotwork resolve` first, then move what it made.")
