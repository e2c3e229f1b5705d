"""What a graph store can do, in domain words, and the values that pass through.

A store keeps identifiers, edges, memberships, runs and redirects. It knows nothing of policies: what links, and what
belongs together, is computed above and handed down as a staged run. Times are microseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from knotwork_graph.model import (
    EdgeArrays,
    EdgeView,
    GraphArrays,
    Identifier,
    IdentifierArrays,
    IdentifierView,
    Recorded,
    Run,
    Status,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

OPEN = 0
"""The ``to_run`` of a row that no later run has ended."""


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


class PastReader(Protocol):
    """What was known then. Nothing is ever taken out of it; each look-up takes an index."""

    def run_at(self, moment: int) -> int:
        """The run that readers saw at a moment (microseconds), 0 where nothing was published yet."""

    def publications(self) -> Publications:
        """Every move of the pointer, in order; O(publications)."""

    def history(self, identifier: Identifier) -> Memberships:
        """Every membership there ever was of one identifier, by ``from_run``; none where it was never seen."""

    def held(self, customer: int) -> Memberships:
        """Every membership of all identifiers that a customer ever held, by (identifier, from_run)."""

    def keys_of(self, ids: Sequence[int]) -> dict[int, str]:
        """The key of each of some identifiers, by the store's id."""

    def changes_of(self, pairs: Sequence[tuple[int, int]]) -> tuple[PastChange, ...]:
        """The changes whose (run, customer) is one of ``pairs``, by run."""

    def redirects_of(self, customer: int) -> tuple[Redirected, ...]:
        """Where a customer's id ever led, by ``from_run``."""

    def memberships_between(self, after: int, upto: int) -> Memberships:
        """What readers of any run from ``after`` to ``upto`` see of the identifiers that changed on the way.

        These are the ones that a run above ``after``, up to ``upto``, wrote a membership of. By (identifier,
        from_run); O(memberships found).
        """

    def living_in(self, customers: Ints, run: int) -> Ints:
        """Those of the customer numbers that hold an identifier for a reader of ``run``, ascending."""


class GraphReader(PastReader, Protocol):
    """Reading what the current run says. Single look-ups take an index; the arrays read everything."""

    def state(self) -> StoreState:
        """The pointer and the counters."""

    def projected(self) -> Projected:
        """Which facts the graph holds."""

    def graph(self) -> GraphArrays:
        """All identifiers and edges; seconds for millions."""

    def trait_counts(self, ids: Ints) -> dict[str, Ints]:
        """For each trait, the number of distinct values on each of the identifiers ``ids`` (ascending)."""

    def memberships(self, ids: Ints | None = None) -> Memberships:
        """All memberships of all runs, of the identifiers ``ids`` or of all."""

    def identifiers_of(self, ids: Ints) -> IdentifierArrays:
        """The identifiers with these ids, by id; ids that were never given out are left out."""

    def edges_of_ids(self, ids: Ints) -> EdgeArrays:
        """All edges that touch one of ``ids``, each once; their ends are ids. O(edges found)."""

    def edges_last_seen(self, after: int, until: int) -> EdgeArrays:
        """The edges with ``after`` < ``last_seen`` <= ``until`` (microseconds); their ends are ids."""

    def together_with(self, ids: Ints) -> Ints:
        """``ids``, and all identifiers that are in a customer with one of them in the current run; ascending."""

    def living(self, customers: Ints) -> Ints:
        """Those of the customer numbers that hold an identifier in the current run, ascending."""

    def ids_of(self, identifiers: Sequence[Identifier]) -> dict[str, int]:
        """The ids of those identifiers that were ever seen, by key."""

    def severed_of(self, ids: Ints) -> Any:
        """The edges at ``ids`` that the current run cut: Arrow ``a, b`` (ids), ``rule, detail``, by both ends."""

    def largest(self, but: Ints) -> int:
        """How many identifiers the largest customer of the current run holds, those numbered in ``but`` left out.

        Reads all memberships.
        """

    def sizes(self) -> tuple[int, int]:
        """How many identifiers were ever seen, and how many edges there are; O(1)."""

    def pending(self, *, ages: bool = True) -> Ints | None:
        """The identifiers that were touched since the last run looked, ascending; None: too many to be told apart.

        Where no edge ``ages``, a store may leave out those that were only seen again as they were known, in customers
        without a severed edge: a run could change nothing there.
        """

    def changed_since(self, run: int) -> Ints:
        """The identifiers that a run after ``run`` gave another customer or status, or a severed edge; ascending."""

    def member_rows(self) -> Any:
        """All identifiers of the current run: Arrow ``customer`` (number), ``type, value, status, reason`` (text)."""

    def severed_rows(self) -> Any:
        """All edges that the current run cut: Arrow ``a, b`` (keys), ``rule, detail``."""

    def change_rows(self) -> Any:
        """All changes of published runs: Arrow ``run, kind`` (code), ``customer, other, identifiers, cause``."""

    def sources(self) -> tuple[str, ...]:
        """The names of all sources that were seen, sorted."""

    def counts(self) -> GraphCounts:
        """How much there is."""

    def find(self, identifier: Identifier) -> IdentifierView | None:
        """One identifier as the current run sees it, or None where it was never seen."""

    def customer_of(self, identifier: Identifier) -> int:
        """The number of the customer that holds it in the current run, 0 for none."""

    def members(self, customer: int) -> tuple[IdentifierView, ...]:
        """The identifiers of a customer in the current run, by (type, value); empty where it has none."""

    def members_of(self, customers: Sequence[int]) -> dict[int, tuple[IdentifierView, ...]]:
        """The same for several customers in one statement."""

    def customers(self, after: int, first: int) -> tuple[int, ...]:
        """The numbers of the next ``first`` customers above ``after`` in the current run, ascending."""

    def edges_of(self, customer: int) -> tuple[EdgeView, ...]:
        """The edges that touch a customer's identifiers; ``kind`` is severed where the current run cut them."""

    def standing(self, identifier: Identifier) -> Standing | None:
        """Where one identifier stands, or None where it was never seen."""

    def around_customer(self, customer: int, most: int) -> Surroundings:
        """At most ``most`` of the edges that touch a customer's identifiers; O(``most``), however large it is."""

    def around_identifiers(self, ids: Sequence[int], most: int) -> Surroundings:
        """At most ``most`` of the edges that touch each of some identifiers (store ids); O(ids x ``most``)."""

    def heirs(self, customer: int) -> tuple[int, ...] | None:
        """Where a retired customer's identifiers went; None where no redirect stands in the current run."""

    def run(self, number: int) -> Run | None:
        """One run, or None where there is none of this number; a look-up."""

    def runs(self) -> tuple[Run, ...]:
        """All runs, newest first."""

    def decisions(self) -> tuple[Recorded, ...]:
        """All records of decisions by number, each with what undid it; ``in_force`` picks those that stand."""


class GraphStore(GraphReader, Protocol):
    """A store that can also be written to. Each verb is one transaction: all of it happens, or nothing."""

    def project(self, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
        """Apply an increment and remember its segments; its identifiers are pending until a run is published.

        ``before_commit`` is given the ids of its identifiers, in their order; if it fails, nothing is applied.
        """

    def clear_projection(self, reading: str) -> None:
        """Forget all edges and sightings (ids stay), to be projected anew under another reading."""

    def settle(self, least: int = 0) -> None:
        """Nothing is pending any more, if it is so many at ``least``: a run looked, and found nothing to change."""

    def stage(self, staged: StagedRun) -> None:
        """Keep a run that no reader sees yet."""

    def publish(self, run: int) -> None:
        """Let readers see ``run``: one move of the pointer. Raises ``UnknownRunError``, for one that was held too."""

    def stage_and_publish(self, staged: StagedRun) -> None:
        """Both at once: readers see the run as soon as it is kept."""

    def hold(self, run: Run, policy: str) -> None:
        """Keep of a run that may not be published its number, counts and the name of its policy, and nothing else.

        Readers and later runs go on as if it had never been; its number is not given out again. Raises ``StoreError``
        where there is such a run.
        """

    def hold_lock(self, name: str, owner: str, seconds: float) -> str:
        """Who holds the lock ``name`` now: ``owner``, for so long, where it was free, theirs, or not renewed in time.

        Else whoever does. Asking again before the time is over renews it; the store's clock counts.
        """

    def release_lock(self, name: str, owner: str) -> None:
        """Let others have the lock, where ``owner`` holds it."""

    def add_decisions(self, records: Sequence[Recorded]) -> None:
        """Keep those of ``records`` that are not kept yet; they stay whatever is projected or run.

        Raises ``StoreError`` where another record bears one of the numbers.
        """

    def close(self) -> None:
        """Give back files and connections."""
