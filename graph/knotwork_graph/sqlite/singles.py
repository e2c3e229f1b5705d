"""The few single values of a store: read by one statement, and again when somebody has written."""

from __future__ import annotations

from collections.abc import Callable

from knotwork_graph.model import Run
from knotwork_graph.ports import StoreState
from knotwork_graph.sqlite import looking
from knotwork_graph.sqlite.connection import Lookup
from knotwork_graph.sqlite.remembered import Remembered

SINGLES = """
SELECT m.current, m.last_run, m.next_number, m.policy, (SELECT count(*) FROM decisions), coalesce(r.number, 0),
    coalesce(r.state, ''), coalesce(r.as_of, 0), coalesce(r.started, 0), coalesce(r.finished, 0),
    coalesce(r.counts, ''), coalesce(r.how, ''), coalesce(r.base, 0)
FROM (
    SELECT CAST(max(value) FILTER (WHERE name = 'current') AS INTEGER) AS current,
        CAST(max(value) FILTER (WHERE name = 'last_run') AS INTEGER) AS last_run,
        CAST(max(value) FILTER (WHERE name = 'next_number') AS INTEGER) AS next_number,
        max(value) FILTER (WHERE name = 'policy') AS policy
    FROM meta) AS m LEFT JOIN runs AS r ON r.number = m.current
"""


class Singles:
    """The state, runs and the number of decisions, as ``lookup`` sees them. One thread at a time.

    ``held`` is the number of the store's own open transaction, 0 for none: while there is one, nobody else writes, and
    what it writes itself is not to be seen here before its end.
    """

    def __init__(self, lookup: Callable[[], Lookup], held: Callable[[], int]) -> None:
        self._lookup, self._held = lookup, held
        self._seen = (0, 0)
        self._remembered = Remembered(self._revision)

    def state(self) -> StoreState:
        """The pointer and the counters."""
        return self._all()[0]

    def run(self, number: int) -> Run | None:
        """One run, or None where there is none of this number."""
        current = self._all()[1]
        if current is not None and current.number == number:
            return current
        return self._remembered(number, lambda: looking.run(self._lookup(), number))

    def decision_count(self) -> int:
        """How many records of decisions there are."""
        return self._all()[2]

    def _all(self) -> tuple[StoreState, Run | None, int]:
        return self._remembered("all", lambda: singles(self._lookup()))

    def _revision(self) -> int:
        """What changes whenever somebody writes."""
        held, (asked, revision) = self._held(), self._seen
        if not held or asked != held:
            revision = self._lookup().revision()
            self._seen = held, revision
        return revision


def singles(lookup: Lookup) -> tuple[StoreState, Run | None, int]:
    """The pointer and the counters, the run that the pointer names, and how many decisions there are."""
    current, last_run, next_number, policy, decisions, *row = lookup.rows(SINGLES)[0]
    number, _, as_of, *_, base = row
    state = StoreState(int(current), int(last_run), int(next_number), policy, int(as_of), int(base))
    return state, looking.run_of(row) if number else None, int(decisions)
