"""The figures of everybody: ``figures.figures_of`` and ``figures.stage_of`` as queries, texts to stand after FROM.

A pause of more than ``at_risk`` lies between two spans of that length, never within one, so whoever came back is found
among the first and last moments of spans, which are few, and not among all events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knotwork_graph.policy import Policy, ProfileRules
from knotwork_resolvers.profiles.bodies import MOST_AMOUNT
from knotwork_resolvers.profiles.events import events_of
from knotwork_resolvers.profiles.figures import micros
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment, until_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

SPANS = """
SELECT customer, (epoch_us("timestamp") + {ahead}) // {span} AS span, min(epoch_us("timestamp")) AS low,
    max(epoch_us("timestamp")) AS high, count(*) AS events FROM {events} WHERE true{until} GROUP BY customer, span
"""
SEEN = """
SELECT customer, sum(events)::BIGINT AS events, min(low) AS first, max(high) AS last,
    max(low) FILTER (low - before > {span}) AS back
FROM (SELECT *, lag(high) OVER (PARTITION BY customer ORDER BY span) AS before FROM ({spans})) GROUP BY customer
"""
STAGED = """(
SELECT customer, events, make_timestamp(first) AS first_seen, make_timestamp(last) AS last_seen,
    make_timestamp(back) AS back_at, CASE
    WHEN {now} - last > {at_risk} THEN 'lost'
    WHEN {now} - last > {active} THEN 'at risk'
    WHEN {now} - back <= {active} THEN 'won back'
    WHEN {now} - first <= {new} THEN 'new'
    ELSE 'active' END AS stage
FROM ({seen}))
"""
COUNTED = """(
SELECT customer, coalesce(event, '') AS event, coalesce(channel, '') AS channel, count(*) AS events,
    max("timestamp") AS last_at
FROM {events} WHERE true{until} GROUP BY customer, coalesce(event, ''), coalesce(channel, ''))
"""
NUMBER = "CASE WHEN NOT contains({text}, '_') THEN try_cast({text} AS DOUBLE) END"
SUMMED = """(
SELECT customer, event, currency, count(*) AS events, sum(floor(amount * 1e6 + 0.5)::HUGEINT)::DOUBLE / 1e6 AS amount
FROM (
    SELECT customer, coalesce(event, '') AS event, {number} AS amount, {currency} AS currency
    FROM {events} WHERE contains(properties, {named}){until})
WHERE abs(amount) <= {most} GROUP BY customer, event, currency)
"""


def lifecycles(
    connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment, customers: Sequence[int] | None = None
) -> str:
    """One row a customer with an event: ``customer, events, first_seen, last_seen, back_at, stage``. O(events).

    ``back_at`` is when the customer last came back after having been lost.
    """
    return lifecycles_in(events_of(connection, home, policy, customers), policy.profiles, moment)


def lifecycles_in(events: str, rules: ProfileRules, moment: Moment) -> str:
    """The same of ``events``."""
    stages = rules.lifecycle
    spans = SPANS.format(ahead=1 << 62, span=micros(stages.at_risk), events=events, until=until_sql(moment))
    seen = SEEN.format(span=micros(stages.at_risk), spans=spans)
    named = {name: micros(getattr(stages, name)) for name in ("new", "active", "at_risk")}
    return STAGED.format(now=moment.now, seen=seen, **named)


def counts_in(events: str, moment: Moment) -> str:
    """One row for each (customer, event, channel), empty where there is no name: ``events`` and ``last_at``."""
    return COUNTED.format(events=events, until=until_sql(moment))


def sums_in(events: str, rules: ProfileRules, moment: Moment) -> str:
    """One row for each (customer, event, currency) with an amount: ``events`` and ``amount``."""
    return SUMMED.format(
        number=NUMBER.format(text=property_of(rules.amount)),
        currency=f"coalesce(translate(trim({property_of(rules.currency)}), {SMALL}, {CAPITAL}), '')",
        named=text(rules.amount),
        events=events,
        until=until_sql(moment),
        most=MOST_AMOUNT,
    )


SMALL, CAPITAL = "'abcdefghijklmnopqrstuvwxyz'", "'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"


def property_of(name: str) -> str:
    """The text of a property of the event, whatever its name; NULL where there is none."""
    return f"json_extract_string(properties, {text('/' + name.replace('~', '~0').replace('/', '~1'))})"
