"""Claims: what one source said of one trait of a customer, with how often and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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

    def with_one_more(self, told: Telling, *, text: bool) -> Claim:
        """The claim after a later event said the same."""
        return Claim(
            self.trait,
            self.value,
            self.source,
            self.text or text,
            self.first_at,
            told.at,
            self.count + 1,
            self.vouched + told.vouched,
            self.first_event,
            told.event_id,
        )

    @property
    def plain(self) -> Any:
        """The value as JSON had it."""
        import json

        return self.value if self.text else json.loads(self.value)


def claims_of(tellings: Iterable[Telling]) -> tuple[Claim, ...]:
    """The claims that events (of one customer, in their order) make; as ``observed_traits`` has them, in no order."""
    found: dict[tuple[str, str, str], Claim] = {}
    for told in tellings:
        for trait, value, text in said(told.traits):
            key = trait, value, told.source
            known = found.get(key)
            found[key] = known.with_one_more(told, text=text) if known else _first(key, told, text=text)
    return tuple(found.values())


def _first(key: tuple[str, str, str], told: Telling, *, text: bool) -> Claim:
    at, event = told.at, told.event_id
    return Claim(*key, text, at, at, 1, int(told.vouched), event, event)
