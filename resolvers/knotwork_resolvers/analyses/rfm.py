"""Recency, frequency and monetary value: who bought lately, often, and for how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from knotwork_graph.model import customer_id, to_micros
from knotwork_resolvers.analyses.cell import Cell, named, whole
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.money import amount_sql, currency_sql
from knotwork_resolvers.analyses.names import known_events, why_empty
from knotwork_resolvers.analyses.options import Option, at_least, in_zone, one_of
from knotwork_resolvers.analyses.rfm_answer import RfmAnswer, RfmBuyer, RfmGroup, RfmMoney, RfmSpent
from knotwork_resolvers.analyses.zone import QUARTER, clocks, local, zone_note

UNITS = {"day": 1, "week": 7}
PURCHASES = f"""
CREATE OR REPLACE TEMP TABLE purchases AS
SELECT customer, bucket AS day, {{amount}} AS amount, {{currency}} AS currency
FROM raw JOIN clocks ON quarter = epoch_us("timestamp") // {QUARTER}
WHERE event = {{event}} AND bucket <= {{now}}
"""
NOW = "(SELECT max(bucket) FROM clocks)"
BUYERS = """
CREATE OR REPLACE TEMP TABLE buyers AS
SELECT *, 1 + ({bins} * (rank() OVER (ORDER BY last) - 1) // count(*) OVER ())::INT AS r,
    1 + ({bins} * (rank() OVER (ORDER BY orders) - 1) // count(*) OVER ())::INT AS f
FROM (SELECT customer, min(day) AS first, max(day) AS last, count(*) AS orders, count(DISTINCT day) AS days
    FROM purchases GROUP BY customer)
"""
GROUPS = """
SELECT r, f, count(*), avg({now} - last) / {unit}, avg(orders) FROM buyers GROUP BY r, f ORDER BY r DESC, f DESC
"""
MONEY = """
SELECT r, f, currency, count(DISTINCT customer), sum(amount) FROM purchases JOIN buyers USING (customer)
WHERE amount IS NOT NULL GROUP BY r, f, currency ORDER BY r DESC, f DESC, currency
"""
EACH = """
SELECT customer, first, last, orders, days - 1, (last - first) / {unit}, ({now} - first) / {unit},
    ({now} - last) / {unit}, r, f FROM buyers ORDER BY customer
"""
SPENT = """
SELECT customer, currency, amount, 1 + ({bins} * (rank() OVER (PARTITION BY currency ORDER BY amount) - 1)
    // count(*) OVER (PARTITION BY currency))::INT AS m
FROM (SELECT customer, currency, sum(amount) AS amount FROM purchases WHERE amount IS NOT NULL
    GROUP BY customer, currency) ORDER BY customer, currency
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rfm:
    """Who bought lately, often, and for how much."""

    event: Annotated[str, Option("The event that is a purchase.", metavar="EVENT")] = "Order Completed"
    value: Annotated[
        str, Option("The property that holds the amount; its currency is in `currency`.", metavar="NAME")
    ] = "revenue"
    bins: Annotated[int, Option("How many classes; 5 makes the scores 1 to 5.", metavar="N")] = 5
    unit: Annotated[str, Option("Times in days or weeks: day or week.", metavar="UNIT")] = "day"
    each: Annotated[bool, Option("List every customer too: frequency, recency, T, amounts and scores.")] = False
    as_of: Annotated[
        datetime | None, Option("The day that counts as today; the newest event's if unsaid.", metavar="TIME")
    ] = None
    zone: Annotated[str, Option("The time zone whose days count.", metavar="ZONE")] = "UTC"

    def __post_init__(self) -> None:
        at_least(1, bins=self.bins)
        one_of("unit", self.unit, tuple(UNITS))
        in_zone(self.zone)


def rfm(log: EventLog, asked: Rfm) -> RfmAnswer:
    """The scores of what the log looks at; reads the properties of purchases only. O(n log n) in DuckDB.

    A score is 1 + floor(bins x share of customers below): equal figures have equal scores.
    """
    now = _score(log, asked)
    parts = {"now": now, "unit": float(UNITS[asked.unit])}
    groups = log.run(GROUPS.format(**parts))
    total = sum(row[2] for row in groups)
    return RfmAnswer(
        asked.unit,
        tuple(RfmGroup(r, f, count, count / total, since, orders) for r, f, count, since, orders in groups),
        tuple(RfmMoney(*(*row, row[4] / row[3])) for row in log.run(MONEY)),
        tuple(RfmBuyer(customer_id(row[0]), *row[1:]) for row in _rows(log, EACH, asked, parts)),
        tuple(RfmSpent(customer_id(row[0]), *row[1:]) for row in _rows(log, SPENT, asked, {"bins": asked.bins})),
        (*zone_note(asked.zone), *(why_empty(log) or _why_none(total, asked))),
    )


def rfm_people(log: EventLog, asked: Rfm, cell: Cell) -> str:
    """A query for the customers with these scores of recency and frequency."""
    recency, frequency = named(cell, "recency score", "frequency score")
    _score(log, asked)
    wanted = f"r = {whole('recency score', recency)} AND f = {whole('frequency score', frequency)}"
    return f"SELECT customer FROM buyers WHERE {wanted}"


def _score(log: EventLog, asked: Rfm) -> str:
    """Make the tables ``purchases`` and ``buyers``; the day that counts as today, in a query."""
    known_events(log, (asked.event,))
    log.run(clocks("day", asked.zone, log))
    now = NOW if asked.as_of is None else f"{local(str(to_micros(asked.as_of)), asked.zone)}::DATE"
    log.run(PURCHASES.format(amount=amount_sql(asked.value), currency=currency_sql(), event=text(asked.event), now=now))
    log.run(BUYERS.format(bins=asked.bins))
    return now


def _rows(log: EventLog, query: str, asked: Rfm, parts: dict[str, Any]) -> list[tuple[Any, ...]]:
    return log.run(query.format(**parts)) if asked.each else []


def _why_none(total: int, asked: Rfm) -> tuple[str, ...]:
    return () if total else (f"none of these customers has the event {asked.event!r} by then",)
