"""What is told of segments, as values; each has ``masked`` where it can hold what is personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import customer_id, from_micros
from knotwork_graph.stays import Stay

if TYPE_CHECKING:
    from knotwork.access.masks import Mask
    from knotwork_resolvers.segments import Counted, Reason

Value = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True)
class SegmentView:
    """One segment: its rule as tables and lists, how many customers are in it as of a moment, and where it stands.

    ``as_of`` is None, and ``size`` 0, where nothing is resolved yet. ``own`` says that it has a file of its own, which
    ``define`` may write anew.
    """

    name: str
    title: str
    purpose: str
    size: int
    as_of: datetime | None
    rule: Mapping[str, Any]
    file: str
    own: bool

    def masked(self, mask: Mask) -> SegmentView:
        """The view with what a rule may quote of people masked."""
        return replace(self, title=mask.text(self.title), rule=_masked(self.rule, mask))


@dataclass(frozen=True, slots=True)
class Member:
    """A customer in a segment, since when, and the run that readers saw when that was noticed."""

    customer: str
    since: datetime
    run: int


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Some members by id, ``size`` of all, and whether there are more after the last of these."""

    segment: str
    as_of: datetime | None
    size: int
    members: tuple[Member, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class StayView:
    """One customer's time in a segment; ``left`` and ``left_run`` are None while it lasts."""

    customer: str
    segment: str
    entered: datetime
    entered_run: int
    left: datetime | None
    left_run: int | None


@dataclass(frozen=True, slots=True)
class ConditionCount:
    """One condition of a rule, where it stands, and how many customers it holds for by itself."""

    place: str
    words: str
    customers: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would hold: ``size`` of all ``customers``. ``refused``: only consent to its purpose keeps them out.

    ``warnings`` are sentences on names that nobody knows.
    """

    size: int
    customers: int
    refused: int
    as_of: datetime | None
    conditions: tuple[ConditionCount, ...]
    warnings: tuple[str, ...]
    rule: Mapping[str, Any]

    @property
    def share(self) -> float:
        """The part of all customers, 0 where there are none."""
        return self.size / self.customers if self.customers else 0.0

    def masked(self, mask: Mask) -> Preview:
        """The preview with what a rule may quote of people masked."""
        conditions = tuple(replace(one, words=mask.text(one.words)) for one in self.conditions)
        warnings = tuple(map(mask.text, self.warnings))
        return replace(self, conditions=conditions, warnings=warnings, rule=_masked(self.rule, mask))


@dataclass(frozen=True, slots=True)
class ConditionMet:
    """One condition of a rule for one customer, whether it is met, and the value that says so.

    ``trait`` or ``property`` names what it is a value of.
    """

    place: str
    words: str
    met: bool
    value: Value
    trait: str = ""
    property: str = ""

    def masked(self, mask: Mask) -> ConditionMet:
        """The condition with its value masked as its name demands."""
        value: Any = self.value
        if self.trait:
            value = mask.traits({self.trait: value})[self.trait]
        elif self.property:
            value = mask.properties({self.property: value})[self.property]
        return replace(self, words=mask.text(self.words), value=value)


@dataclass(frozen=True, slots=True)
class SegmentWhy:
    """Whether a customer is in a segment, since when, and every condition of the rule."""

    segment: str
    customer: str
    inside: bool
    since: datetime | None
    run: int | None
    as_of: datetime
    conditions: tuple[ConditionMet, ...]

    def masked(self, mask: Mask) -> SegmentWhy:
        """The answer with every value masked as its name demands."""
        return replace(self, conditions=tuple(one.masked(mask) for one in self.conditions))


def member_told(stay: Stay) -> Member:
    """A member as people meet it."""
    return Member(customer_id(stay.customer), from_micros(stay.entered_at), stay.entered_run)


def stay_told(stay: Stay) -> StayView:
    """A stay as people meet it."""
    left = from_micros(stay.left_at) if stay.left_run else None
    name, entered = customer_id(stay.customer), from_micros(stay.entered_at)
    return StayView(name, stay.segment, entered, stay.entered_run, left, stay.left_run or None)


def count_told(one: Counted) -> ConditionCount:
    """A condition with its count."""
    return ConditionCount(one.place, one.words, one.customers)


def reason_told(one: Reason) -> ConditionMet:
    """A condition with its value; a moment becomes one."""
    value: Value = one.value
    if one.moment and isinstance(value, int):
        value = from_micros(value)
    return ConditionMet(one.place, one.words, one.met, value, one.trait, one.property)


def _masked(value: Any, mask: Mask) -> Any:
    """Tables and lists with every text in them masked."""
    if isinstance(value, str):
        return mask.text(value)
    if isinstance(value, Mapping):
        return {mask.text(key): _masked(one, mask) for key, one in value.items()}
    return [_masked(one, mask) for one in value] if isinstance(value, list) else value
