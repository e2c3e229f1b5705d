"""The audit chain for people: what is kept, who may be named, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.audit import KINDS, AuditRow, AuditTrail, Break, never
from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from knotwork_graph.ports import GraphStore

MOST_TEXT = 2_000


def rows_expected(store: GraphStore) -> bool:
    """Whether the chain must have rows: a run is published, then its row is written, so the second run finds one."""
    return store.state().current > 1


class AuditService:
    """Adds to the chain and reads it. Safe from several threads and processes; needs no lock of the workspace.

    ``begun`` tells whether something was done that must have left rows.
    """

    def __init__(self, trail: AuditTrail, begun: Callable[[], bool] = never) -> None:
        self._trail, self._begun = trail, begun

    def audit(self, kind: str, who: str, what: str, detail: str = "") -> AuditRow:
        """The row that now stands at the end of the chain, durably: ``who`` did something to ``what``.

        ``what`` names things by number or customer id and never by a personal value; ``detail`` is the reason that a
        person gave, say. Raises ``UsageError`` for a kind there is none of, or nobody.
        """
        return self.each(kind, who, [(what, detail)])[0]

    def rows(self, *, kind: str = "", who: str = "", last: int = 50) -> tuple[AuditRow, ...]:
        """The ``last`` rows of a kind, by a person, or of all; by number. Raises ``UsageError`` for an unknown kind."""
        if kind and kind not in KINDS:
            raise UsageError(f"the audit chain knows no kind {kind}; {suggestion(kind, KINDS)}.")
        return self._trail.rows(first=last, kind=kind, who=who, newest=True)

    def broken(self) -> Break | None:
        """Where the chain breaks first, None where every row is as it was written; O(rows)."""
        return self._trail.broken(self._begun)

    def count(self) -> int:
        """How many rows were ever written."""
        return self._trail.count()

    def last_of(self, kind: str) -> AuditRow | None:
        """The newest row of a kind."""
        found = self._trail.rows(first=1, kind=kind, newest=True)
        return found[-1] if found else None

    def each(self, kind: str, who: str, things: Iterable[tuple[str, str]]) -> tuple[AuditRow, ...]:
        """A row for each of ``things``, what it is and the detail; all of them or none."""
        if kind not in KINDS:
            raise UsageError(f"the audit chain knows no kind {kind}; {suggestion(kind, KINDS)}.")
        if not who.strip():
            raise UsageError("the audit chain needs to know who did it.")
        cut = [(what[:MOST_TEXT], detail[:MOST_TEXT]) for what, detail in things]
        return self._trail.add_all(kind, who.strip()[:MOST_TEXT], cut)

    def close(self) -> None:
        """Give the file back."""
        self._trail.close()
