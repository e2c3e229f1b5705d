"""Which facts the graph holds, and how much it has become by them: read once, then counted on by who adds to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from knotwork_graph.ports import Increment, Projected
from knotwork_graph.sqlite import scoped, tables
from knotwork_graph.sqlite.connection import Bulk
from knotwork_graph.sqlite.pending import Pending
from knotwork_graph.sqlite.projecting import apply_increment
from knotwork_graph.sqlite.remembered import Remembered

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints


class Held:
    """What one connection knows of these; another's writing, and what was undone, lets it look again.

    ``pending`` hears of the identifiers that a run has to look at.
    """

    def __init__(self, bulk: Callable[[], Bulk], pending: Pending) -> None:
        self._bulk, self._pending = bulk, pending
        self._turns = 0
        self._remembered = Remembered(lambda: (self._turns, *bulk().others()))

    def projected(self) -> Projected:
        """Which facts the graph holds, and under which reading."""
        return self._remembered("projected", lambda: tables.projected(self._bulk().rows(tables.PROJECTED)))

    def sizes(self) -> tuple[int, int]:
        """How many identifiers were ever seen, and how many edges there are."""
        return self._remembered("sizes", lambda: scoped.sizes(self._bulk()))

    def forget(self) -> None:
        """The next who asks looks again."""
        self._turns += 1

    def project(self, increment: Increment) -> Ints:
        """Apply an increment inside the caller's transaction; the ids of its identifiers, in their order."""
        single = not increment.segments
        before = (self.projected(), self.sizes()) if single else None
        done = apply_increment(self._bulk(), increment)
        self._pending.add(done.touched, done.moved)
        self.forget()
        if before is not None:
            known, (identifiers, edges) = before
            upto = increment.upto or known.upto
            self._remembered.tell("projected", replace(known, upto=upto))
            self._remembered.tell("sizes", (max(identifiers, int(done.ids.max(initial=0))), edges + done.edges))
        return done.ids
