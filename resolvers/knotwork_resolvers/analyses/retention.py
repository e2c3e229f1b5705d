"""Retention: of those who began in a week, which share came back one, two, three weeks later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses.cell import Cell, named, whole
from knotwork_resolvers.analyses.log import EventLog, name, text
from knotwork_resolvers.analyses.names import known_events, why_empty
from knotwork_resolvers.analyses.options import Option, at_least, in_zone, one_of
from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.analyses.zone import QUARTER, clocks, zone_note

PERIODS = ("day", "week", "month")
BUCKETED = f"""
CREATE OR REPLACE TEMP TABLE bucketed AS
SELECT customer, t, event, bucket FROM chosen JOIN clocks ON quarter = t // {QUARTER}
"""
BEGUN = """
CREATE OR REPLACE TEMP TABLE begun AS
SELECT customer, min(t) AS began, min(bucket) AS cohort FROM bucketed WHERE {first} GROUP BY customer
"""
ACTIVE = """
CREATE OR REPLACE TEMP TABLE active AS
SELECT customer, cohort, date_diff('{period}', cohort, bucket) AS later FROM (
    SELECT DISTINCT customer, cohort, bucket FROM bucketed JOIN begun USING (customer) WHERE t >= began AND {again})
"""
SIZES = """
SELECT cohort, count(*), date_diff('{period}', cohort, (SELECT max(bucket) FROM clocks)) FROM begun
GROUP BY cohort ORDER BY cohort
"""
KEPT = "SELECT cohort, later, count(*) FROM active WHERE later <= {periods} GROUP BY ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Who comes back, by the time they began."""

    period: Annotated[str, Option("The width of a cohort and of a column: day, week or month.", metavar="PERIOD")] = (
        "week"
    )
    periods: Annotated[int, Option("How many periods to follow.", metavar="N")] = 8
    first: Annotated[str | None, Option("The event that begins a customer's time; any if unsaid.", metavar="EVENT")] = (
        None
    )
    again: Annotated[str | None, Option("The event that counts as coming back; any if unsaid.", metavar="EVENT")] = None
    zone: Annotated[str, Option("The time zone whose days and weeks count.", metavar="ZONE")] = "UTC"

    def __post_init__(self) -> None:
        one_of("period", self.period, PERIODS)
        at_least(1, periods=self.periods)
        in_zone(self.zone)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who began in one period, named by its first day. ``kept[n]`` of them came back n periods later.

    None where that period has not come yet; ``kept[0]`` is the period in which they began.
    """

    cohort: str
    customers: int
    kept: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class RetentionAnswer:
    """Cohorts, the oldest first; one without customers is left out."""

    period: str
    cohorts: tuple[Cohort, ...]
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Shares, and the counts they are made of."""
        width = max((len(one.kept) for one in self.cohorts), default=0)
        head = ((self.period, Form.KEY), ("customers", Form.COUNT))
        shares = tuple(
            (one.cohort, one.customers, *(None if kept is None else kept / one.customers for kept in one.kept))
            for one in self.cohorts
        )
        counts = tuple((one.cohort, one.customers, *one.kept) for one in self.cohorts)
        return (
            Table("shares", (*head, *((str(later), Form.SHARE) for later in range(width))), shares),
            Table("counts", (*head, *((str(later), Form.COUNT) for later in range(width))), counts),
        )


def retention(log: EventLog, asked: Retention) -> RetentionAnswer:
    """The cohorts of what the log looks at; O(n) in DuckDB."""
    _follow(log, asked)
    kept: dict[date, dict[int, int]] = {}
    for cohort, later, count in log.run(KEPT.format(periods=asked.periods)):
        kept.setdefault(cohort, {})[later] = count
    cohorts = tuple(
        Cohort(str(cohort), size, _row(kept.get(cohort, {}), reach, asked.periods))
        for cohort, size, reach in log.run(SIZES.format(period=asked.period))
    )
    return RetentionAnswer(asked.period, cohorts, (*zone_note(asked.zone), *why_empty(log)))


def retention_people(log: EventLog, asked: Retention, cell: Cell) -> str:
    """A query for the customers of a cohort, or for those of them who came back so many periods later."""
    cohort, later = named(cell, asked.period, also=("periods later",))
    try:
        day = date.fromisoformat(cohort)
    except ValueError as error:
        raise UsageError(f"{asked.period}: {cohort!r} is no day; write the first day of a cohort.") from error
    _follow(log, asked)
    wanted = f"cohort = {text(str(day))}::DATE"
    if not later:
        return f"SELECT customer FROM begun WHERE {wanted}"
    return f"SELECT customer FROM active WHERE {wanted} AND later = {whole('periods later', later)}"


def _follow(log: EventLog, asked: Retention) -> None:
    """Make the tables ``begun`` and ``active``; time ends where the last event of all is."""
    known_events(log, (one for one in (asked.first, asked.again) if one is not None))
    log.run(clocks(asked.period, asked.zone, log))
    log.run(BUCKETED)
    log.run(BEGUN.format(first=_is(asked.first)))
    log.run(ACTIVE.format(period=asked.period, again=_is(asked.again)))


def _is(event: str | None) -> str:
    return "true" if event is None else f"event = {name(event)}"


def _row(kept: dict[int, int], reach: int, periods: int) -> tuple[int | None, ...]:
    return tuple(kept.get(later, 0) if later <= reach else None for later in range(periods + 1))
