"""Claims: what one source said of one trait of a customer, with how often and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from knotwork_resolvers.profiles.bodies import said


class Telling(NamedTuple):
    """One event that says something of traits, by time, source and message id; ``at`` in microseconds."""

    event_id: int
    at: int
    source: str
    traits: str
    vouched: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """One value of one trait by one source: a row of ``observed_traits``, times in microseconds."""

    trait: str
    value: str
    source: str
    text: bool
    first_at: int
    last_at: int
    count: int
    vouched: int
    first_event: int
    last_event: int

    @property
    def plain(self) -> Any:
        """The value as JSON had it."""
        import json

        return self.value if self.text else json.loads(self.value)


@dataclass(slots=True)
class _Heard:
    """The first and the last event that said something, this one's place among all, and how many said it."""

    first: Telling
    last: Telling
    place: int
    count: int
    vouched: int
    text: bool = False

    def join(self, later: _Heard) -> None:
        """Take in what was first said later, and may have been said before for the last time."""
        if later.place > self.place:
            self.last, self.place = later.last, later.place
        self.count += later.count
        self.vouched += later.vouched

    def claim(self, trait: str, value: str, source: str) -> Claim:
        """What it is a claim of."""
        first, last = self.first, self.last
        times = first.at, last.at, self.count, self.vouched
        return Claim(trait, value, source, self.text, *times, first.event_id, last.event_id)


def claims_of(tellings: Iterable[Telling]) -> tuple[Claim, ...]:
    """The claims that events (of one customer, in their order) make; as ``observed_traits`` has them, in no order.

    Most events of a customer say the very same, which is taken apart once: O(events + distinct texts x their traits).
    """
    found: dict[tuple[str, str, str], _Heard] = {}
    for (source, traits), heard in _alike(tellings).items():
        for trait, value, text in said(traits):
            known = found.get((trait, value, source))
            if known is None:
                known = found[trait, value, source] = replace(heard)
            else:
                known.join(heard)
            known.text = known.text or text
    return tuple(heard.claim(*key) for key, heard in found.items())


def _alike(tellings: Iterable[Telling]) -> dict[tuple[str, str], _Heard]:
    """What each source said, text by text, by the first event that did."""
    found: dict[tuple[str, str], _Heard] = {}
    for place, told in enumerate(tellings):
        known = found.get((told.source, told.traits))
        if known is None:
            found[told.source, told.traits] = _Heard(told, told, place, 1, int(told.vouched))
        else:
            known.last, known.place = told, place
            known.count += 1
            known.vouched += told.vouched
    return found
