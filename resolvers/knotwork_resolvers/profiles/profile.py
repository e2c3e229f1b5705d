"""The golden record: what is known of one customer, which value of each trait survives, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knotwork_graph.model import IdentifierView
from knotwork_resolvers.profiles.quality import Flag


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: who said it, on how many events, and when first and last."""

    source: str
    events: int
    first_at: datetime
    last_at: datetime
    vouched: int = 0


@dataclass(frozen=True, slots=True)
class Beaten:
    """A value that did not survive, and where it comes from."""

    value: Any
    said: Source


@dataclass(frozen=True, slots=True)
class TraitValue:
    """The value of a trait that survived: by which rule, who said so on which event, and what it beat, best first."""

    value: Any
    rule: str
    said: Source
    event_id: int
    message_id: str = ""
    event: str = ""
    beaten: tuple[Beaten, ...] = ()

    @property
    def source(self) -> str:
        """Who said so."""
        return self.said.source

    @property
    def at(self) -> datetime:
        """When its source said so last; for the rule ``first``, first."""
        return self.said.first_at if self.rule == "first" else self.said.last_at


@dataclass(frozen=True, slots=True)
class ConsentWord:
    """The latest word of one identifier on one purpose, and who said so."""

    allowed: bool
    identifier: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a purpose is consented to: None where nobody said a word. The first of ``words`` decides."""

    allowed: bool | None
    words: tuple[ConsentWord, ...] = ()


@dataclass(frozen=True, slots=True)
class SignalValue:
    """How strong a signal is now, and whether it is on."""

    value: float
    lit: bool


@dataclass(frozen=True, slots=True)
class EventSum:
    """What events of one name amount to in one currency (empty: none was named)."""

    event: str
    currency: str
    events: int
    amount: float


@dataclass(frozen=True, slots=True)
class Purchases:
    """Recency, frequency and value: days since the last purchase, how many there were, amounts by currency."""

    frequency: int = 0
    last: datetime | None = None
    recency_days: float | None = None
    value: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Profile(Mapping[str, Any]):
    """What is known of one customer at ``moment``. As a mapping it holds the surviving values, by trait.

    ``stage`` is that of the lifecycle, empty where there are no events. ``identifiers`` are by type. ``consent`` holds
    every purpose that has a word or that the policy names, ``signals`` every signal of the policy.
    """

    moment: datetime
    known: bool
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    stage: str
    traits: Mapping[str, TraitValue]
    identifiers: Mapping[str, tuple[IdentifierView, ...]]
    channels: Mapping[str, int]
    counts: Mapping[str, int]
    sums: tuple[EventSum, ...]
    purchases: Purchases
    signals: Mapping[str, SignalValue]
    consent: Mapping[str, Consent]
    flags: tuple[Flag, ...]

    def __getitem__(self, trait: str) -> Any:
        return self.traits[trait].value

    def __iter__(self) -> Iterator[str]:
        return iter(self.traits)

    def __len__(self) -> int:
        return len(self.traits)
