"""Sequences as parts of a query: one thing after another, whatever comes between.

Of all attempts that stand at a step, the one that began last has the most time left, and the fewest events behind it
that could forbid it. So only its beginning is carried along: a running maximum for each step, O(n log n). What comes
out is, for each customer, the completed attempt that began last; where that one is too early for ``in_last`` or
``never``, all are. All sequences go through the events together, sorted once for each step.
"""

from __future__ import annotations

from knotwork_resolvers.segments.binding import micros, since
from knotwork_resolvers.segments.columns import Columns, EventColumns
from knotwork_resolvers.segments.measuring import Part
from knotwork_resolvers.segments.rules import Sequence

TABLE = "of_chains"
EARLIER = "WINDOW earlier AS (PARTITION BY customer ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
ROWS = "SELECT * FROM (SELECT customer, place, t, {flags} FROM {read}) WHERE {spoken_of}"
LEVEL = "SELECT *, {ends} FROM (SELECT *, {windows} FROM ({rows}) {earlier})"
FIRST = "SELECT *, {ends} FROM ({rows})"


class Chains:
    """The sequences that a query asks for: one table over the events that are read, with a column for each."""

    def __init__(self, columns: EventColumns) -> None:
        self._columns = columns
        self._flags = Columns("f")
        self._levels: list[tuple[Columns, Columns]] = []  # what runs over the events before, and what follows from it
        self._began = Columns("began_")

    def __bool__(self) -> bool:
        return bool(self._began)

    def table(self, read: str) -> str:
        """The query: a row for each customer; ``read`` is where the events stand."""
        flags = self._flags.listed()
        spoken_of = " OR ".join(self._flags.names())
        rows = ROWS.format(flags=", ".join(flags), read=read, spoken_of=spoken_of)
        for windows, ends in self._levels:
            form = LEVEL if windows else FIRST
            told = {"windows": ", ".join(windows.listed()), "ends": ", ".join(ends.listed())}
            rows = form.format(rows=rows, earlier=EARLIER, **told)
        return f"SELECT customer, {', '.join(self._began.listed())} FROM ({rows}) GROUP BY customer"

    def part(self, asked: Sequence) -> Part:
        """The condition that a customer did all steps; its value is when the latest such attempt began."""
        began = f"{TABLE}.{self._began.add(self._latest(asked))}"
        if asked.in_last is None:
            return Part(f"{began} IS NOT NULL", began)
        holds = f"coalesce({began} > {since(asked.in_last)}, false)"
        return Part(holds, began, (f"CASE WHEN {holds} THEN {began} + {micros(asked.in_last)} END",))

    def _latest(self, asked: Sequence) -> str:
        """When the latest completed attempt began, taken of all events of a customer; NULL for none."""
        place, moment = self._carried(asked)
        if not asked.never:
            return f"max({moment})"
        never = self._flags.add(self._columns.named(asked.never))
        return f"CASE WHEN max({place}) >= coalesce(max(place) FILTER ({never}), -1) THEN max({moment}) END"

    def _carried(self, asked: Sequence) -> tuple[str, str]:
        """The columns with place and moment of the beginning, where an event completes all steps."""
        flags = [self._flags.add(f"({self._columns.of_kind(step)})") for step in asked.steps]
        _, ends = self._level(0)
        place = ends.add(f"CASE WHEN {flags[0]} THEN place END")
        moment = ends.add(f"CASE WHEN {flags[0]} THEN t END")
        for level, flag in enumerate(flags[1:], 1):
            windows, ends = self._level(level)
            begun, at = windows.add(f"max({place}) OVER earlier"), windows.add(f"max({moment}) OVER earlier")
            good = " AND ".join((flag, *self._in_time(asked, at), *self._unbroken(asked, begun)))
            place = ends.add(f"CASE WHEN {good} THEN {begun} END")
            moment = ends.add(f"CASE WHEN {good} THEN {at} END")
        return place, moment

    def _in_time(self, asked: Sequence, at: str) -> tuple[str, ...]:
        return () if asked.within is None else (f"t - {at} <= {micros(asked.within)}",)

    def _unbroken(self, asked: Sequence, begun: str) -> tuple[str, ...]:
        if not asked.without:
            return ()
        stops = self._flags.add(self._columns.named(asked.without))
        stopped = self._level(1)[0].add(f"max(place) FILTER ({stops}) OVER earlier")
        return (f"{begun} >= coalesce({stopped}, -1)",)

    def _level(self, number: int) -> tuple[Columns, Columns]:
        while len(self._levels) <= number:
            level = len(self._levels)
            self._levels.append((Columns(f"w{level}_"), Columns(f"e{level}_")))
        return self._levels[number]
