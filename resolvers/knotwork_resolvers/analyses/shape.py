"""How journeys are read as sequences of events: what is hidden, put together, or cut at sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from knotwork_resolvers.analyses.log import EventLog, names
from knotwork_resolvers.analyses.names import known_events
from knotwork_resolvers.analyses.options import Option, at_least, micros, some_time
from knotwork_resolvers.analyses.scope import OTHER
from knotwork_resolvers.sessions import SESSION_GAP

# counting a CASE and not with FILTER, for which the engine goes through a customer's events once for each of them
SESSIONS = """
SELECT * REPLACE ((1 + count(CASE WHEN pause > {gap} THEN 1 END) OVER (PARTITION BY customer ORDER BY place
    ROWS UNBOUNDED PRECEDING))::INT AS session) FROM chosen
"""
COLLAPSED = """
SELECT * FROM (SELECT *, lag(event) OVER ({way}) AS previous FROM ({rows})) WHERE previous IS DISTINCT FROM event
"""
NUMBERED = """
SELECT customer, session, place, event, row_number() OVER way::INT AS step, lead(event) OVER way AS next FROM ({rows})
WINDOW way AS ({way})
"""
FREQUENT = """
SELECT event::VARCHAR FROM chosen WHERE event NOT IN {hidden} GROUP BY event
ORDER BY count(*) DESC, event::VARCHAR LIMIT {top}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What transitions, paths and steps have in common."""

    hide: Annotated[tuple[str, ...], Option("An event to leave out, as if it had not happened.", metavar="EVENT")] = ()
    collapse: Annotated[bool, Option("Count an event that repeats itself once.")] = False
    top: Annotated[
        int | None, Option("Show only the so many most frequent events; the rest is (other).", metavar="N")
    ] = None
    by_session: Annotated[bool, Option("Follow single sessions rather than whole journeys.")] = False
    gap: Annotated[timedelta, Option("The pause after which a session ends.", metavar="TIME")] = timedelta(
        microseconds=SESSION_GAP
    )

    def __post_init__(self) -> None:
        at_least(1, top=self.top)
        some_time(gap=self.gap)

    @property
    def unit(self) -> str:
        """What is counted."""
        return "sessions" if self.by_session else "customers"

    @property
    def way(self) -> str:
        """The window in which the events of one unit stand in their order."""
        return f"PARTITION BY customer{', session' if self.by_session else ''} ORDER BY place"


def walk(log: EventLog, shape: Shape, *, keep: tuple[str, ...] = ()) -> str:
    """A query for the events as the shape has them: customer, session, place, event, step (from 1 in the unit), next.

    Without sessions, ``session`` is 1. Names of ``keep`` are never among the (other).
    """
    known_events(log, (*shape.hide, *keep))
    rows = session_rows(shape.gap) if shape.by_session else "SELECT * REPLACE (1 AS session) FROM chosen"
    if not (shape.hide or shape.collapse or shape.top or shape.by_session):
        return f"SELECT customer, session, place, event, step, next FROM ({rows})"
    rows = f"SELECT * REPLACE ({_shown(log, shape, keep)} AS event) FROM ({rows}) WHERE event NOT IN {_hidden(shape)}"
    rows = COLLAPSED.format(way=shape.way, rows=rows) if shape.collapse else rows
    return NUMBERED.format(way=shape.way, rows=rows)


def session_rows(gap: timedelta) -> str:
    """A query for the rows of ``chosen`` with the number of their session, ascending with time."""
    return "SELECT * FROM chosen" if micros(gap) == SESSION_GAP else SESSIONS.format(gap=micros(gap))


def _hidden(shape: Shape) -> str:
    return names(shape.hide) if shape.hide else names([OTHER])


def _shown(log: EventLog, shape: Shape, keep: tuple[str, ...]) -> str:
    if shape.top is None:
        return "event"
    frequent = log.run(FREQUENT.format(hidden=_hidden(shape), top=shape.top))
    shown = names([*(one for (one,) in frequent), *keep])
    return f"CASE WHEN event IN {shown} THEN event ELSE '{OTHER}'::event_name END"
