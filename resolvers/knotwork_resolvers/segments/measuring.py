"""Conditions on events as parts of a query: what is measured, whether it passes, and when time alone changes it."""

from __future__ import annotations

from dataclasses import dataclass

from knotwork_resolvers.segments.binding import micros, since
from knotwork_resolvers.segments.columns import EventColumns
from knotwork_resolvers.segments.comparing import moment_passes, next_change, number_passes, text_passes
from knotwork_resolvers.segments.operands import SOME
from knotwork_resolvers.segments.rules import NO_MONEY, TIMESTAMP, Events, Measure

CURRENCY = "currency"
EXACT = "DECIMAL(28, 6)"
"""Amounts are added exactly, so that a sum does not depend on the order in which events are read."""


@dataclass(frozen=True, slots=True)
class Part:
    """One condition in a query: whether it holds (never NULL), the value that says so, and when time changes it.

    ``changes`` are moments in microseconds, NULL for never.
    """

    holds: str
    value: str
    changes: tuple[str, ...] = ()


def events_part(asked: Events, columns: EventColumns) -> Part:
    """The condition on what is measured of a customer's events."""
    kind = columns.of_kind(asked.of)
    value = columns.measure(f"{_taken(asked, columns)} FILTER ({' AND '.join((kind, *_window(asked)))})")
    changes = [*_moving(asked, kind, columns)]
    if asked.measure in (Measure.FIRST, Measure.LAST):
        if asked.property == TIMESTAMP:
            changes += next_change(value, asked.comparisons)
            return Part(moment_passes(value, asked.comparisons), value, tuple(changes))
        return Part(text_passes(value, asked.comparisons, columns.binder), value, tuple(changes))
    number = f"coalesce({value}, 0)::DOUBLE"
    return Part(number_passes(number, asked.comparisons, columns.binder), number, tuple(changes))


def _taken(asked: Events, columns: EventColumns) -> str:
    if asked.measure is Measure.COUNT:
        return "count(*)"
    ends = {Measure.FIRST: "min", Measure.LAST: "max"}
    if asked.property == TIMESTAMP and asked.measure in ends:
        return f"{ends[asked.measure]}(t)"
    text = columns.property(asked.property)
    if asked.measure is Measure.DISTINCT:
        return f"count(DISTINCT {text})"
    if asked.measure is Measure.SUM:
        return f"sum({_amount(text, asked, columns)})"
    return f"arg_{ends[asked.measure]}({text}, place)"


def _amount(text: str, asked: Events, columns: EventColumns) -> str:
    amount = f"try_cast({text} AS {EXACT})"
    if asked.currency == NO_MONEY:
        return amount
    currency = f"upper(trim({columns.property(CURRENCY)}))"
    return f"CASE WHEN {currency} = {columns.binder.bind(asked.currency)} THEN {amount} END"


def _window(asked: Events) -> tuple[str, ...]:
    begins = () if asked.in_last is None else (f"t > {since(asked.in_last)}",)
    return begins if asked.before_last is None else (*begins, f"t <= {since(asked.before_last)}")


def _moving(asked: Events, kind: str, columns: EventColumns) -> tuple[str, ...]:
    """When the next event leaves the window, or comes into it."""
    found = []
    if asked.in_last is not None:
        # that there is one at all changes only when the last one leaves
        end = "max" if asked.measure is Measure.COUNT and asked.comparisons == SOME else "min"
        leaving = columns.measure(f"{end}(t) FILTER ({' AND '.join((kind, *_window(asked)))})")
        found.append(f"{leaving} + {micros(asked.in_last)}")
    if asked.before_last is not None:
        coming = columns.measure(f"min(t) FILTER ({kind} AND t > {since(asked.before_last)})")
        found.append(f"{coming} + {micros(asked.before_last)}")
    return tuple(found)
