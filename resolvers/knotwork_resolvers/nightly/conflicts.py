"""Decisions that cannot be obeyed: those that contradict an earlier one, and those that name nobody.

They are named by their numbers: whom they speak of, and who made them, is personal.
"""

from __future__ import annotations

from collections.abc import Iterable

from knotwork_graph.model import Decision
from knotwork_resolvers.review import Book


def contradicting(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """A sentence for each decision in force that contradicts an earlier one, by number."""
    book, found = Book(), []
    for one in decisions:
        objection = book.objection(one)
        if objection is None:
            book.add(one)
        else:
            found.append(f"{_named(one)} contradicts {_named(objection.first)}")
    return tuple(found)


def unknown(decisions: Iterable[Decision], keys: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each decision that speaks of one of ``keys``, which no event has shown."""
    nobody = frozenset(keys)
    return tuple(
        f"{_named(one)} names an identifier that no event has shown"
        for one in decisions
        if nobody.intersection(one.about)
    )


def _named(one: Decision) -> str:
    return f"decision {one.number} (a {one.kind.replace('_', '-')})"
