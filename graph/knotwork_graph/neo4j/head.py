"""What every event asks first, in one statement: the lock and the single values, the runs, what is in and pending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.runs import columns, run_of, state_of
from knotwork_graph.neo4j.words import ints
from knotwork_graph.ports import StoreState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knotwork_graph.model import Run
    from knotwork_graph.neo4j.work import Work
    from knotwork_graph.ports import Ints

# the first writer waits here for the lock that all writers take, and what is read then is what others have committed
LOOK = f"""
MATCH (k:Knotwork {{name: 'graph'}}) SET k.turn = k.turn + 1
WITH k
OPTIONAL MATCH (r:Run {{number: k.current}})
OPTIONAL MATCH (b:Run {{number: r.base}})
RETURN properties(k), {columns("r")}, {columns("b")}, COLLECT {{ MATCH (s:Segment) RETURN s.number }},
    CASE WHEN k.everything THEN NULL
        ELSE COLLECT {{ MATCH (i:Identifier) WHERE i.touched > k.settled
            RETURN [i.id, coalesce(i.calm = i.touched, false)] ORDER BY i.id }} END,
    COUNT {{ (:Decision) }}
"""
NOT_THERE = "the graph is not there any more: somebody emptied the database. Open the workspace again."


class Meta(dict[str, Any]):
    """The single values of the graph, as they are while this transaction holds the lock."""

    def put(self, values: dict[str, Any]) -> None:
        """Some of them were changed; None forgets one."""
        self.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del self[name]


@dataclass(frozen=True, slots=True)
class Pending:
    """The ids that were touched since a run looked, and those of them that were only ``calm``ly seen again; ascending.

    These are in customers without a severed edge, and nothing of them is new: a run could change nothing there.
    """

    ids: Ints
    calm: Ints

    def and_of(self, ids: Ints, calm: Ints) -> Pending:
        """The same after an increment of these ``ids``: who has waited for more than being seen waits on."""
        moved = np.union1d(np.setdiff1d(self.ids, self.calm), np.setdiff1d(ids, calm))
        return Pending(np.union1d(self.ids, ids), np.setdiff1d(np.union1d(self.calm, calm), moved))

    def to_look_at(self, *, ages: bool) -> Ints:
        """Those that a run has to look at; where edges age, that is each of them."""
        return self.ids if ages else np.setdiff1d(self.ids, self.calm)


def pending_of(rows: Sequence[tuple[int, bool]]) -> Pending:
    """What is pending, of ids with whether they are calm."""
    return Pending(ints([one for one, _ in rows]), ints([one for one, calm in rows if calm]))


@dataclass(slots=True)
class Head:
    """The single values, the run that readers see and the one it builds on, what is projected, pending and decided.

    Not frozen: it follows what its own transaction writes.
    """

    meta: Meta
    runs: dict[int, Run]
    segments: frozenset[int]
    pending: Pending | None
    decisions: int

    @property
    def state(self) -> StoreState:
        """The pointer and the counters."""
        return state_of(self.meta, self.runs.get(self.meta["current"]))

    def add(self, ids: Ints, calm: Ints, segments: Sequence[int]) -> None:
        """An increment of these identifiers and segments is in."""
        self.segments |= frozenset(segments)
        if self.pending is not None:
            self.pending = None if self.meta["everything"] else self.pending.and_of(ids, calm)


def head_of(work: Work) -> Head | None:
    """The head of a joint transaction, read where it was not; None in any other. Raises ``StoreError``."""
    if work.ahead is None:
        return None
    return work.ahead.get(Head) or work.ahead.put(_looked(work))


def _looked(work: Work) -> Head:
    found = work.one(LOOK)
    if found is None:
        raise StoreError(NOT_THERE)
    meta, run, base, segments, pending, decisions = found
    runs = [run_of(*one) for one in (run, base) if one[0] is not None]
    waiting = None if pending is None else pending_of(pending)
    return Head(Meta(meta), {one.number: one for one in runs}, frozenset(segments), waiting, decisions)
