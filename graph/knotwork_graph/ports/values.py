"""The values that pass through a graph store's verbs. Times are microseconds since 1970 in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import EdgeArrays, Run, Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

OPEN = 0
"""The ``to_run`` of a row that no later run has ended."""


ERASED = "#erased-"
"""What stands, before the store's id, where the value of an identifier stood that no event bears any more."""


@dataclass(frozen=True, slots=True)
class Projected:
    """Which facts the edges hold, and under which reading of identifiers (its fingerprint).

    ``segments`` by number; ``upto``: of the events that came singly, those with ids up to this one.
    """

    reading: str
    segments: frozenset[int]
    upto: int = 0

    def holds(self, number: int, last_event: int) -> bool:
        """Whether a segment is in the edges: as itself, or because all its events came singly before."""
        return number in self.segments or last_event <= self.upto


@dataclass(frozen=True, slots=True)
class Increment:
    """What some segments, or events that came singly up to the id ``upto``, add to the graph, applied exactly once.

    ``identifiers``: an Arrow table ``type, value, status (int8), reason, events, first_seen, last_seen``, one row for
    each (type, value), sorted by both. ``edges`` name identifiers by their row there; ``sources``: for each edge a mask
    of source codes. ``traits``: an Arrow table ``identifier (row), trait, value_hash`` of distinct rows.
    """

    segments: tuple[int, ...]
    identifiers: Any
    edges: EdgeArrays
    sources: Ints
    source_names: tuple[str, ...]
    traits: Any
    upto: int = 0


@dataclass(frozen=True, slots=True)
class Memberships:
    """Memberships, a row each, by (identifier, from_run): ids, runs, customer numbers, statuses.

    ``to_run`` is ``OPEN`` for rows that hold on. ``reason`` is an Arrow string array.
    """

    identifier: Ints
    from_run: Ints
    to_run: Ints
    customer: Ints
    status: NDArray[np.int8]
    reason: Any

    def seen_by(self, run: int) -> NDArray[np.bool_]:
        """Which rows a reader of ``run`` sees."""
        ended = (self.to_run != OPEN) & (self.to_run <= run)
        seen: NDArray[np.bool_] = (self.from_run <= run) & ~ended
        return seen


@dataclass(frozen=True, slots=True)
class StagedRun:
    """A run to be kept: its memberships as a difference to the open rows, and what else it found.

    ``members``: an Arrow table ``identifier, customer, status, reason``: the new open rows, each of which ends the
    open row of its identifier. ``severed``: the whole list, ``a, b, rule, detail`` (ids), of the edges that touch
    ``scope`` (None: of all edges). ``redirects``: rows ``customer, heirs`` (numbers, space-separated). ``revived``:
    customers whose redirect ends. ``changes``: rows ``kind, customer, other, identifiers, cause``.

    A run with a ``scope`` goes on from the one that readers see, and no other has left rows since. ``ended``: those
    identifiers of ``members`` that have an open row; None where it was not looked at.
    """

    run: Run
    policy: str
    next_number: int
    members: Any
    severed: Any
    redirects: Sequence[tuple[int, tuple[int, ...]]]
    revived: Sequence[int]
    changes: Any
    scope: Ints | None = None
    ended: Ints | None = None


@dataclass(frozen=True, slots=True)
class StoreState:
    """The store's few single values: the run readers see (0: none), the last run's number, the next customer number.

    ``as_of`` is the moment, in microseconds, that the current run resolved for; ``base`` the full run whose generation
    it builds on.
    """

    current: int = 0
    last_run: int = 0
    next_number: int = 1
    policy: str = ""
    as_of: int = 0
    base: int = 0


@dataclass(frozen=True, slots=True)
class GraphCounts:
    """How much the store holds now: identifiers by type, edges, customers by size."""

    identifiers: dict[str, int] = field(default_factory=dict)
    edges: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one identifier stands in the current run. ``id`` is the store's own; ``customer`` is 0 for nobody's.

    ``resolved`` is false for one that no run has looked at yet.
    """

    id: int
    key: str
    customer: int
    status: Status
    reason: str
    resolved: bool = True


@dataclass(frozen=True, slots=True)
class Stood:
    """What some identifiers say of events in one run: a row each, by id.

    ``types``: codes into ``type_names``; ``customer`` is 0 for nobody's; ``status`` that of the membership, 1 where it
    has none; ``cut``: whether it is the end of an edge that the run severed.
    """

    types: NDArray[np.int32]
    customer: Ints
    status: NDArray[np.int8]
    cut: NDArray[np.bool_]
    type_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """One edge by the store's ids, with its evidence; ``rule`` and ``detail`` where the current run severed it."""

    a: int
    b: int
    count: int
    vouched: int
    first_seen: int
    last_seen: int
    sources: tuple[str, ...]
    rule: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Some edges and both ends of each, by id. ``whole`` is false where there are more edges than were asked for."""

    ends: dict[int, Standing]
    ties: tuple[Tie, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Publications:
    """When readers were sent to which run, in that order; an older run may come again."""

    at: Ints
    run: Ints


@dataclass(frozen=True, slots=True)
class PastChange:
    """One row of the change feed, as numbers: what became of ``customer`` in ``run``, and why."""

    run: int
    kind: int
    customer: int
    other: int
    identifiers: int
    cause: str


@dataclass(frozen=True, slots=True)
class Redirected:
    """Where the id of a customer led, from the run ``from_run`` until ``to_run`` (``OPEN``: still)."""

    from_run: int
    to_run: int
    heirs: tuple[int, ...]
