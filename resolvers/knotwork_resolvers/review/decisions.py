"""Which decisions can stand beside each other.

Two contradict each other where no partition obeys both: a must-link and a cannot-link on one pair; a cannot-link on two
that must-links join across a path; a must-link that would join both ends of a cannot-link in this way; and two
different words (shared, keeps linking, blocked) on one identifier. The one that was made first stands, the second is
refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knotwork_graph.model import Decision, DecisionKind

Links = dict[str, dict[str, Decision]]
"""For each identifier those that a decision ties to it, with the decision."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What a new decision contradicts: the first decision that stands, and the must-links that lead to it."""

    first: Decision
    path: tuple[Decision, ...] = ()

    @property
    def words(self) -> str:
        """The objection in words, without any identifier."""
        one = self.first
        told = f"decision {one.number} (a {hyphened(one.kind)} by {one.by}, {one.at:%Y-%m-%d %H:%M} UTC)"
        if not self.path:
            return f"it contradicts {told}"
        through = ", ".join(str(each.number) for each in self.path)
        return f"it contradicts {told}, together with the must-links {through}"


class Book:
    """The decisions in force. Adding and taking out is O(1); asking walks at most one group that must-links hold."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._must: Links = {}
        self._cannot: Links = {}
        self._words: dict[str, Decision] = {}
        for one in decisions:
            self.add(one)

    def add(self, one: Decision) -> None:
        """Let ``one`` stand; where it stands already the first is kept."""
        if one.b is None:
            self._words.setdefault(one.a, one)
            return
        links = self._links(one)
        links.setdefault(one.a, {}).setdefault(one.b, one)
        links.setdefault(one.b, {}).setdefault(one.a, one)

    def remove(self, one: Decision) -> None:
        """Let ``one``, which stands, stand no more."""
        if one.b is None:
            del self._words[one.a]
            return
        links = self._links(one)
        del links[one.a][one.b], links[one.b][one.a]

    def same(self, new: Decision) -> Decision | None:
        """The decision that says already what ``new`` says, or None."""
        if new.b is None:
            said = self._words.get(new.a)
            return said if said is not None and said.kind is new.kind else None
        return self._links(new).get(new.a, {}).get(new.b)

    def objection(self, new: Decision) -> Objection | None:
        """What stands against ``new``, or None; of several the one that was made first."""
        found = {
            DecisionKind.MUST_LINK: self._against_joining,
            DecisionKind.CANNOT_LINK: self._against_parting,
        }.get(new.kind, self._against_word)(new)
        return min(found, key=lambda one: (len(one.path) > 0, one.first.number), default=None)

    def _links(self, one: Decision) -> Links:
        return self._must if one.kind is DecisionKind.MUST_LINK else self._cannot

    def _against_word(self, new: Decision) -> Iterator[Objection]:
        said = self._words.get(new.a)
        if said is not None and said.kind is not new.kind:
            yield Objection(said)

    def _against_parting(self, new: Decision) -> Iterator[Objection]:
        way = by_number(self._ways(new.a).get(str(new.b), ()))
        if way:
            yield Objection(way[0], way[1:])

    def _against_joining(self, new: Decision) -> Iterator[Objection]:
        """Every cannot-link with an end in the group of either side; both groups are walked, O(their links)."""
        left, right = self._ways(new.a), self._ways(str(new.b))
        for end, way in left.items():
            for other, said in self._cannot.get(end, {}).items():
                if other in right:
                    yield Objection(said, by_number({*way, *right[other]}))

    def _ways(self, start: str) -> dict[str, tuple[Decision, ...]]:
        """Everything that must-links hold together with ``start`` (itself included), each with the shortest way."""
        ways: dict[str, tuple[Decision, ...]] = {start: ()}
        ring = [start]
        while ring:
            later = []
            for key in ring:
                for other, said in self._must.get(key, {}).items():
                    if other not in ways:
                        ways[other] = (*ways[key], said)
                        later.append(other)
            ring = later
        return ways


def by_number(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions in the order in which they were made."""
    return tuple(sorted(decisions, key=lambda one: one.number))


def hyphened(kind: str) -> str:
    """A kind as people write it.

    >>> hyphened("must_link")
    'must-link'
    """
    return kind.replace("_", "-")
