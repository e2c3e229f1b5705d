"""What a segment says: a tree of conditions on what is known of a customer, as values.

A group holds where all of its ``all``, one of its ``any`` and none of its ``none`` hold; lists that are empty say
nothing. Texts are compared as they stand, letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Scalar = str | int | float | bool
Operand = tuple[Scalar, ...] | Scalar | datetime | timedelta
TIMESTAMP = "timestamp"
"""The property that is the moment of the event itself."""
NO_MONEY = "none"
"""The currency of amounts that are no money, such as points: these are added whatever the event's currency."""


class Op(StrEnum):
    """How a value is compared with what a rule names."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    BEFORE = "before"
    AFTER = "after"
    NEWER_THAN = "newer_than"
    OLDER_THAN = "older_than"
    EXISTS = "exists"


class Measure(StrEnum):
    """What is taken of a customer's events of some kind."""

    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: ``is`` and ``is_not`` with several values, spans with a time span, dates with a moment (UTC)."""

    op: Op
    operand: Operand


@dataclass(frozen=True, slots=True)
class Trait:
    """The profile's value of a trait passes every comparison."""

    name: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """How many identifiers of a type the customer holds passes every comparison."""

    type: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The customer is known (can be reached or named), or with ``known`` false anonymous."""

    known: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A property of an event passes every comparison."""

    property: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: one of these names, on one of these channels (none: any), whose properties pass ``where``."""

    names: tuple[str, ...]
    where: tuple[Filter, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Events:
    """What is measured of the customer's events of a kind passes every comparison.

    Counts are of events newer than ``in_last`` and not newer than ``before_last`` before now. ``property`` belongs to
    every measure but the count. A sum is of one ``currency``, or of what is no money (``NO_MONEY``).
    """

    of: Kind
    measure: Measure
    comparisons: tuple[Comparison, ...]
    property: str = ""
    currency: str = ""
    in_last: timedelta | None = None
    before_last: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """The customer did the ``steps`` one after another, from the first to the last no longer than ``within``.

    None of the events ``without`` happened between the first step and the last, and none of ``never`` from the first
    step until now. With ``in_last`` all of it happened in that time before now.
    """

    steps: tuple[Kind, ...]
    within: timedelta | None = None
    in_last: timedelta | None = None
    without: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """The value of one of the workspace's signals, now, passes every comparison."""

    name: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The customer is at one of these stages."""

    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """The customer has granted, or with ``granted`` false refused, a purpose; who never said has done neither."""

    purpose: str
    granted: bool


@dataclass(frozen=True, slots=True)
class InSegment:
    """The customer is in another segment."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions taken together."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()

    @property
    def parts(self) -> tuple[Condition, ...]:
        """Every condition straight below, in the order all, any, none."""
        return (*self.all, *self.any, *self.none)


Leaf = Trait | Holds | Known | Events | Sequence | Signal | Lifecycle | Consent | InSegment
Condition = Leaf | Group


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: ``title`` is for people.

    Where it has a ``purpose``, only customers who have granted that are in it, unless ``without_consent``.
    """

    name: str
    rule: Group
    title: str = ""
    purpose: str = ""
    without_consent: bool = False

    @property
    def whole_rule(self) -> Group:
        """The rule, and the consent that its purpose asks for."""
        if not self.purpose or self.without_consent:
            return self.rule
        return Group(all=(Consent(self.purpose, granted=True), self.rule))

    @property
    def needs(self) -> tuple[str, ...]:
        """The segments that it names, each once."""
        return tuple(dict.fromkeys(one.name for one in leaves(self.rule) if isinstance(one, InSegment)))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The conditions of a tree that are no groups, in the order in which they are read."""
    if not isinstance(condition, Group):
        yield condition
        return
    for part in condition.parts:
        yield from leaves(part)
