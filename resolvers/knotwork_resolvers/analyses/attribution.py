"""Attribution: which touchpoints share in a conversion, by eight models side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_resolvers.analyses.cell import Cell, named
from knotwork_resolvers.analyses.credit import MODELS, NO_TOUCH, AttributionAnswer
from knotwork_resolvers.analyses.crediting import credited
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.money import amount_sql, currency_sql, property_sql
from knotwork_resolvers.analyses.names import known_events, why_empty
from knotwork_resolvers.analyses.options import Option, one_of, some_time
from knotwork_resolvers.analyses.touches import PARTS, Reading, collect

COLUMNS = ("channel", "source", "event")
PROPERTY = "property:"
PEOPLE = """
SELECT DISTINCT customer FROM touches JOIN figures USING (turn)
WHERE conversions > 0 AND kept AND touch = {touch} AND {part} > 0
"""
UNTOUCHED = "SELECT DISTINCT customer FROM ways ANTI JOIN figures USING (turn) WHERE conversions > 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Which touchpoints share in a conversion."""

    conversion: Annotated[str, Option("The event that is a conversion.", metavar="EVENT")] = "Order Completed"
    touch: Annotated[
        str, Option("What a touchpoint is: channel, source, event, or property:NAME of an event.", metavar="COLUMN")
    ] = "channel"
    touch_event: Annotated[
        tuple[str, ...], Option("Only these events are touches; all if unsaid.", metavar="EVENT")
    ] = ()
    only_before: Annotated[bool, Option("The conversion itself is no touch, whatever its channel.")] = False
    model: Annotated[tuple[str, ...], Option("The models to compute; all if unsaid.", metavar="MODEL")] = ()
    lookback: Annotated[timedelta | None, Option("Touches longer ago than this do not count.", metavar="TIME")] = None
    half_life: Annotated[timedelta, Option("Time decay: after this time a touch is worth half.", metavar="TIME")] = (
        timedelta(days=7)
    )
    direct: Annotated[tuple[str, ...], Option("Touchpoints that last-non-direct passes over.", metavar="NAME")] = (
        "direct",
    )
    collapse: Annotated[bool, Option("Count a touchpoint that repeats itself once.")] = False
    value: Annotated[
        str, Option("The property that holds the amount; its currency is in `currency`.", metavar="NAME")
    ] = "revenue"

    def __post_init__(self) -> None:
        some_time(lookback=self.lookback, half_life=self.half_life)
        for one in self.model:
            one_of("model", one, MODELS)
        if self.touch not in COLUMNS and not self.touch.startswith(PROPERTY):
            raise UsageError(
                f"touch: there is no column {self.touch}; {suggestion(self.touch, COLUMNS)} or property:NAME"
            )


def attribution(log: EventLog, asked: Attribution) -> AttributionAnswer:
    """The credits of what the log looks at; O(n log n), and for Markov the cube of the number of touchpoints."""
    _collect(log, asked)
    found = credited(log, asked.model or MODELS, collapse=asked.collapse)
    said = why_empty(log) or _why_none(found, asked)
    return AttributionAnswer(found.conversions, found.totals, found.models, found.credits, found.removal, said)


def attribution_people(log: EventLog, asked: Attribution, cell: Cell) -> str:
    """A query for those who converted with this touchpoint on their path, or who give it credit by one model."""
    touch, model = named(cell, "touchpoint", also=("model",))
    _collect(log, asked)
    if touch == NO_TOUCH:
        return UNTOUCHED
    if model:
        one_of("model", model, MODELS)
    return PEOPLE.format(touch=text(touch), part=PARTS.get(model, "1"))


def _why_none(found: AttributionAnswer, asked: Attribution) -> tuple[str, ...]:
    """A word where nothing converts, or nothing was touched before."""
    if not found.conversions:
        return (f"none of these customers has the event {asked.conversion!r}",)
    if any(one.touchpoint != NO_TOUCH for one in found.credits):
        return ()
    return (f"no event on the way to {asked.conversion!r} tells its {asked.touch}, so nothing was touched",)


def _collect(log: EventLog, asked: Attribution) -> None:
    """Make the tables ``ways`` and ``touches``."""
    known_events(log, (asked.conversion, *asked.touch_event))
    events = f"event IN ({', '.join(map(text, asked.touch_event))})" if asked.touch_event else "true"
    own = "NOT conversion" if asked.only_before else "true"
    reading = Reading(
        lookback=asked.lookback,
        half_life=asked.half_life,
        collapse=asked.collapse,
        direct=asked.direct,
        touch=asked.touch if asked.touch in COLUMNS else property_sql(asked.touch.removeprefix(PROPERTY)),
        is_touch=f"({events} AND {own})",
        conversion=asked.conversion,
        amount=amount_sql(asked.value),
        currency=currency_sql(),
    )
    collect(log, reading)
