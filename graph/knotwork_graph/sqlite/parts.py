"""Whole tables out of the file a part at a time, each on a connection of its own, so that nobody waits meanwhile.

A reader sees the file as it was when it began, whoever writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork_graph.parts import in_parts, members, owners
from knotwork_graph.sqlite.connection import Lookup
from knotwork_graph.sqlite.schema import VISIBLE
from knotwork_graph.sqlite.tables import MEMBERS

if TYPE_CHECKING:
    import pyarrow as pa

# the sign keeps it from the index by customer, by which every row would be looked up by itself
OWNERS = f"SELECT customer FROM memberships WHERE +customer > 0 AND {VISIBLE.replace(':run', '?1')}"


def member_parts(path: Path, run: int) -> pa.RecordBatchReader:
    """All identifiers as a reader of ``run`` sees them."""
    return in_parts(members(), _columns(path, MEMBERS, run))


def owner_parts(path: Path, run: int) -> pa.RecordBatchReader:
    """The customer of each identifier that has one for a reader of ``run``."""
    return in_parts(owners(), _columns(path, OWNERS, run))


def _columns(path: Path, query: str, run: int) -> Iterator[list[pa.Array]]:
    lookup = Lookup(path)
    try:
        for part in lookup.parts(query, run):
            yield part.columns
    finally:
        lookup.close()
