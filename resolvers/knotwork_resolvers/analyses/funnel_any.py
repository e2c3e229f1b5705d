"""Funnels in any order: from a step on, when the first, the second, the third of the steps was done.

A step that is asked for twice must happen twice: its second requirement is met where its event comes a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_resolvers.analyses.log import EventLog, name, names

if TYPE_CHECKING:
    from knotwork_resolvers.analyses.funnel_question import Funnel

ONWARD = "PARTITION BY customer ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"
AHEAD = "lead(t, {count}) OVER (PARTITION BY customer, event ORDER BY place) AS ahead_{count}"
MET = f"min(ahead_{{count}}) FILTER (event = {{event}}) OVER ({ONWARD})"
BEGINNINGS = f"""
CREATE OR REPLACE TEMP TABLE beginnings AS
SELECT customer, place, t, event, [{{met}}] AS met, row_number() OVER (PARTITION BY customer ORDER BY place) AS number,
    min(t) FILTER (event IN {{exclude}}) OVER ({ONWARD}) AS stop
FROM (SELECT *, {{ahead}} FROM needed)
"""
PROGRESS = """
SELECT customer, level, arg_min(waited, place) AS waited FROM (
    SELECT customer, place, unnest(range(1, len(done) + 1)) AS level, unnest(done) - t AS waited FROM (
        SELECT customer, place, t, list_sort(list_filter(met, lambda moment: moment - t <= reach)) AS done FROM (
            SELECT *, least({window}, greatest(0, coalesce(stop - t - 1, {window}))) AS reach FROM beginnings
            WHERE event IN {steps} AND {begins})))
GROUP BY customer, level
"""
FIRST_ONLY = (
    "place = (SELECT min(b.place) FROM beginnings AS b WHERE b.customer = beginnings.customer AND b.event IN {steps})"
)


def any_order(log: EventLog, asked: Funnel, window: int) -> str:
    """The query for (customer, level, waited); ``needed`` is there. O(n log n)."""
    wanted = _requirements(asked.steps)
    met = ", ".join(MET.format(count=count, event=name(event)) for event, count in wanted)
    ahead = ", ".join(AHEAD.format(count=count) for count in sorted({count for _, count in wanted}))
    log.run(BEGINNINGS.format(met=met, exclude=names(asked.exclude), ahead=ahead))
    steps = names(asked.steps)
    begins = "true" if asked.reentry else FIRST_ONLY.format(steps=steps)
    return PROGRESS.format(window=window, steps=steps, begins=begins)


def _requirements(steps: tuple[str, ...]) -> list[tuple[str, int]]:
    """Each step, and how many of its event must come before the one that meets it."""
    return [(event, steps[:place].count(event)) for place, event in enumerate(steps)]
