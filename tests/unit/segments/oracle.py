"""Conditions on events and sequences in plain Python: every customer, every attempt, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from knotwork_resolvers.segments.rules import (
    NO_MONEY,
    TIMESTAMP,
    Comparison,
    Events,
    Kind,
    Measure,
    Op,
    Sequence,
)


@dataclass(frozen=True, slots=True)
class Did:
    """One event of a customer; ``at`` in microseconds."""

    customer: int
    at: int
    event: str
    channel: str = "web"
    properties: dict[str, Any] = field(default_factory=dict)


def micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def is_of(kind: Kind, one: Did) -> bool:
    fits = one.event in kind.names and (not kind.channels or one.channel in kind.channels)
    return fits and all(passes(one.properties.get(each.property), each.comparisons) for each in kind.where)


def passes(value: Any, comparisons: tuple[Comparison, ...]) -> bool:
    return all(compare(value, one) for one in comparisons)


def compare(value: Any, one: Comparison) -> bool:
    if one.op is Op.EXISTS:
        return (value is not None) == one.operand
    if value is None:
        return False
    if one.op is Op.IS:
        return any(value == each for each in one.operand)  # type: ignore[union-attr]  # several values, by the operator
    if one.op is Op.IS_NOT:
        return all(value != each for each in one.operand)  # type: ignore[union-attr]  # the same
    if not isinstance(value, int | float | Decimal):
        return False
    bound: Any = one.operand
    signs = {Op.ABOVE: value > bound, Op.AT_LEAST: value >= bound, Op.BELOW: value < bound, Op.AT_MOST: value <= bound}
    return signs[one.op]


def events_hold(asked: Events, did: list[Did], now: int) -> bool:
    """``did`` are one customer's events in their order."""
    mine = [one for one in did if is_of(asked.of, one)]
    if asked.in_last is not None:
        mine = [one for one in mine if one.at > now - micros(asked.in_last)]
    if asked.before_last is not None:
        mine = [one for one in mine if one.at <= now - micros(asked.before_last)]
    if asked.measure is Measure.COUNT:
        return passes(len(mine), asked.comparisons)
    if asked.property == TIMESTAMP:
        return _moment(mine, asked, now)
    told = [one for one in mine if one.properties.get(asked.property) is not None]
    if asked.measure is Measure.SUM:
        paid = [one for one in told if asked.currency in (NO_MONEY, one.properties.get("currency"))]
        amounts = [one.properties[asked.property] for one in paid]
        return passes(
            sum((Decimal(str(one)) for one in amounts if not isinstance(one, str)), Decimal()), asked.comparisons
        )
    if asked.measure is Measure.DISTINCT:
        return passes(len({str(one.properties[asked.property]) for one in told}), asked.comparisons)
    end = 0 if asked.measure is Measure.FIRST else -1
    return passes(told[end].properties[asked.property] if told else None, asked.comparisons)


def _moment(mine: list[Did], asked: Events, now: int) -> bool:
    if not mine:
        return False
    at = mine[0 if asked.measure is Measure.FIRST else -1].at
    ages = {Op.NEWER_THAN: lambda span: at > now - span, Op.OLDER_THAN: lambda span: at <= now - span}
    return all(ages[one.op](micros(one.operand)) for one in asked.comparisons)  # type: ignore[arg-type]  # spans only


def sequence_holds(asked: Sequence, did: list[Did], now: int) -> bool:
    """Every way of choosing the steps is tried."""
    return any(_goes_on(asked, did, now, (start,)) for start in range(len(did)) if is_of(asked.steps[0], did[start]))


def _goes_on(asked: Sequence, did: list[Did], now: int, places: tuple[int, ...]) -> bool:
    if len(places) == len(asked.steps):
        return _good(asked, did, now, places)
    step = asked.steps[len(places)]
    later = range(places[-1] + 1, len(did))
    return any(_goes_on(asked, did, now, (*places, place)) for place in later if is_of(step, did[place]))


def _good(asked: Sequence, did: list[Did], now: int, places: tuple[int, ...]) -> bool:
    start, end = places[0], places[-1]
    between = {one.event for one in did[start + 1 : end]}
    after = {one.event for one in did[start + 1 :]}
    in_time = asked.within is None or did[end].at - did[start].at <= micros(asked.within)
    recent = asked.in_last is None or did[start].at > now - micros(asked.in_last)
    return in_time and recent and between.isdisjoint(asked.without) and after.isdisjoint(asked.never)
