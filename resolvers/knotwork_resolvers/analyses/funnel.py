"""Funnels: how many customers do one thing after another, how far they come, and how long it takes them."""

from __future__ import annotations

from dataclasses import dataclass

from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses.cell import Cell, named, whole
from knotwork_resolvers.analyses.funnel_question import Funnel
from knotwork_resolvers.analyses.funnel_sql import progress
from knotwork_resolvers.analyses.log import EventLog
from knotwork_resolvers.analyses.names import known_events, why_empty
from knotwork_resolvers.analyses.table import Form, Table

LOST = "lost"
REACHED = """
SELECT level, n, waits[1] / 1e6, waits[2] / 1e6 FROM (
    SELECT level, count(*) AS n, quantile_cont(waited, [0.5, 0.9]) AS waits FROM ({progress}) GROUP BY level)
"""


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many customers came so far. ``lost`` went no further; ``share`` is of the first step, ``share_before`` of the
    step before; ``median`` and ``p90`` are the seconds from the first step to this one, None where nobody came.
    """

    step: int
    event: str
    customers: int
    lost: int
    share: float
    share_before: float
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class FunnelAnswer:
    """The steps in their order, each with no more customers than the one before; the last are the conversions."""

    steps: tuple[FunnelStep, ...]
    notes: tuple[str, ...] = ()

    @property
    def converted(self) -> int:
        """How many customers came to the last step."""
        return self.steps[-1].customers

    @property
    def median(self) -> float | None:
        """Half of those who converted did so within so many seconds."""
        return self.steps[-1].median

    def tables(self) -> tuple[Table, ...]:
        """The one table."""
        columns = (
            ("step", Form.KEY),
            ("event", Form.KEY),
            ("customers", Form.COUNT),
            ("share", Form.SHARE),
            ("of before", Form.SHARE),
            ("lost", Form.COUNT),
            ("median", Form.SECONDS),
            ("p90", Form.SECONDS),
        )
        rows = tuple(
            (one.step, one.event, one.customers, one.share, one.share_before, one.lost, one.median, one.p90)
            for one in self.steps
        )
        return (Table("funnel", columns, rows),)


def funnel(log: EventLog, asked: Funnel) -> FunnelAnswer:
    """The funnel of what the log looks at: each customer counts once, with the furthest attempt. O(n log n)."""
    known_events(log, (*asked.steps, *asked.exclude))
    found = {level: rest for level, *rest in log.run(REACHED.format(progress=progress(log, asked)))}
    counts = [found[level][0] if level in found else 0 for level in range(1, len(asked.steps) + 1)]
    steps = tuple(
        FunnelStep(
            number,
            _named(asked, number),
            count,
            lost=count - (counts[number] if number < len(counts) else count),
            share=_share(count, counts[0]),
            share_before=_share(count, counts[max(number - 2, 0)]),
            median=found.get(number, (0, None, None))[1],
            p90=found.get(number, (0, None, None))[2],
        )
        for number, count in enumerate(counts, 1)
    )
    return FunnelAnswer(steps, why_empty(log))


def funnel_people(log: EventLog, asked: Funnel, cell: Cell) -> str:
    """A query for the customers who came to a step, or with ``lost`` after it, for those who came no further."""
    known_events(log, (*asked.steps, *asked.exclude))
    step, what = named(cell, "step", also=(LOST,))
    level = whole("step", step)
    if what not in ("", LOST):
        raise UsageError(f"{what!r} is no part of a funnel; write a step, or a step and {LOST}.")
    reached = f"SELECT customer FROM ({progress(log, asked)})"
    return f"{reached} GROUP BY customer HAVING max(level) = {level}" if what else f"{reached} WHERE level = {level}"


def _named(asked: Funnel, number: int) -> str:
    return f"any {number} of {len(asked.steps)}" if asked.any_order else asked.steps[number - 1]


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0
