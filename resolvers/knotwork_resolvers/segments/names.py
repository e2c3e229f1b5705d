"""Names that a rule speaks of and nobody knows: a word for each, with the nearest that there is; and false types."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy, suggestion
from knotwork_graph.policy.problems import Problem
from knotwork_resolvers.profiles.events import events_of
from knotwork_resolvers.profiles.observed import observed_traits
from knotwork_resolvers.segments.definitions import Definitions
from knotwork_resolvers.segments.operands import BOUNDS
from knotwork_resolvers.segments.rules import (
    Consent,
    Events,
    Holds,
    InSegment,
    Leaf,
    Segment,
    Sequence,
    Signal,
    Trait,
)
from knotwork_resolvers.segments.wording import placed

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.segments.ground import Ground

MOST_NAMED = 12
EVENTS = "SELECT DISTINCT event FROM {events} WHERE event IS NOT NULL ORDER BY 1"
KEYS = """
SELECT DISTINCT unnest(json_keys(body)) AS name
FROM (SELECT DISTINCT {body} AS body FROM {events} WHERE {body} IS NOT NULL) ORDER BY 1
"""
NUMBERS = """
SELECT count(*) AS values, count(*) FILTER (isfinite(try_cast(value AS DOUBLE))) AS numbers FROM {seen}
WHERE trait = $name
"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A name in a rule: of what ``kind`` it is, and where it stands."""

    place: str
    kind: str
    name: str


def spoken(segment: Segment) -> Iterator[Spoken]:
    """Every name that a rule speaks of."""
    for place, leaf in placed(segment):
        yield from (Spoken(place, kind, name) for kind, name in _names(leaf))


def _names(leaf: Leaf) -> Iterator[tuple[str, str]]:
    match leaf:
        case Trait(name):
            yield "trait", name
        case Holds(kind):
            yield "identifier type", kind
        case Events():
            yield from (("event", name) for name in leaf.of.names)
        case Sequence():
            each = [name for step in leaf.steps for name in step.names]
            yield from (("event", name) for name in dict.fromkeys((*each, *leaf.without, *leaf.never)))
        case Signal(name):
            yield "signal", name
        case Consent(purpose):
            yield "purpose", purpose
        case InSegment(name):
            yield "segment", name


class Names:
    """The names that a workspace knows, looked up when first asked for. O(events) for events, traits and purposes."""

    def __init__(self, home: Home, policy: Policy, definitions: Definitions, ground: Ground) -> None:
        self._home, self._policy, self._definitions, self._ground = home, policy, definitions, ground
        self._known: dict[str, Collection[str]] = {}

    def doubts(self, segment: Segment) -> tuple[str, ...]:
        """A sentence for each name that nobody knows, with the nearest that there is."""
        return tuple(self._doubt(one) for one in spoken(segment) if one.name not in self._of(one.kind))

    def false_types(self, segment: Segment) -> tuple[Problem, ...]:
        """A problem for each trait that is compared with numbers and never was one."""
        found = []
        for place, leaf in placed(segment):
            if isinstance(leaf, Trait) and any(one.op in BOUNDS for one in leaf.comparisons):
                values, numbers = self._numbers(leaf.name)
                if values and not numbers:
                    found.append(Problem(f"{place}.trait", f"{leaf.name} is never a number; write is, or contains"))
        return tuple(found)

    def _doubt(self, one: Spoken) -> str:
        known = self._of(one.kind)
        meant = suggestion(one.name, tuple(known))
        if meant.startswith("known are") and len(known) > MOST_NAMED:
            meant = f"{len(known):,} others are known"
        return f'{one.place}: no {one.kind} "{one.name}" is known as yet, so nobody meets this; {meant}'

    def _of(self, kind: str) -> Collection[str]:
        if kind not in self._known:
            self._known[kind] = self._read(kind)
        return self._known[kind]

    def _read(self, kind: str) -> Collection[str]:
        profiles = self._policy.profiles
        match kind:
            case "event":
                return self._listed(EVENTS)
            case "trait":
                return self._listed(KEYS.replace("{body}", "traits"))
            case "purpose":
                return {*profiles.purposes, *self._listed(KEYS.replace("{body}", "consent"))}
            case "identifier type":
                return self._home.store.counts().identifiers.keys()
            case "signal":
                return profiles.signals.keys()
            case _:
                return [one.name for one in self._definitions.segments]

    def _listed(self, query: str) -> list[str]:
        with self._ground.connection() as connection:
            events = events_of(connection, self._home, self._policy)
            return [name for (name,) in connection.execute(query.replace("{events}", events)).fetchall()]

    def _numbers(self, trait: str) -> tuple[int, int]:
        """How many values a trait has, and how many of them are numbers."""
        with self._ground.connection() as connection:
            seen = observed_traits(connection, self._home, self._policy)
            row = connection.execute(NUMBERS.replace("{seen}", seen), {"name": trait}).fetchall()[0]
            return int(row[0]), int(row[1])
