"""What can be done inside one transaction: rows are read, or written in batches; small writes are joined in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from knotwork_graph.neo4j.ahead import Ahead

ROWS = 10_000
"""Rows in one statement: more are no faster, and few enough to be tried again cheaply."""


class Runner(Protocol):
    """What runs a statement: a transaction, or a session that gives each statement one of its own."""

    def run(self, query: Any, parameters: dict[str, Any]) -> Any:
        """The server's result."""


@dataclass(frozen=True, slots=True)
class Write:
    """A statement over ``$rows`` that only writes, and what else it is bound to."""

    query: str
    rows: Sequence[Any]
    bound: Mapping[str, Any] = field(default_factory=dict)


class Work:
    """What can be done inside one transaction. ``ahead``: what was read ahead in it, where it is a joint one."""

    def __init__(self, runner: Runner, ahead: Ahead | None = None) -> None:
        self._runner = runner
        self.ahead = ahead

    def rows(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """The rows of a query whose ``$name`` parameters are ``bound``."""
        return [tuple(record.values()) for record in self._runner.run(query, bound)]

    def one(self, query: str, **bound: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None where there is none."""
        return next(iter(self.rows(query, **bound)), None)

    def each(self, query: str, rows: Iterable[Any], **bound: Any) -> int:
        """Run a query over ``$rows`` in batches; how many relationships it made."""
        return sum(self.write(query, bound | {"rows": batch}) for batch in batches(rows, ROWS))

    def all(self, writes: Iterable[Write]) -> int:
        """Run writes in their order, as one statement where they are small; how many relationships they made."""
        some = [one for one in writes if one.rows]
        if sum(len(one.rows) for one in some) > ROWS:
            return sum(self.each(one.query, one.rows, **one.bound) for one in some)
        return self.write(*joined(some)) if some else 0

    def write(self, query: str, bound: dict[str, Any]) -> int:
        """Run a query that writes; how many relationships it made."""
        made: int = self._runner.run(query, bound).consume().counters.relationships_created
        return made


def joined(writes: Sequence[Write]) -> tuple[str, dict[str, Any]]:
    """One statement that runs all of ``writes`` in their order, and what it is bound to.

    Its text depends on the queries alone, so that the server plans it once. What two of them bind under one name must
    be the same.

    >>> joined([Write("UNWIND $rows AS n CREATE (:A {n: n})", [1]), Write("UNWIND $rows AS n CREATE (:B {n: n})", [2])])
    ('CALL () { UNWIND $rows0 AS n CREATE (:A {n: n}) }\\nCALL () { UNWIND $rows1 AS n CREATE (:B {n: n}) }', \
{'rows0': [1], 'rows1': [2]})
    """
    parts = [f"CALL () {{ {one.query.replace('$rows', f'$rows{n}')} }}" for n, one in enumerate(writes)]
    bound: dict[str, Any] = {}
    for n, one in enumerate(writes):
        bound |= {**one.bound, f"rows{n}": list(one.rows)}
    return "\n".join(parts), bound


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """``rows`` in lists of at most ``size``."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch
