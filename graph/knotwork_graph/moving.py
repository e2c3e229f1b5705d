"""A whole graph as tables, the same for every store: what moves from one to another, and what an import is made of.

Ids, runs and the past move along, so that nothing a person may have written down changes. ``to_run`` is ``OPEN`` for
rows that hold on; times are microseconds. Rows of a run that is being written, or whose writer died, are left behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS: dict[str, dict[str, str]] = {
    "meta": {"name": "string", "value": "string"},
    "types": {"name": "string"},
    "sources": {"name": "string"},
    "segments": {"number": "int64"},
    "identifiers": {
        "id": "int64",
        "type": "string",
        "value": "string",
        "status": "int64",
        "reason": "string",
        "events": "int64",
        "first_seen": "int64",
        "last_seen": "int64",
    },
    "edges": {
        "a": "int64",
        "b": "int64",
        "count": "int64",
        "vouched": "int64",
        "first_seen": "int64",
        "last_seen": "int64",
        "sources": "strings",
    },
    "traits": {"identifier": "int64", "trait": "string", "value_hash": "int64"},
    "memberships": {
        "identifier": "int64",
        "from_run": "int64",
        "to_run": "int64",
        "customer": "int64",
        "status": "int64",
        "reason": "string",
    },
    "severed": {
        "a": "int64",
        "b": "int64",
        "from_run": "int64",
        "to_run": "int64",
        "rule": "string",
        "detail": "string",
    },
    "redirects": {"customer": "int64", "from_run": "int64", "to_run": "int64", "heirs": "string"},
    "changes": {
        "run": "int64",
        "kind": "int64",
        "customer": "int64",
        "other": "int64",
        "identifiers": "int64",
        "cause": "string",
    },
    "runs": {
        "number": "int64",
        "state": "string",
        "as_of": "int64",
        "started": "int64",
        "finished": "int64",
        "policy": "string",
        "counts": "string",
        "how": "string",
        "base": "int64",
    },
    "publications": {"at": "int64", "run": "int64"},
    "decisions": {
        "number": "int64",
        "kind": "string",
        "a": "string",
        "b": "string",
        "by": "string",
        "at": "int64",
        "reason": "string",
        "comment": "string",
        "undoes": "int64",
        "code": "string",
        "bundle": "int64",
        "approved_by": "string",
    },
    "pending": {"identifier": "int64"},
}
"""The tables in an order in which they can be written: each names only rows of those before it.

``types`` and ``sources`` are in the order of their codes. ``meta`` holds the single values of ``SINGLE``. ``pending``
holds ids, or 0 for all.
"""
SINGLE = ("current", "last_run", "next_number", "policy", "reading", "upto")


class Source(Protocol):
    """A store that can be read whole."""

    def tables(self, name: str) -> Iterator[pa.Table]:
        """The rows of one of the tables, in pieces; by id where they have one."""


class Store(Source, Protocol):
    """A store that can be read whole and, while it is empty, be filled."""

    def is_empty(self) -> bool:
        """Whether it holds nothing yet."""

    def fill(self, name: str, pieces: Iterable[pa.Table]) -> int:
        """Write the rows of one of the tables; how many there were."""

    def done(self) -> None:
        """All tables are in: only now what was filled in counts."""

    def close(self) -> None:
        """Give back files and connections."""


def schema_of(name: str) -> pa.Schema:
    """The columns of one of the tables."""
    import pyarrow as pa

    kinds = {"string": pa.string(), "int64": pa.int64(), "strings": pa.list_(pa.string())}
    return pa.schema([(column, kinds[kind]) for column, kind in COLUMNS[name].items()])


def table_of(name: str, columns: Iterable[Iterable[Any]]) -> pa.Table:
    """Columns of Python values as one of the tables."""
    import pyarrow as pa

    schema = schema_of(name)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def move(source: Source, target: Store) -> dict[str, int]:
    """Copy a whole graph; how many rows each table had."""
    counted = {name: target.fill(name, source.tables(name)) for name in COLUMNS}
    target.done()
    return counted
