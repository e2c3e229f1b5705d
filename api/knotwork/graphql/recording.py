"""The golden record of a customer: which value of each trait survives, where it is from, and what it beat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from knotwork.access.masks import Mask
from knotwork.access.profiles import masked_profile
from knotwork.graphql.counts import Count
from knotwork.graphql.made import shown, twin
from knotwork_resolvers.profiles import profile, quality
from knotwork_resolvers.profiles.profile import Profile


@twin(profile.Source, "Who said a value, on how many events, and when first and last.", name="ValueSource")
class ValueSource:
    """A source."""

    source: str
    events: int = strawberry.field(description="On how many events it was said.")
    first_at: datetime = strawberry.field(description="When first.")
    last_at: datetime = strawberry.field(description="When last.")
    vouched: int


@strawberry.type(description="A value that did not survive, and where it comes from.")
class BeatenValue:
    """A value."""

    value: JSON = strawberry.field(description="The value, masked as its trait demands.")
    said: ValueSource = strawberry.field(description="Where it comes from.")


@strawberry.type(description="The value of a trait that survived, by which rule, where it is from, and what it beat.")
class TraitValue:
    """A value."""

    trait: str = strawberry.field(description="The name of the trait.")
    value: JSON = strawberry.field(description="The value, masked as its trait demands.")
    rule: str = strawberry.field(description="The rule of survivorship that chose it.")
    source: str
    at: datetime = strawberry.field(description="When its source said so.")
    said: ValueSource = strawberry.field(description="Where it comes from.")
    message_id: str
    event: str
    beaten: list[BeatenValue] = strawberry.field(description="What it beat, the best first.")

    @classmethod
    def of(cls, trait: str, one: profile.TraitValue) -> TraitValue:
        """The type for a masked value."""
        beaten = [BeatenValue(value=JSON(each.value), said=shown(each.said)) for each in one.beaten]
        return cls(
            trait=trait, value=JSON(one.value), rule=one.rule, source=one.source, at=one.at, said=shown(one.said),
            message_id=one.message_id, event=one.event, beaten=beaten,
        )  # fmt: skip


@twin(profile.ConsentWord, "The latest word of one identifier on one purpose.", name="ConsentWord")
class ConsentWord:
    """A word."""

    allowed: bool = strawberry.field(description="Whether it allows the purpose.")
    identifier: str = strawberry.field(description="Whose word it is, masked as your role demands.")
    source: str
    at: datetime


@strawberry.type(description="Whether a purpose is consented to; the first of the words decides.")
class Consent:
    """A purpose."""

    purpose: str = strawberry.field(description="What is consented to.")
    allowed: bool | None = strawberry.field(description="Whether it is allowed; none where nobody said a word.")
    words: list[ConsentWord] = strawberry.field(description="The latest word of each identifier.")


@strawberry.type(description="How strong a signal is now.")
class Signal:
    """A signal."""

    name: str
    value: float = strawberry.field(description="Its strength, which fades.")
    lit: bool = strawberry.field(description="Whether it is on.")


@twin(profile.EventSum, "What events of one name amount to in one currency.", name="EventSum")
class EventSum:
    """A sum."""

    event: str
    currency: str = strawberry.field(description="The currency; empty where none was named.")
    events: int
    amount: float = strawberry.field(description="What they amount to.")


@strawberry.type(description="Recency, frequency and value.")
class Purchases:
    """Figures."""

    frequency: int = strawberry.field(description="How many purchases there were.")
    last: datetime | None = strawberry.field(description="When the last one was.")
    recency_days: float | None = strawberry.field(description="How many days ago that is.")
    value: JSON = strawberry.field(description="Amounts by currency; different ones are never added.")


@twin(quality.Flag, "Something odd that is worth a look, in names and numbers.", name="QualityFlag")
class QualityFlag:
    """A flag."""

    name: str
    about: str = strawberry.field(description="The trait, type or purpose it is about.")
    count: int
    limit: int


@strawberry.type(description="All that is known of a customer, and where each value comes from.")
class GoldenRecord:
    """A record."""

    moment: datetime
    known: bool = strawberry.field(description="Whether an identifier names a person or an account.")
    stage: str = strawberry.field(description="The stage of the lifecycle; empty without events.")
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    traits: list[TraitValue] = strawberry.field(description="The surviving value of each trait, by name.")
    channels: list[Count] = strawberry.field(description="Events by channel.")
    counts: list[Count] = strawberry.field(description="Events by name.")
    sums: list[EventSum] = strawberry.field(description="What events amount to, by name and currency.")
    purchases: Purchases = strawberry.field(description="Recency, frequency and value.")
    signals: list[Signal] = strawberry.field(description="The signals of the policy.")
    consent: list[Consent] = strawberry.field(description="What was consented to, by purpose.")
    flags: list[QualityFlag] = strawberry.field(description="What is odd.")

    @classmethod
    def of(cls, clear: Profile, mask: Mask) -> GoldenRecord:
        """The type for a profile, masked."""
        one = masked_profile(clear, mask)
        plain = {name: getattr(one, name) for name in ("moment", "known", "stage", "events", "first_seen", "last_seen")}
        return cls(
            **plain,
            traits=[TraitValue.of(name, value) for name, value in sorted(one.traits.items())],
            channels=shown(one.channels),
            counts=shown(one.counts),
            sums=shown(one.sums),
            purchases=purchases_of(one.purchases),
            signals=[Signal(name=name, value=each.value, lit=each.lit) for name, each in sorted(one.signals.items())],
            consent=consents_of(one.consent),
            flags=shown(one.flags),
        )


def purchases_of(one: profile.Purchases) -> Purchases:
    """The figures as the schema shows them."""
    value: Any = dict(one.value)
    return Purchases(frequency=one.frequency, last=one.last, recency_days=one.recency_days, value=value)


def consents_of(held: Mapping[str, profile.Consent]) -> list[Consent]:
    """Consent by purpose, as a list by name."""
    return [Consent(purpose=name, allowed=one.allowed, words=shown(one.words)) for name, one in sorted(held.items())]
