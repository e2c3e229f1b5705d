"""Signals: what events say of an interest, fading with time. Told for one customer and for everybody, with one meaning.

An event of the pattern counts its weight x 2^(-age / half_life), in whole billionths, so that order does not matter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy, ProfileRules, Signal, Wanted
from knotwork_resolvers.profiles.bodies import number_of
from knotwork_resolvers.profiles.bodies import property_of as told_property
from knotwork_resolvers.profiles.events import events_of
from knotwork_resolvers.profiles.figures import Deed, micros
from knotwork_resolvers.profiles.figures_sql import NUMBER, property_of
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment, until_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

BILLION = 1e9
ANY = "*"
BOUNDS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "not": "<>"}
FADED = 'floor({weight} * pow(2.0, -greatest({now} - epoch_us("timestamp"), 0)::DOUBLE / {half_life}) * 1e9 + 0.5)'
STEADY = "floor({weight} * 1e9 + 0.5)"
WIDE = """
SELECT customer, {sums} FROM {events} WHERE ({any}){until} GROUP BY customer
"""
LONG = """(
SELECT customer, one.signal AS signal, one.value AS value, one.lit AS lit FROM (
    SELECT customer, unnest([{listed}]) AS one FROM ({wide})) WHERE one.value IS NOT NULL)
"""
NO_SIGNALS = "(SELECT 0::BIGINT AS customer, '' AS signal, 0.0::DOUBLE AS value, false AS lit WHERE false)"


def signals_of(deeds: Iterable[Deed], rules: ProfileRules, moment: Moment) -> dict[str, float]:
    """The value of each signal that an event of a customer counts for. O(events x signals)."""
    found: dict[str, int] = {}
    for deed in deeds if rules.signals else ():
        if moment.holds(deed.at):
            for signal in rules.signals.values():
                weight = _weight(deed.event, signal)
                if weight is not None and _fits(deed.properties, signal):
                    found[signal.name] = found.get(signal.name, 0) + _counted(weight, deed.at, signal, moment)
    return {name: total / BILLION for name, total in sorted(found.items())}


def signals(
    connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment, customers: Sequence[int] | None = None
) -> str:
    """What stands after FROM: ``customer, signal, value, lit`` (whether it is on), where an event counted."""
    return signals_in(events_of(connection, home, policy, customers), policy.profiles, moment)


def signals_in(events: str, rules: ProfileRules, moment: Moment) -> str:
    """The same of ``events``, read once for all signals."""
    every = tuple(rules.signals.values())
    if not every:
        return NO_SIGNALS
    sums = ", ".join(f"sum({_counted_sql(one, moment)})::DOUBLE / 1e9 AS s{n}" for n, one in enumerate(every))
    any_of = " OR ".join(dict.fromkeys(_named_sql(name) for one in every for name in one.events))
    wide = WIDE.format(sums=sums, events=events, any=any_of, until=until_sql(moment))
    listed = ", ".join(
        f"{{'signal': {text(one.name)}, 'value': s{n}, 'lit': s{n} > {one.above}}}" for n, one in enumerate(every)
    )
    return LONG.format(listed=listed, wide=wide)


def _weight(event: str, signal: Signal) -> float | None:
    """The weight of the first pattern that the event's name fits."""
    return next((weight for name, weight in signal.events.items() if pattern(name).fullmatch(event)), None)


@lru_cache(maxsize=1024)
def pattern(name: str) -> re.Pattern[str]:
    """A name with ``*`` for anything, as an expression."""
    return re.compile(".*".join(map(re.escape, name.split(ANY))), re.DOTALL)


def _fits(body: str | None, signal: Signal) -> bool:
    return all(_is(told_property(body, name), wanted) for name, wanted in signal.where.items())


def _is(value: str | None, wanted: Wanted) -> bool:
    """Whether a property has a value that is wanted; an absent one has none."""
    if value is None:
        return False
    if isinstance(wanted, bool):
        return value == ("true" if wanted else "false")
    if isinstance(wanted, str):
        return pattern(wanted).fullmatch(value) is not None
    if isinstance(wanted, tuple):
        return any(_is(value, one) for one in wanted)
    number = number_of(value)
    if number is None or math.isnan(number):
        return False
    if isinstance(wanted, Mapping):
        return all(_within(number, bound, limit) for bound, limit in wanted.items())
    return number == wanted


def _within(number: float, bound: str, limit: float) -> bool:
    held = {"at_least": number >= limit, "above": number > limit, "at_most": number <= limit, "below": number < limit}
    return held.get(bound, number != limit)


def _counted(weight: float, at: int, signal: Signal, moment: Moment) -> int:
    if signal.half_life is None:
        return math.floor(weight * BILLION + 0.5)
    age = float(max(moment.now - at, 0))
    return math.floor(weight * math.pow(2.0, -age / micros(signal.half_life)) * BILLION + 0.5)


def _counted_sql(signal: Signal, moment: Moment) -> str:
    """What an event counts for a signal, NULL where it is none of its pattern."""
    whens = " ".join(f"WHEN {_named_sql(name)} THEN {weight!r}::DOUBLE" for name, weight in signal.events.items())
    parts = [f"CASE {whens} END IS NOT NULL", *(_is_sql(name, wanted) for name, wanted in signal.where.items())]
    if signal.half_life is None:
        counted = STEADY.format(weight=f"CASE {whens} END")
    else:
        half_life = f"{micros(signal.half_life)}::DOUBLE"
        counted = FADED.format(weight=f"CASE {whens} END", now=moment.now, half_life=half_life)
    return f"CASE WHEN {' AND '.join(parts)} THEN ({counted})::HUGEINT END"


def _named_sql(name: str) -> str:
    return _like("coalesce(event, '')", name)


def _like(column: str, wanted: str) -> str:
    """Whether a column is a text with ``*`` for anything."""
    if ANY not in wanted:
        return f"{column} = {text(wanted)}"
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace(ANY, "%")
    return f"{column} LIKE {text(escaped)} ESCAPE '\\'"


def _is_sql(name: str, wanted: Wanted) -> str:
    value = property_of(name)
    number = NUMBER.format(text=value)
    if isinstance(wanted, bool):
        return f"coalesce({value} = '{'true' if wanted else 'false'}', false)"
    if isinstance(wanted, str):
        return f"coalesce({_like(value, wanted)}, false)"
    if isinstance(wanted, tuple):
        return f"({' OR '.join(_is_sql(name, one) for one in wanted)})"
    bounds = wanted if isinstance(wanted, Mapping) else {"is": wanted}
    held = " AND ".join(f"{number} {BOUNDS.get(bound, '=')} {limit!r}::DOUBLE" for bound, limit in bounds.items())
    return f"coalesce({held} AND NOT isnan({number}), false)"
