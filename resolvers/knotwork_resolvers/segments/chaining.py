"""Sequences as parts of a query: one thing after another, whatever comes between.

Of all attempts that stand at a step, the one that began last has the most time left, and the fewest events behind it
that could forbid it. So only its beginning is carried along: a running maximum for each step, O(n log n). What comes
out is, for each customer, the completed attempt that began last; where that one is too early for ``in_last`` or
``never``, all are.
"""

from __future__ import annotations

from knotwork_resolvers.segments.binding import micros, since
from knotwork_resolvers.segments.columns import EventColumns
from knotwork_resolvers.segments.measuring import Part
from knotwork_resolvers.segments.rules import Sequence

EARLIER = "(PARTITION BY customer ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
ROWS = "SELECT customer, place, t, {steps}, {stops} AS stops, {never} AS never FROM {read} WHERE {spoken_of}"
BEGUN = f"""SELECT *, CASE WHEN step_1 THEN place END AS place_1, CASE WHEN step_1 THEN t END AS t_1,
    coalesce(max(place) FILTER (stops) OVER {EARLIER}, -1) AS stopped FROM ({{rows}})"""
CARRIED = f"""SELECT * EXCLUDE (p, b, good), CASE WHEN good THEN p END AS place_{{step}},
    CASE WHEN good THEN b END AS t_{{step}} FROM (
    SELECT *, step_{{step}} AND p >= stopped AND t - b <= {{within}} AS good FROM (
        SELECT *, max(place_{{before}}) OVER {EARLIER} AS p, max(t_{{before}}) OVER {EARLIER} AS b FROM ({{rows}})))"""
COMPLETE = """SELECT customer, CASE WHEN max(place_{last}) >= coalesce(max(place) FILTER (never), -1)
    THEN max(t_{last}) END AS began FROM ({rows}) GROUP BY customer"""
FOREVER = 1 << 62


class Chains:
    """The sequences that a query asks for, each a table of its own over the events that are read."""

    def __init__(self, columns: EventColumns) -> None:
        self._columns = columns
        self._names: dict[str, str] = {}

    def tables(self, read: str) -> dict[str, str]:
        """Each table's query by its name; ``read`` is where the events stand."""
        return {name: query.replace("{read}", read) for query, name in self._names.items()}

    def part(self, asked: Sequence) -> Part:
        """The condition that a customer did all steps; its value is when the latest such attempt began."""
        table = self._names.setdefault(self._query(asked), f"chain_{len(self._names) + 1}")
        began = f"{table}.began"
        if asked.in_last is None:
            return Part(f"{began} IS NOT NULL", began)
        holds = f"coalesce({began} > {since(asked.in_last)}, false)"
        return Part(holds, began, (f"CASE WHEN {holds} THEN {began} + {micros(asked.in_last)} END",))

    def _query(self, asked: Sequence) -> str:
        query = BEGUN.format(rows=self._rows(asked))
        within = FOREVER if asked.within is None else micros(asked.within)
        for step in range(2, len(asked.steps) + 1):
            query = CARRIED.format(step=step, before=step - 1, within=within, rows=query)
        return COMPLETE.format(last=len(asked.steps), rows=query)

    def _rows(self, asked: Sequence) -> str:
        """The events that the sequence speaks of, and what each is in it."""
        kinds = [f"({self._columns.of_kind(step)})" for step in asked.steps]
        stops, never = (self._columns.named(one) if one else "false" for one in (asked.without, asked.never))
        return ROWS.format(
            steps=", ".join(f"{kind} AS step_{number}" for number, kind in enumerate(kinds, 1)),
            stops=stops,
            never=never,
            read="{read}",
            spoken_of=" OR ".join((*kinds, stops, never)),
        )
