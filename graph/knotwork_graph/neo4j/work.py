"""What can be done inside one transaction: rows are read, or written in batches; small writes are joined in one.

The lists and texts that a statement is bound to are sent in a map. The server plans a statement anew for each size (1,
10, 100, ...) of each of them, which takes a tenth of a second and more; into a map it does not look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from knotwork_graph.neo4j.ahead import Ahead

ROWS = 10_000
"""Rows in one statement: more are no faster, and few enough to be tried again cheaply."""
MAP = "sized"
"""The parameter that holds all lists and texts."""


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
        return [tuple(record.values()) for record in self._runner.run(*in_a_map(query, bound))]

    def one(self, query: str, **bound: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None where there is none."""
        return next(iter(self.rows(query, **bound)), None)

    def each(self, query: str, rows: Iterable[Any], **bound: Any) -> int:
        """Run a query over ``$rows`` in batches; how many relationships it made."""
        return sum(self.write(query, bound | {"rows": batch}) for batch in batches(rows, ROWS))

    def all(self, writes: Iterable[Write]) -> int:
        """Run writes in their order, as one statement where they are small; how many relationships they made.

        Those without rows are part of that statement too: so its text, and with it its plan, is always the same.
        """
        some = list(writes)
        size = sum(len(one.rows) for one in some)
        if size > ROWS:
            return sum(self.each(one.query, one.rows, **one.bound) for one in some if one.rows)
        return self.write(*joined(some)) if size else 0

    def then(self, writes: Sequence[Write], query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """Run small writes in their order and a query that sees what they wrote, as one statement; the query's rows."""
        text, given = joined(writes)
        return self.rows(f"{text}\n{query}", **given, **bound)

    def write(self, query: str, bound: dict[str, Any]) -> int:
        """Run a query that writes; how many relationships it made."""
        made: int = self._runner.run(*in_a_map(query, bound)).consume().counters.relationships_created
        return made


def in_a_map(query: str, bound: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The query and what it is bound to, with what has a size in a map of its own.

    Numbers stay as they are: by their type the planner knows that an index in their order will do.

    >>> in_a_map("UNWIND $ids AS id MATCH (n {id: id}) WHERE n.run > $run RETURN n", {"ids": [7, 8], "run": 3})
    ('UNWIND $sized.ids AS id MATCH (n {id: id}) WHERE n.run > $run RETURN n', {'run': 3, 'sized': {'ids': [7, 8]}})
    """
    sized = {name: value for name, value in bound.items() if isinstance(value, str | list | tuple | dict)}
    rest = {name: value for name, value in bound.items() if name not in sized}
    return _led(query, frozenset(sized)), rest | {MAP: sized}


@cache
def _led(query: str, names: frozenset[str]) -> str:
    """The query that finds these parameters in the map."""
    return re.sub(r"\$(\w+)", lambda found: f"${MAP}.{found[1]}" if found[1] in names else found[0], query)


def joined(writes: Sequence[Write]) -> tuple[str, dict[str, Any]]:
    """One statement that runs all of ``writes`` in their order, and what it is bound to.

    What two of them bind under one name must be the same.

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
