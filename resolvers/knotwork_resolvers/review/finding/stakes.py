"""What is at stake in customers: their events, orders and last sight; and their birth dates. Asked of all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log2

import pyarrow as pa

from knotwork_graph.desk import Finding
from knotwork_graph.policy import Policy
from knotwork_resolvers.engine import engine
from knotwork_resolvers.generation.customer_events import CustomerEvents
from knotwork_resolvers.home import Home
from knotwork_resolvers.profiles.events import FEW, events_of

STAKES = """
SELECT customer, count(*) AS events, count(*) FILTER (properties LIKE '%"revenue"%') AS orders,
    epoch_us(max("timestamp")) AS last_seen
FROM {events} GROUP BY customer
"""
BIRTH_DATES = """
SELECT customer, list(DISTINCT traits->>'$.birth_date' ORDER BY traits->>'$.birth_date') AS dates
FROM {events} WHERE traits LIKE '%"birth_date"%' GROUP BY customer HAVING len(dates) > 1
"""
MONTHS = 12
DAY = 86_400_000_000
FADES = 180.0
"""After so many days without an event, what is done to a customer matters half as much."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """Of one customer: events, those with revenue, and the last one's time in microseconds."""

    events: int = 0
    orders: int = 0
    last_seen: int = 0


def stakes_of(home: Home, policy: Policy, customers: Sequence[int]) -> dict[int, Stakes]:
    """What is at stake in each of ``customers`` that has events; one question for all of them."""
    if len(customers) <= FEW:
        rows_of = CustomerEvents(home, policy).rows_of([*set(customers)], ("timestamp", "properties"))
        return {customer: _stakes(rows) for customer, rows in rows_of.items() if len(rows)}
    with engine(home.scratch) as connection:
        events = events_of(connection, home, policy, sorted(set(customers)))
        rows = connection.sql(STAKES.format(events=events)).fetchall()
    return {customer: Stakes(*told) for customer, *told in rows}


def _stakes(events: pa.Table) -> Stakes:
    """The same of one customer's events, as the query has it."""
    orders = sum('"revenue"' in text for text in events["properties"].to_pylist() if text)
    return Stakes(len(events), orders, max(events["timestamp"].cast("int64").to_pylist()))


def birth_dates_of(home: Home, policy: Policy, customers: Sequence[int] | None) -> dict[int, tuple[str, ...]]:
    """The different birth dates of each customer that has two or more, ``None`` for everybody.

    Two ways of writing one day are one, and so are two that differ by day and month in the other order; what cannot be
    read as a day counts for nothing.
    """
    with engine(home.scratch) as connection:
        events = events_of(connection, home, policy, customers)
        rows = connection.sql(BIRTH_DATES.format(events=events)).fetchall()
    found: dict[int, tuple[str, ...]] = {}
    days = days_of(sorted({text for _, some in rows for text in some if text}))
    for customer, some in rows:
        told = {days[text] for text in some if text in days}
        if len(told) > 1:
            found[customer] = tuple(sorted(told))
    return found


def days_of(texts: Sequence[str]) -> dict[str, str]:
    """The day that each of ``texts`` says, as text; those that say none are left out.

    Two that differ by day and month in the other order are one.
    """
    import pyarrow as pa

    from knotwork_resolvers.normalise.dates import read_dates

    days = read_dates(pa.array(texts, pa.string())).day.to_pylist()
    return {text: _one_of_both(day) for text, day in zip(texts, days, strict=True) if day is not None}


def _one_of_both(day: date) -> str:
    """The day as text; of two that differ by day and month in the other order the same one."""
    if day.day <= MONTHS:
        day = min(day, day.replace(month=day.day, day=day.month))
    return str(day)


def weighed(findings: Iterable[Finding], stakes: Mapping[int, Stakes], moment: int) -> list[Finding]:
    """The findings with what is at stake, and their harm.

    Harm = probability of error x the sum over customers of (1 + log2(1 + events) / 8 + log2(1 + orders)), which halves
    with every 180 days since the last event.
    """
    return [_weighed(one, [stakes.get(each, Stakes()) for each in one.customers], moment) for one in findings]


def _weighed(one: Finding, held: Sequence[Stakes], moment: int) -> Finding:
    value = sum(1 + log2(1 + each.events) / 8 + log2(1 + each.orders) for each in held) or 1.0
    last = max((each.last_seen for each in held), default=0)
    recency = 2 ** -(max(0, moment - last) / DAY / FADES) if last else 1.0
    return replace(
        one,
        events=sum(each.events for each in held),
        orders=sum(each.orders for each in held),
        last_seen=last,
        harm=round(one.score * value * recency, 6),
    )
