"""The queries behind funnels: which level each customer reached, and how long after the first step.

``progress`` gives rows (customer, level, waited): one for each level from 1 that a customer reached, with the
microseconds from the first step of the attempt to that level. With re-entry and in any order it leaves tables of its
own behind, which the next question replaces.

In order, from the first entry only: the earliest next step is as good as any later one, so each step is one join with
the one before. With re-entry, of all attempts that stand at a step the one that began last has the most time left, so
only its beginning is carried along: a running maximum for each step (the method of ClickHouse's ``windowFunnel``).
In any order: see ``funnel_any``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.funnel_any import any_order
from knotwork_resolvers.analyses.log import EventLog, name, names
from knotwork_resolvers.analyses.options import micros

if TYPE_CHECKING:
    from knotwork_resolvers.analyses.funnel_question import Funnel

FOREVER = 1 << 62
WAY = "PARTITION BY customer ORDER BY place"
NEEDED = "CREATE OR REPLACE TEMP TABLE needed AS SELECT customer, place, t, event FROM chosen WHERE event IN {names}"
FIRST = """
SELECT customer, min(place) AS place, min(t) AS began, min(t) AS t, {forever} AS stop FROM chosen
WHERE event = {event} GROUP BY customer
"""
STOPPED = """
SELECT r.customer, any_value(r.place) AS place, any_value(r.began) AS began, any_value(r.t) AS t,
    coalesce(min(n.place), {forever}) AS stop
FROM ({first}) AS r LEFT JOIN chosen AS n ON n.customer = r.customer AND n.place > r.place AND n.event IN {exclude}
GROUP BY r.customer
"""
NEXT = """
SELECT n.customer, min(n.place) AS place, min(r.began) AS began, min(n.t) AS t, min(r.stop) AS stop
FROM chosen AS n JOIN reached_{before} AS r ON n.customer = r.customer AND n.place > r.place AND n.event = {event}
WHERE n.place < r.stop AND n.t - r.began <= {window} GROUP BY n.customer
"""
BEGUN = f"""
CREATE OR REPLACE TEMP TABLE attempts AS SELECT *, CASE WHEN event = {{event}} THEN place END AS place_1,
    CASE WHEN event = {{event}} THEN t END AS t_1,
    coalesce(max(place) FILTER (event IN {{exclude}}) OVER ({WAY} ROWS UNBOUNDED PRECEDING), -1) AS stopped
FROM needed
"""
CARRIED = f"""
CREATE OR REPLACE TEMP TABLE attempts AS
SELECT * EXCLUDE (p, b, good), CASE WHEN good THEN p END AS place_{{level}}, CASE WHEN good THEN b END AS t_{{level}}
FROM (
    SELECT *, event = {{event}} AND p > stopped AND t - b <= {{window}} AS good FROM (
        SELECT *, max(place_{{before}}) OVER earlier AS p, max(t_{{before}}) OVER earlier AS b FROM attempts
        WINDOW earlier AS ({WAY} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)))
"""


def progress(log: EventLog, asked: Funnel) -> str:
    """The query for (customer, level, waited). O(n log n): no customer's events are ever compared pair by pair."""
    if not (asked.any_order or asked.reentry):
        return _first_entry(asked)
    log.run(NEEDED.format(names=names((*asked.steps, *asked.exclude))))
    return any_order(log, asked, window_of(asked)) if asked.any_order else _with_reentry(log, asked)


def _first_entry(asked: Funnel) -> str:
    """All in one query: tables between the steps would take a quarter of its time."""
    first = FIRST.format(event=name(asked.steps[0]), forever=FOREVER)
    if asked.exclude:
        first = STOPPED.format(first=first, exclude=names(asked.exclude), forever=FOREVER)
    further = (
        NEXT.format(before=level - 1, event=name(event), window=window_of(asked))
        for level, event in enumerate(asked.steps[1:], 2)
    )
    steps = ", ".join(f"reached_{n} AS MATERIALIZED ({query})" for n, query in enumerate((first, *further), 1))
    levels = (
        f"SELECT customer, {level} AS level, t - began AS waited FROM reached_{level}"
        for level in range(1, len(asked.steps) + 1)
    )
    return f"WITH {steps} {' UNION ALL '.join(levels)}"


def _with_reentry(log: EventLog, asked: Funnel) -> str:
    log.run(BEGUN.format(event=name(asked.steps[0]), exclude=names(asked.exclude)))
    for level, event in enumerate(asked.steps[1:], 2):
        log.run(CARRIED.format(level=level, before=level - 1, event=name(event), window=window_of(asked)))
    return " UNION ALL ".join(
        f"SELECT customer, {level} AS level, arg_min(t - t_{level}, place) AS waited FROM attempts"
        f" WHERE place_{level} IS NOT NULL GROUP BY customer"
        for level in range(1, len(asked.steps) + 1)
    )


def window_of(asked: Funnel) -> int:
    """The microseconds between the first step and the last."""
    return FOREVER if asked.window is None else micros(asked.window)
