"""The step matrix: which share of journeys is at which event at their first, second, third step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from knotwork_resolvers.analyses.cell import Cell, named, whole
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.options import Option, at_least
from knotwork_resolvers.analyses.scope import END
from knotwork_resolvers.analyses.shape import Shape, walk
from knotwork_resolvers.analyses.table import Form, Table

MATRIX = """
SELECT event::VARCHAR, step, count(*) FROM ({rows}) WHERE step <= {steps} GROUP BY event, step ORDER BY event::VARCHAR
"""
PEOPLE = "SELECT DISTINCT customer FROM ({rows}) WHERE step = {step} AND event::VARCHAR = {event}"
ENDED = (
    "SELECT DISTINCT customer FROM (SELECT customer FROM ({rows}) GROUP BY customer, session HAVING count(*) < {step})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Shape):
    """The share of journeys at each event, step by step."""

    steps: Annotated[int, Option("How many steps to show.", metavar="N")] = 8

    def __post_init__(self) -> None:
        Shape.__post_init__(self)
        at_least(1, steps=self.steps)


@dataclass(frozen=True, slots=True)
class StepRow:
    """An event, and how many journeys are at it at step 1, 2, 3, ..."""

    event: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StepsAnswer:
    """Events by how often they come early; ``(end)`` counts journeys that had ended. Each step sums to ``paths``."""

    unit: str
    paths: int
    rows: tuple[StepRow, ...]
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Shares, and the counts they are made of."""
        width = max((len(row.counts) for row in self.rows), default=0)
        numbers = [str(step) for step in range(1, width + 1)]
        shares = tuple((row.event, *(count / self.paths for count in row.counts)) for row in self.rows)
        counts = tuple((row.event, *row.counts) for row in self.rows)
        key = ("event", Form.KEY)
        return (
            Table("shares", (key, *((number, Form.SHARE) for number in numbers)), shares),
            Table("counts", (key, *((number, Form.COUNT) for number in numbers)), counts),
        )


def steps(log: EventLog, asked: Steps) -> StepsAnswer:
    """The matrix of what the log looks at. Nothing but a scan, unless something is hidden or put together."""
    found: dict[str, list[int]] = {}
    for event, step, count in log.run(MATRIX.format(rows=walk(log, asked), steps=asked.steps)):
        found.setdefault(event, [0] * asked.steps)[step - 1] = count
    begun = sum(counts[0] for counts in found.values())
    ordered = sorted(found, key=lambda event: ([-count for count in found[event]], event))
    rows = [StepRow(event, tuple(found[event])) for event in ordered]
    if begun:
        there = [sum(column) for column in zip(*(row.counts for row in rows), strict=True)]
        rows.append(StepRow(END, tuple(begun - count for count in there)))
    return StepsAnswer(asked.unit, begun, tuple(rows), why_empty(log))


def step_people(log: EventLog, asked: Steps, cell: Cell) -> str:
    """A query for the customers at an event (or ``(end)``) at a step; the cell is (event, step)."""
    event, number = named(cell, "event", "step")
    form = ENDED if event == END else PEOPLE
    return form.format(rows=walk(log, asked), step=whole("step", number), event=text(event))
