"""The decisions that bear on some identifiers, read from a store by look-ups, however many others there are."""

from __future__ import annotations

from collections.abc import Iterable

from knotwork_graph.model import Decision, DecisionKind
from knotwork_graph.ports import GraphReader
from knotwork_resolvers.review.decisions import Book


def decisions_around(store: GraphReader, keys: Iterable[str]) -> tuple[Decision, ...]:
    """The decisions in force on ``keys`` and on all that must-links hold together with them, by number.

    A look-up for each ring of must-links; O(decisions found).
    """
    ring, seen, found = set(keys), set[str](), dict[int, Decision]()
    while ring:
        seen |= ring
        new = [one.decision for one in store.decisions_on(sorted(ring))]
        found |= {one.number: one for one in new}
        ring = {end for one in new if one.kind is DecisionKind.MUST_LINK for end in one.about} - seen
    return tuple(found[number] for number in sorted(found))


def book_around(store: GraphReader, keys: Iterable[str]) -> Book:
    """A book of all decisions that can stand against one on ``keys``."""
    return Book(decisions_around(store, keys))
