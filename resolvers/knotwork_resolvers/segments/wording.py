"""Conditions in words, for people, and where each stands in its rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from knotwork_graph.policy.durations import show_duration
from knotwork_resolvers.segments.rules import (
    NO_MONEY,
    TIMESTAMP,
    Comparison,
    Condition,
    Consent,
    Events,
    Filter,
    Group,
    Holds,
    InSegment,
    Kind,
    Known,
    Leaf,
    Lifecycle,
    Measure,
    Op,
    Segment,
    Sequence,
    Signal,
    Trait,
)

WORDS = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.CONTAINS: "contains",
    Op.STARTS_WITH: "starts with",
    Op.ENDS_WITH: "ends with",
    Op.ABOVE: "above",
    Op.AT_LEAST: "at least",
    Op.BELOW: "below",
    Op.AT_MOST: "at most",
    Op.BEFORE: "before",
    Op.AFTER: "after",
    Op.NEWER_THAN: "less than",
    Op.OLDER_THAN: "at least",
}


def placed(segment: Segment) -> Iterator[tuple[str, Leaf]]:
    """Every condition with its place, as errors name it: ``all[2].any[1]``; the consent of its purpose comes first."""
    if segment.whole_rule is not segment.rule:
        yield "purpose", Consent(segment.purpose, granted=True)
    yield from _below(segment.rule, "")


def _below(condition: Condition, place: str) -> Iterator[tuple[str, Leaf]]:
    if not isinstance(condition, Group):
        yield place, condition
        return
    for name, parts in (("all", condition.all), ("any", condition.any), ("none", condition.none)):
        for number, part in enumerate(parts, 1):
            yield from _below(part, f"{place}{'.' if place else ''}{name}[{number}]")


def said(leaf: Leaf) -> str:
    """A condition in words.

    >>> said(Holds("email", (Comparison(Op.AT_LEAST, 1),)))
    'identifiers of type email: at least 1'
    """
    match leaf:
        case Trait(name, comparisons):
            return f"trait {name} {_compared(comparisons)}"
        case Holds(kind, comparisons):
            return f"identifiers of type {kind}: {_compared(comparisons)}"
        case Known(known):
            return "known" if known else "anonymous"
        case Signal(name, comparisons):
            return f"signal {name}: {_compared(comparisons)}"
        case Lifecycle(stages):
            return f"stage is {_listed(stages)}"
        case Consent(purpose, granted):
            return f"{'granted' if granted else 'refused'} {purpose}"
        case InSegment(name):
            return f"in segment {name}"
        case Events():
            return _events(leaf)
        case Sequence():
            return _sequence(leaf)


def _events(leaf: Events) -> str:
    window = "" if leaf.in_last is None else f" in the last {show_duration(leaf.in_last)}"
    if leaf.before_last is not None:
        window += f", not in the last {show_duration(leaf.before_last)}"
    measured = leaf.measure.value
    if leaf.measure is Measure.SUM:
        money = "" if leaf.currency == NO_MONEY else f" in {leaf.currency}"
        measured = f"sum of {leaf.property}{money}"
    elif leaf.measure is Measure.DISTINCT:
        measured = f"distinct {leaf.property}"
    elif leaf.property == TIMESTAMP:
        return f"{leaf.measure.value} {_kind(leaf.of)}{window} {_compared(leaf.comparisons)}"
    elif leaf.measure in (Measure.FIRST, Measure.LAST):
        return f"{leaf.property} of the {leaf.measure.value} {_kind(leaf.of)}{window} {_compared(leaf.comparisons)}"
    return f"{_kind(leaf.of)}{window}: {measured} {_compared(leaf.comparisons)}"


def _sequence(leaf: Sequence) -> str:
    words = " then ".join(map(_kind, leaf.steps))
    if leaf.within is not None:
        words += f" within {show_duration(leaf.within)}"
    if leaf.in_last is not None:
        words += f", in the last {show_duration(leaf.in_last)}"
    if leaf.without:
        words += f", without {_listed(leaf.without)} in between"
    return words + (f", never {_listed(leaf.never)} since" if leaf.never else "")


def _kind(kind: Kind) -> str:
    channel = f" on {_listed(kind.channels)}" if kind.channels else ""
    where = " and ".join(map(_filter, kind.where))
    return f"{_listed(kind.names)}{channel}{f' with {where}' if where else ''}"


def _filter(one: Filter) -> str:
    return f"{one.property} {_compared(one.comparisons)}"


def _compared(comparisons: tuple[Comparison, ...]) -> str:
    return " and ".join(map(_comparison, comparisons))


def _comparison(one: Comparison) -> str:
    if one.op is Op.EXISTS:
        return "is there" if one.operand else "is not there"
    return f"{WORDS[one.op]} {_operand(one)}"


def _operand(one: Comparison) -> str:
    if isinstance(one.operand, timedelta):
        return f"{show_duration(one.operand)} ago"
    if isinstance(one.operand, datetime):
        return f"{one.operand:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    if isinstance(one.operand, tuple):
        return _listed(tuple(map(_value, one.operand)))
    return _value(one.operand)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:,}" if isinstance(value, int | float) else f'"{value}"'


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(words)
