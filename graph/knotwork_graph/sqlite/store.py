"""``SqliteGraphStore``: the graph store's port on one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import time_ns
from typing import TYPE_CHECKING

from knotwork_graph.model import (
    EdgeArrays,
    EdgeView,
    GraphArrays,
    Identifier,
    IdentifierArrays,
    IdentifierView,
    Recorded,
    Run,
)
from knotwork_graph.model.arrays import EDGE_COLUMNS, places
from knotwork_graph.ports import (
    ERASED,
    GraphCounts,
    Increment,
    Memberships,
    PastChange,
    Projected,
    Publications,
    Redirected,
    StagedRun,
    Standing,
    Stood,
    StoreState,
    Surroundings,
)
from knotwork_graph.sqlite import decisions, history, locks, looking, parts, scoped, surroundings, tables
from knotwork_graph.sqlite.connection import Bulk, Lookup, prepare
from knotwork_graph.sqlite.forgetting import forget_unseen
from knotwork_graph.sqlite.held import Held
from knotwork_graph.sqlite.pending import Pending
from knotwork_graph.sqlite.singles import Singles
from knotwork_graph.sqlite.staging import hold_run, publish_run, stage_published, stage_run

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints


class SqliteGraphStore:
    """The identity graph in ``folder/graph.db``. Look-ups may come from several threads; they take turns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "graph.db"
        self._turn = RLock()
        self._decided = decisions.Kept()
        self._pending = Pending(lambda: self._bulk)
        self._singles = Singles(lambda: self._lookup, lambda: self._bulk.held)
        self._held = Held(lambda: self._bulk, self._pending)
        prepare(self._path)

    @cached_property
    def _bulk(self) -> Bulk:
        return Bulk(self._path)

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self._path)

    def close(self) -> None:
        """Give back the file; the store can not be used after."""
        for name in ("_bulk", "_lookup"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    # --- reading one thing

    def state(self) -> StoreState:
        """The pointer and the counters."""
        with self._turn:
            return self._singles.state()

    def find(self, identifier: Identifier) -> IdentifierView | None:
        """One identifier as the current run sees it, or None where it was never seen."""
        found = self._find(identifier)
        return None if found is None else found[0]

    def customer_of(self, identifier: Identifier) -> int:
        """The number of the customer that holds it, 0 for none."""
        found = self._find(identifier)
        return 0 if found is None else found[1]

    def _find(self, identifier: Identifier) -> tuple[IdentifierView, int] | None:
        with self._turn:
            return looking.find(self._lookup, identifier.type, identifier.value, self.state().current)

    def members(self, customer: int) -> tuple[IdentifierView, ...]:
        """The identifiers of a customer, by (type, value)."""
        return self.members_of([customer]).get(customer, ())

    def members_of(self, customers: Sequence[int]) -> dict[int, tuple[IdentifierView, ...]]:
        """The identifiers of each of ``customers`` that has any."""
        with self._turn:
            return looking.members(self._lookup, customers, self.state().current)

    def customers(self, after: int, first: int) -> tuple[int, ...]:
        """The numbers of the next ``first`` customers above ``after``, ascending."""
        with self._turn:
            return looking.customers(self._lookup, after, first, self.state().current)

    def customers_before(self, before: int, last: int) -> tuple[int, ...]:
        """The numbers of the ``last`` customers below ``before``, ascending."""
        with self._turn:
            return looking.customers_before(self._lookup, before, last, self.state().current)

    def edges_of(self, customer: int) -> tuple[EdgeView, ...]:
        """The edges that touch a customer's identifiers, by their keys."""
        with self._turn:
            return looking.edges(self._lookup, customer, self.state().current)

    def standing(self, identifier: Identifier) -> Standing | None:
        """Where one identifier stands, or None where it was never seen."""
        with self._turn:
            return surroundings.standing(self._lookup, identifier, self.state().current)

    def around_customer(self, customer: int, most: int) -> Surroundings:
        """At most ``most`` of the edges that touch a customer's identifiers, with both ends."""
        with self._turn:
            return surroundings.around_customer(self._lookup, customer, most, self.state().current)

    def around_identifiers(self, ids: Sequence[int], most: int) -> Surroundings:
        """At most ``most`` of the edges that touch each of some identifiers, with both ends."""
        with self._turn:
            return surroundings.around_identifiers(self._lookup, ids, most, self.state().current)

    def heirs(self, customer: int) -> tuple[int, ...] | None:
        """Where a retired customer's identifiers went; None where no redirect stands."""
        with self._turn:
            return looking.heirs(self._lookup, customer, self.state().current)

    def counts(self) -> GraphCounts:
        """Identifiers by type, and edges."""
        with self._turn:
            return looking.counts(self._lookup)

    def sources(self) -> tuple[str, ...]:
        """The names of all sources that were seen, sorted."""
        with self._turn:
            return looking.sources(self._lookup)

    def run(self, number: int) -> Run | None:
        """One run, or None where there is none of this number."""
        with self._turn:
            return self._singles.run(number)

    def runs(self) -> tuple[Run, ...]:
        """All runs, newest first."""
        with self._turn:
            return looking.runs(self._lookup)

    def decisions(self) -> tuple[Recorded, ...]:
        """All records of decisions, by number."""
        with self._turn:
            return self._decided.all(self._lookup, self._singles.decision_count())

    def decision_count(self) -> int:
        """How many records of decisions there are."""
        with self._turn:
            return self._singles.decision_count()

    def decision(self, number: int) -> Recorded | None:
        """One record of a decision, or None."""
        with self._turn:
            return decisions.decision(self._lookup, number)

    def decisions_on(self, keys: Sequence[str]) -> tuple[Recorded, ...]:
        """The decisions in force that speak of one of ``keys``."""
        with self._turn:
            return decisions.decisions_on(self._lookup, keys)

    # --- what was known then

    def run_at(self, moment: int) -> int:
        """The run that readers saw at a moment, 0 where nothing was published yet."""
        with self._turn:
            return history.run_at(self._lookup, moment)

    def publications(self) -> Publications:
        """Every move of the pointer, in order."""
        with self._turn:
            return history.publications(self._lookup)

    def history(self, identifier: Identifier) -> Memberships:
        """Every membership there ever was of one identifier."""
        with self._turn:
            return history.history(self._lookup, identifier)

    def held(self, customer: int) -> Memberships:
        """Every membership of all identifiers that a customer ever held."""
        with self._turn:
            return history.held(self._lookup, customer)

    def keys_of(self, ids: Sequence[int]) -> dict[int, str]:
        """The key of each of some identifiers."""
        with self._turn:
            return history.keys_of(self._lookup, ids)

    def changes_of(self, pairs: Sequence[tuple[int, int]]) -> tuple[PastChange, ...]:
        """The changes of some customers in some runs."""
        with self._turn:
            return history.changes_of(self._lookup, pairs)

    def redirects_of(self, customer: int) -> tuple[Redirected, ...]:
        """Where a customer's id ever led."""
        with self._turn:
            return history.redirects_of(self._lookup, customer)

    def memberships_between(self, after: int, upto: int) -> Memberships:
        """What readers of the runs from ``after`` to ``upto`` see of the identifiers that changed on the way."""
        return tables.membership_arrays(scoped.memberships_between(self._bulk, after, upto))

    def living_in(self, customers: Ints, run: int) -> Ints:
        """Those of the customer numbers that hold an identifier for a reader of ``run``, ascending."""
        return scoped.living_in(self._bulk, customers, run)

    # --- reading everything

    def projected(self) -> Projected:
        """Which facts the graph holds, and under which reading."""
        return self._held.projected()

    def graph(self) -> GraphArrays:
        """All identifiers and edges; about a second for each two million rows."""
        identifiers = scoped.identifier_arrays(self._bulk)
        edges = scoped.edge_arrays(self._bulk.fetch(f"SELECT {', '.join(EDGE_COLUMNS)} FROM edges"))
        a, b = places(identifiers.ids, edges.a), places(identifiers.ids, edges.b)
        return GraphArrays(identifiers, replace(edges, a=a, b=b))

    def trait_counts(self, ids: Ints) -> dict[str, Ints]:
        """For each trait, the number of distinct values on each of the identifiers ``ids`` (ascending)."""
        return scoped.trait_counts(self._bulk, ids)

    def memberships(self, ids: Ints | None = None) -> Memberships:
        """All memberships of all runs, of some identifiers or of all, by (identifier, from_run)."""
        rows = self._bulk.fetch(tables.MEMBERSHIPS) if ids is None else scoped.memberships_of(self._bulk, ids)
        return tables.membership_arrays(rows)

    # --- reading around some identifiers

    def identifiers_of(self, ids: Ints) -> IdentifierArrays:
        """The identifiers with these ids, by id."""
        return scoped.identifier_arrays(self._bulk, ids)

    def edges_of_ids(self, ids: Ints) -> EdgeArrays:
        """All edges that touch one of ``ids``, each once; their ends are ids."""
        return scoped.edges_of_ids(self._bulk, ids)

    def edges_last_seen(self, after: int, until: int) -> EdgeArrays:
        """The edges last seen within the span; their ends are ids."""
        return scoped.edges_last_seen(self._bulk, after, until)

    def together_with(self, ids: Ints) -> Ints:
        """``ids``, and all who are in a customer with one of them, ascending."""
        return scoped.together_with(self._bulk, ids)

    def living(self, customers: Ints) -> Ints:
        """Those of the customer numbers that hold an identifier, ascending."""
        return scoped.living(self._bulk, customers)

    def ids_of(self, identifiers: Sequence[Identifier]) -> dict[str, int]:
        """The ids of those identifiers that were ever seen, by key."""
        return scoped.ids_of(self._bulk, identifiers)

    def stood(self, ids: Ints, run: int) -> Stood:
        """What each of ``ids`` (ascending, all known) says of events in a run, a row each."""
        return scoped.stood(self._bulk, ids, run)

    def severed_of(self, ids: Ints) -> pa.Table:
        """The edges at ``ids`` that the current run cut, by both ends."""
        return scoped.severed_of(self._bulk, ids)

    def largest(self, but: Ints) -> int:
        """How many identifiers the largest customer holds, some left out; reads all memberships."""
        return scoped.largest(self._bulk, but)

    def sizes(self) -> tuple[int, int]:
        """How many identifiers were ever seen, and how many edges there are."""
        return self._held.sizes()

    def pending(self, *, ages: bool = True) -> Ints | None:
        """The identifiers that a run has to look at, for they were touched since the last one; None for all."""
        return self._pending(ages=ages)

    def changed_since(self, run: int) -> Ints:
        """The identifiers that a later run gave another customer, status or severed edge, ascending."""
        return scoped.changed_since(self._bulk, run)

    # --- reading whole tables

    def member_rows(self) -> pa.Table:
        """All identifiers of the current run with their customers, statuses and reasons."""
        return self._bulk.fetch(tables.MEMBERS, (self.state().current,))

    def member_parts(self) -> pa.RecordBatchReader:
        """The same a part at a time, as they are now."""
        return parts.member_parts(self._path, self.state().current)

    def owner_parts(self) -> pa.RecordBatchReader:
        """The customer of each identifier that has one, a part at a time."""
        return parts.owner_parts(self._path, self.state().current)

    def severed_rows(self) -> pa.Table:
        """All edges that the current run cut, as pairs of keys with rule and detail."""
        return self._bulk.fetch(tables.SEVERED, (self.state().current,))

    def change_rows(self) -> pa.Table:
        """All changes of published runs."""
        return self._bulk.fetch(tables.CHANGES)

    # --- writing

    def at_once(self) -> AbstractContextManager[None]:
        """What is written inside is one transaction; look-ups of single things inside see what was before."""
        return self._bulk.transaction()

    def project(self, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
        """Apply an increment and remember its segments; ``before_commit`` is given the ids of its identifiers."""
        with self._bulk.transaction():
            before_commit(self._held.project(increment))

    def clear_projection(self, reading: str) -> None:
        """Forget all edges and sightings, to be projected anew under ``reading``; ids stay."""
        with self._bulk.transaction():
            self._held.forget()
            for table in ("edges", "traits", "segments"):
                self._bulk.labour(f"DELETE FROM {table}")
            self._bulk.labour("UPDATE identifiers SET events = 0")
            self._bulk.execute("UPDATE meta SET value = ? WHERE name = 'reading'", (reading,))
            self._bulk.execute("UPDATE meta SET value = '0' WHERE name IN ('upto', 'edges')")
            self._pending.add_everything()

    def forget_unseen(self) -> None:
        """Take the value out of every identifier that no event bears."""
        forget_unseen(self._bulk, ERASED)
        self._decided.forget()

    def settle(self, least: int = 0) -> None:
        """Nothing is pending any more, if it is so many at least; where it is fewer, nothing is written."""
        self._pending.settle(least)

    def stage(self, staged: StagedRun) -> None:
        """Keep a run that no reader sees yet."""
        with self._bulk.transaction():
            stage_run(self._bulk, staged)

    def publish(self, run: int) -> None:
        """Let readers see ``run``. Raises ``UnknownRunError``."""
        with self._bulk.transaction():
            publish_run(self._bulk, run, time_ns() // 1000)
            self._pending.forget()

    def stage_and_publish(self, staged: StagedRun) -> None:
        """Keep a run that readers see at once."""
        with self._bulk.transaction():
            stage_published(self._bulk, staged, time_ns() // 1000)
            self._pending.settle()

    def hold(self, run: Run, policy: str) -> None:
        """Keep a run that may not be published, as its row alone. Raises ``StoreError`` for a number there is."""
        with self._bulk.transaction():
            hold_run(self._bulk, run, policy)

    def hold_lock(self, name: str, owner: str, seconds: float) -> str:
        """Who holds the lock now. On a connection of its own: another thread may be amid a transaction."""
        bulk = Bulk(self._path)
        try:
            return locks.hold(bulk, name, owner, seconds)
        finally:
            bulk.close()

    def release_lock(self, name: str, owner: str) -> None:
        """Let others have the lock, where ``owner`` holds it."""
        bulk = Bulk(self._path)
        try:
            locks.release(bulk, name, owner)
        finally:
            bulk.close()

    def add_decisions(self, records: Sequence[Recorded]) -> None:
        """Keep records of decisions that are not kept yet. Raises ``StoreError`` for a number that is another's."""
        if records:
            with self._bulk.transaction():
                decisions.add_decisions(self._bulk, records)
