"""A cluster with its keys turned into numbers, so that nothing after this needs to know them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from knotwork_graph.model import EdgeView, IdentifierView

Link = tuple[int, int]
OUTSIDE_MOST = 12
LABEL_MOST = 24
CODE_MOST = 15  # nobody reads the middle of a cookie


@dataclass(frozen=True, slots=True)
class NumberedEdge:
    """An edge between numbers; those from the count of identifiers on are outside."""

    a: int
    b: int
    view: EdgeView


@dataclass(frozen=True, slots=True)
class Plan:
    """Identifiers (number = position), then outside ends, and the edges among them that can be drawn."""

    identifiers: Sequence[IdentifierView]
    texts: tuple[str, ...]
    outside: tuple[str, ...]
    edges: tuple[NumberedEdge, ...]
    language: str

    def inside_links(self, kinds: Collection[str] | None = None) -> list[Link]:
        """The edges between two of this customer's identifiers, of the given kinds or all."""
        count = len(self.identifiers)
        return [
            (edge.a, edge.b)
            for edge in self.edges
            if edge.a < count and edge.b < count and (kinds is None or edge.view.kind in kinds)
        ]


def plan(
    identifiers: Sequence[IdentifierView], edges: Sequence[EdgeView], labels: Mapping[str, str], language: str
) -> Plan:
    """The cluster in numbers. At most ``OUTSIDE_MOST`` ends of other customers are drawn; the rest count as hidden."""
    numbers = {view.key: number for number, view in enumerate(identifiers)}
    ends = sorted({end for edge in edges for end in (edge.a, edge.b) if end not in numbers})
    outside = tuple(ends[:OUTSIDE_MOST])
    numbers |= {key: len(identifiers) + place for place, key in enumerate(outside)}
    drawable = tuple(
        NumberedEdge(numbers[edge.a], numbers[edge.b], edge)
        for edge in edges
        if edge.a in numbers and edge.b in numbers and edge.a != edge.b
    )
    keys = [*(view.key for view in identifiers), *outside]
    return Plan(identifiers, tuple(_text(key, labels) for key in keys), outside, drawable, language)


def _text(key: str, labels: Mapping[str, str]) -> str:
    return labels[key] if key in labels else key.partition(":")[2]


def label(text: str) -> str:
    """The text under a mark: an address nearly whole, a code by its ends."""
    return short(text, LABEL_MOST if "@" in text else CODE_MOST)


def short(text: str, most: int = LABEL_MOST) -> str:
    """``text`` on one line, its middle left out when it is longer than ``most`` characters.

    >>> short("LC2951000000587", 11)
    'LC295…00587'
    """
    line = " ".join(text.split())
    half = (most - 1) // 2
    return line if len(line) <= most else f"{line[:half]}…{line[-half:]}"
