"""Paths: step by step, from an event, to one or between two, with what drops off at each.

A *node* is an event at a step, and for each node ``flow_in`` = ``flow_out`` + ``drop_off`` + ``reached``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from knotwork_resolvers.analyses.cell import Cell, named, whole
from knotwork_resolvers.analyses.log import EventLog, name, text
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.options import Option, at_least
from knotwork_resolvers.analyses.scope import FURTHER
from knotwork_resolvers.analyses.shape import Shape, walk
from knotwork_resolvers.analyses.table import Form, Table

MOST_STEPS = 100
WALKED = "CREATE OR REPLACE TEMP TABLE walked AS SELECT customer, session, step, event, next FROM ({rows})"
ANCHORS = """
CREATE OR REPLACE TEMP TABLE anchors AS
SELECT customer, session, {begin} AS first, {last} AS last
FROM (SELECT customer, session, {first} AS first FROM walked GROUP BY customer, session)
JOIN walked USING (customer, session) WHERE step >= first GROUP BY customer, session, first HAVING {last} IS NOT NULL
"""
PLACED = """
CREATE OR REPLACE TEMP TABLE placed AS
SELECT customer, session, step - {zero} AS n, step = first AS starts, event, next, {reached} AS reached
FROM walked JOIN anchors USING (customer, session) WHERE step BETWEEN first AND least(last, first + {onward})
"""
PLAIN = """
CREATE OR REPLACE TEMP TABLE placed AS
SELECT customer, session, step AS n, step = 1 AS starts, event, next, false AS reached FROM ({rows})
WHERE step <= {steps}
"""
NODES = """
SELECT n, event::VARCHAR, count(*), count(*) FILTER (starts), count(*) FILTER (NOT reached AND next IS NULL),
    count(*) FILTER (reached) FROM placed GROUP BY n, event ORDER BY n, 3 DESC, event::VARCHAR
"""
LINKS = """
SELECT n, event::VARCHAR, CASE WHEN n = {last} THEN '{further}' ELSE next::VARCHAR END AS target, count(*) FROM placed
WHERE next IS NOT NULL AND NOT reached GROUP BY ALL ORDER BY n, 4 DESC, 2, 3
"""
PEOPLE = "SELECT DISTINCT customer FROM placed WHERE n = {n} AND event::VARCHAR = {event} AND {next}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths(Shape):
    """What people do step by step."""

    start: Annotated[str | None, Option("Begin where this event happens first.", metavar="EVENT", flag="--from")] = None
    end: Annotated[
        str | None, Option("End where this event happens first (after the start).", metavar="EVENT", flag="--to")
    ] = None
    steps: Annotated[int, Option("How many steps to show.", metavar="N")] = 8

    def __post_init__(self) -> None:
        Shape.__post_init__(self)
        at_least(1, steps=self.steps)
        at_least(0, **{f"steps beyond {MOST_STEPS}, which nobody reads,": MOST_STEPS - self.steps})


@dataclass(frozen=True, slots=True)
class Node:
    """An event at a step. ``starts`` of those that came begin there; ``reached`` came to the end that was asked for."""

    step: int
    event: str
    flow_in: int
    starts: int
    flow_out: int
    drop_off: int
    reached: int


@dataclass(frozen=True, slots=True)
class Link:
    """How many went from ``event`` at ``step`` on to ``target``; ``(further)`` is beyond the last step shown."""

    step: int
    event: str
    target: str
    count: int


@dataclass(frozen=True, slots=True)
class PathsAnswer:
    """Nodes and links by step; ``unit`` says what is counted: customers or sessions.

    Steps count from 1; where only the end is given, they count down to 0, which is the end.
    """

    unit: str
    paths: int
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """The links, and the nodes."""
        links = tuple((one.step, one.event, one.target, one.count) for one in self.links)
        nodes = tuple(
            (one.step, one.event, one.flow_in, one.starts, one.flow_out, one.drop_off, one.reached)
            for one in self.nodes
        )
        names = ("flow in", "starts", "flow out", "drop off", "reached")
        key = (("step", Form.KEY), ("event", Form.KEY))
        return (
            Table("links", (*key, ("next event", Form.KEY), (self.unit, Form.COUNT)), links),
            Table("nodes", (*key, *((name, Form.COUNT) for name in names)), nodes),
        )


def paths(log: EventLog, asked: Paths) -> PathsAnswer:
    """The paths of what the log looks at; O(n log n) in DuckDB."""
    _place(log, asked)
    nodes = tuple(
        Node(step, event, count, starts, count - dropped - reached, dropped, reached)
        for step, event, count, starts, dropped, reached in log.run(NODES)
    )
    last = 0 if asked.end and not asked.start else asked.steps
    links = tuple(Link(*row) for row in log.run(LINKS.format(last=last, further=FURTHER)))
    begun = sum(node.starts for node in nodes)
    return PathsAnswer(asked.unit, begun, nodes, links, why_empty(log) or _why_none(begun, asked))


def path_people(log: EventLog, asked: Paths, cell: Cell) -> str:
    """A query for the customers at a node (step, event) or on a link (step, event, next event)."""
    step, event, target = named(cell, "step", "event", also=("next event",))
    _place(log, asked)
    onward = {"": "true", FURTHER: "next IS NOT NULL"}.get(target, f"next::VARCHAR = {text(target)} AND NOT reached")
    return PEOPLE.format(n=whole("step", step), event=text(event), next=onward)


def _place(log: EventLog, asked: Paths) -> None:
    """Make the table ``placed``: the events on the paths, ``n`` says at which step."""
    keep = tuple(name for name in (asked.start, asked.end) if name is not None)
    rows = walk(log, asked, keep=keep)
    if not keep:
        log.run(PLAIN.format(rows=rows, steps=asked.steps))
        return
    log.run(WALKED.format(rows=rows))
    first = "1" if asked.start is None else f"min(step) FILTER (event = {name(asked.start)})"
    begin = "first" if asked.start else f"greatest(1, {_last(asked)} - {asked.steps - 1})"
    log.run(ANCHORS.format(first=first, begin=begin, last=_last(asked)))
    zero = "last" if asked.start is None else "(first - 1)"
    reached = "false" if asked.end is None else "step = last"
    log.run(PLACED.format(zero=zero, reached=reached, onward=asked.steps - 1))


def _last(asked: Paths) -> str:
    """What gives the last step of a path: its end, where one is asked for; the same event must happen a second time."""
    if asked.end is None:
        return "max(step)"
    again = " AND step > first" if asked.start == asked.end else ""
    return f"min(step) FILTER (event = {name(asked.end)}{again})"


def _why_none(begun: int, asked: Paths) -> tuple[str, ...]:
    """A word where there are events and no path."""
    if begun:
        return ()
    said = " and then ".join(f"{one!r}" for one in (asked.start, asked.end) if one is not None)
    return (f"no journey has {said}",) if said else ("every event is hidden",)
