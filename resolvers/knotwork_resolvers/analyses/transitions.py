"""Transitions: after which event comes which, and where journeys begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from knotwork_resolvers.analyses.cell import Cell, named
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.scope import END, START
from knotwork_resolvers.analyses.shape import Shape, walk
from knotwork_resolvers.analyses.table import Form, Table

PAIRS = f"""
SELECT event::VARCHAR, coalesce(next::VARCHAR, '{END}'), sum(n)::BIGINT, count(*) FROM (
    SELECT event, next, customer, count(*) AS n FROM ({{rows}}) GROUP BY event, next, customer)
GROUP BY event, next
"""
STARTS = f"""
SELECT '{START}', event::VARCHAR, count(*), count(DISTINCT customer) FROM ({{rows}}) WHERE step = 1 GROUP BY event
"""
PEOPLE = "SELECT DISTINCT customer FROM ({rows}) WHERE event::VARCHAR = {origin} AND next::VARCHAR IS {target}"
BEGINNERS = "SELECT DISTINCT customer FROM ({rows}) WHERE step = 1 AND event::VARCHAR = {target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions(Shape):
    """Which event follows which."""


@dataclass(frozen=True, slots=True)
class Transition:
    """``target`` came straight after ``origin``: how often, for how many customers, its share of all that left."""

    origin: str
    target: str
    count: int
    customers: int
    share: float


@dataclass(frozen=True, slots=True)
class EventFlow:
    """What comes to an event and what leaves it: ``flow_in`` = ``flow_out`` + ``drop_off``.

    ``flow_in`` counts journeys that start there too, ``drop_off`` those that end there.
    """

    event: str
    starts: int
    flow_in: int
    flow_out: int
    drop_off: int


@dataclass(frozen=True, slots=True)
class TransitionsAnswer:
    """Transitions by how often they happen, most first; ``(start)`` and ``(end)`` are the ends of a journey."""

    transitions: tuple[Transition, ...]
    events: tuple[EventFlow, ...]
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """The transitions, and the flow at each event."""
        cells = tuple((one.origin, one.target, one.count, one.customers, one.share) for one in self.transitions)
        flows = tuple((one.event, one.starts, one.flow_in, one.flow_out, one.drop_off) for one in self.events)
        counts = (("starts", Form.COUNT), ("flow in", Form.COUNT), ("flow out", Form.COUNT), ("drop off", Form.COUNT))
        return (
            Table(
                "transitions",
                (
                    ("event", Form.KEY),
                    ("next event", Form.KEY),
                    ("count", Form.COUNT),
                    ("customers", Form.COUNT),
                    ("share", Form.SHARE),
                ),
                cells,
            ),
            Table("events", (("event", Form.KEY), *counts), flows),
        )


def transitions(log: EventLog, asked: Transitions) -> TransitionsAnswer:
    """The transitions of what the log looks at; O(n log n) in DuckDB."""
    rows = walk(log, asked)
    pairs = sorted(
        (*log.run(PAIRS.format(rows=rows)), *log.run(STARTS.format(rows=rows))),
        key=lambda pair: (-pair[2], pair[0], pair[1]),
    )
    leaves: dict[str, int] = {}
    for origin, _, count, _ in pairs:
        leaves[origin] = leaves.get(origin, 0) + count
    cells = tuple(Transition(*(*pair, pair[2] / leaves[pair[0]])) for pair in pairs)
    return TransitionsAnswer(cells, _flows(pairs), why_empty(log))


def transition_people(log: EventLog, asked: Transitions, cell: Cell) -> str:
    """A query for the customers who went from one event straight to another; the cell names both."""
    origin, target = named(cell, "event", "next event")
    rows = walk(log, asked)
    if origin == START:
        return BEGINNERS.format(rows=rows, target=text(target))
    wanted = "NULL" if target == END else f"NOT DISTINCT FROM {text(target)}"
    return PEOPLE.format(rows=rows, origin=text(origin), target=wanted)


def _flows(pairs: list[tuple[Any, ...]]) -> tuple[EventFlow, ...]:
    """The flow at each event, the busiest first."""
    arrives: dict[str, list[int]] = {}
    for origin, target, count, _ in pairs:
        if target != END:
            arrives.setdefault(target, [0, 0, 0])
            arrives[target][0] += count
            arrives[target][1] += count if origin == START else 0
    for origin, target, count, _ in pairs:
        if target == END:
            arrives[origin][2] = count
    flows = (EventFlow(name, starts, came, came - ends, ends) for name, (came, starts, ends) in arrives.items())
    return tuple(sorted(flows, key=lambda one: (-one.flow_in, one.event)))
