"""What the policy says about profiles: which value of a trait survives, what counts as a purchase, signals, stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

Survivorship = Literal["latest", "first", "most_frequent", "longest", "source_priority", "verified_first"]
Number = int | float
Wanted = str | bool | Number | tuple[str | bool | Number, ...] | Mapping[str, Number]
"""What a property must be: this, one of these, or a number within bounds (``at_least``, ``above`` and so on)."""

MIDDLE_RANK = 50
FEW_VALUES = MappingProxyType({"birth_date": 1, "gender": 1, "family_name": 2})
"""How many values one person has of a trait; more are worth a look. A trait that is not here may have any number."""


@dataclass(frozen=True, slots=True)
class TraitRule:
    """What the policy says about one trait; None where ``[profile]`` says it."""

    trait: str
    survivorship: Survivorship | None = None
    source_priority: tuple[str, ...] = ()
    most: int | None = None

    @property
    def limit(self) -> int | None:
        """The number of values above which a customer is flagged, None for any number."""
        return self.most if self.most is not None else FEW_VALUES.get(self.trait)


@dataclass(frozen=True, slots=True)
class SourceRule:
    """What the policy says about one source: its rank among sources, 1 first, and what it speaks of.

    ``survivorship`` chooses the one of its own values that it stands for; without it all of them compete.
    """

    source: str
    rank: int = MIDDLE_RANK
    survivorship: Survivorship | None = None
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """What events say about an interest: ``events`` are names or globs with their weights.

    ``where`` holds property names and what each must be; ``half_life`` None means that it never fades.
    """

    name: str
    events: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    where: Mapping[str, Wanted] = field(default_factory=lambda: MappingProxyType({}))
    half_life: timedelta | None = None
    above: float = 0.0


@dataclass(frozen=True, slots=True)
class Stages:
    """The spans that make the stages of a lifecycle; see ``[lifecycle]``."""

    new: timedelta = timedelta(days=30)
    active: timedelta = timedelta(days=30)
    at_risk: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ProfileRules:
    """Everything that decides what a profile says of the same facts."""

    survivorship: Survivorship = "latest"
    source_priority: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ("Order Completed",)
    amount: str = "revenue"
    currency: str = "currency"
    purposes: tuple[str, ...] = ()
    traits: Mapping[str, TraitRule] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, SourceRule] = field(default_factory=lambda: MappingProxyType({}))
    signals: Mapping[str, Signal] = field(default_factory=lambda: MappingProxyType({}))
    lifecycle: Stages = field(default_factory=Stages)

    def trait(self, name: str) -> TraitRule:
        """The rule of a trait; one that the policy does not name has the defaults."""
        return self.traits.get(name) or TraitRule(name)

    def source(self, name: str) -> SourceRule:
        """The rule of a source; one that the policy does not name has the defaults."""
        return self.sources.get(name) or SourceRule(name)

    def survivorship_of(self, trait: str) -> Survivorship:
        """How a value of the trait is chosen."""
        return self.trait(trait).survivorship or self.survivorship

    def priority_of(self, trait: str) -> tuple[str, ...]:
        """The sources that go first where ``source_priority`` chooses, the first of them foremost."""
        return self.trait(trait).source_priority or self.source_priority
