"""Lifecycle: who is new, active, at risk, lost or won back, by how long ago they were last seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from knotwork_graph.errors import UsageError
from knotwork_graph.model import from_micros, to_micros
from knotwork_resolvers.analyses.cell import Cell, named
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.options import Option, micros, one_of, some_time
from knotwork_resolvers.analyses.table import Form, Table

STAGES = ("new", "active", "won back", "at risk", "lost")
STAGED = """
SELECT customer, t_last, CASE
    WHEN {moment} - t_last > {at_risk} THEN 'lost'
    WHEN {moment} - t_last > {active} THEN 'at risk'
    WHEN {moment} - t_back <= {active} THEN 'won back'
    WHEN {moment} - t_first <= {new} THEN 'new'
    ELSE 'active' END AS stage
FROM (
    SELECT customer, min(t) AS t_first, max(t) AS t_last, max(t) FILTER (pause > {at_risk}) AS t_back FROM chosen
    WHERE t <= {moment} GROUP BY customer)
"""
COUNTS = "SELECT stage, count(*), median({moment} - t_last) / 1e6 FROM ({staged}) GROUP BY stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Who is new, active, at risk, lost or won back."""

    new: Annotated[timedelta, Option("First seen within this time: new.", metavar="TIME")] = timedelta(days=30)
    active: Annotated[timedelta, Option("Last seen within this time: active.", metavar="TIME")] = timedelta(days=30)
    at_risk: Annotated[timedelta, Option("Last seen within this time: at risk; longer ago: lost.", metavar="TIME")] = (
        timedelta(days=90)
    )
    as_of: Annotated[
        datetime | None, Option("The moment that counts as now; the newest event if unsaid.", metavar="TIME")
    ] = None

    def __post_init__(self) -> None:
        some_time(new=self.new, active=self.active, at_risk=self.at_risk)
        if self.active > self.at_risk:
            raise UsageError("active is longer than at_risk, so nobody would be at risk. Make it shorter.")


@dataclass(frozen=True, slots=True)
class Stage:
    """How many customers are at a stage, and the median of the seconds since they were last seen."""

    stage: str
    customers: int
    share: float
    since: float | None


@dataclass(frozen=True, slots=True)
class LifecycleAnswer:
    """Every stage, empty or not, in the order of a life; ``as_of`` is None where there are no events."""

    as_of: datetime | None
    stages: tuple[Stage, ...]
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """The one table."""
        columns = (
            ("stage", Form.KEY),
            ("customers", Form.COUNT),
            ("share", Form.SHARE),
            ("last seen ago", Form.SECONDS),
        )
        return (
            Table("lifecycle", columns, tuple((one.stage, one.customers, one.share, one.since) for one in self.stages)),
        )


def lifecycle(log: EventLog, asked: Lifecycle) -> LifecycleAnswer:
    """The stages of what the log looks at; O(n) in DuckDB. Somebody won back was lost before, and came again."""
    moment = _moment(log, asked)
    if moment is None:
        return LifecycleAnswer(None, tuple(Stage(name, 0, 0.0, None) for name in STAGES), why_empty(log))
    rows = log.run(COUNTS.format(moment=moment, staged=_staged(asked, moment)))
    found = {stage: (count, since) for stage, count, since in rows}
    total = sum(count for count, _ in found.values())
    stages = tuple(
        Stage(name, count, count / total if total else 0.0, since)
        for name in STAGES
        for count, since in (found.get(name, (0, None)),)
    )
    when = from_micros(moment)
    said = () if asked.as_of else (f"as of the newest event, {when:%Y-%m-%d %H:%M} UTC; choose with --as-of",)
    return LifecycleAnswer(when, stages, (*said, *why_empty(log)))


def lifecycle_people(log: EventLog, asked: Lifecycle, cell: Cell) -> str:
    """A query for the customers at a stage."""
    (stage,) = named(cell, "stage")
    one_of("stage", stage, STAGES)
    moment = _moment(log, asked) or 0
    return f"SELECT customer FROM ({_staged(asked, moment)}) WHERE stage = {text(stage)}"


def _moment(log: EventLog, asked: Lifecycle) -> int | None:
    """The microseconds that count as now: of all events, so that a set of customers has the same now as everybody."""
    if asked.as_of is not None:
        return to_micros(asked.as_of)
    newest: int | None = log.row("SELECT max(t) FROM log")[0]
    return newest


def _staged(asked: Lifecycle, moment: int) -> str:
    spans = {"new": micros(asked.new), "active": micros(asked.active), "at_risk": micros(asked.at_risk)}
    return STAGED.format(moment=moment, **spans)
