"""``Neo4jGraphStore``: the graph store's port on a Neo4j server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
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
from knotwork_graph.model.arrays import places
from knotwork_graph.neo4j import decisions, history, locks, looking, parts, rows, scoped, surroundings, whole
from knotwork_graph.neo4j.address import Address
from knotwork_graph.neo4j.clearing import clear
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.forgetting import forget_unseen
from knotwork_graph.neo4j.publishing import publish_run, settle
from knotwork_graph.neo4j.schema import index_last_seen, prepare
from knotwork_graph.neo4j.staging import hold_run
from knotwork_graph.neo4j.taking import take
from knotwork_graph.neo4j.work import Work
from knotwork_graph.neo4j.writing import project, projected, stage, take_out_leftovers
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

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints


class Neo4jGraphStore:
    """The identity graph on a Neo4j server. Look-ups may come from several threads, side by side."""

    def __init__(self, address: Address) -> None:
        self._server = Server(address)
        self._indexed = False
        self._decided = decisions.Kept()
        try:
            prepare(self._server)
        except BaseException:  # whatever it was goes on up
            self._server.close()
            raise

    def close(self) -> None:
        """Give back the connections; the store can not be used after."""
        self._server.close()

    # --- reading one thing

    def state(self) -> StoreState:
        """The pointer and the counters."""
        return self._server.look(looking.state)

    def find(self, identifier: Identifier) -> IdentifierView | None:
        """One identifier as the current run sees it, or None where it was never seen."""
        found = looking.find(self._server, identifier)
        return None if found is None else found[0]

    def customer_of(self, identifier: Identifier) -> int:
        """The number of the customer that holds it, 0 for none."""
        found = looking.find(self._server, identifier)
        return 0 if found is None else found[1]

    def members(self, customer: int) -> tuple[IdentifierView, ...]:
        """The identifiers of a customer, by (type, value)."""
        return self.members_of([customer]).get(customer, ())

    def members_of(self, customers: Sequence[int]) -> dict[int, tuple[IdentifierView, ...]]:
        """The identifiers of each of ``customers`` that has any."""
        return looking.members(self._server, customers)

    def customers(self, after: int, first: int) -> tuple[int, ...]:
        """The numbers of the next ``first`` customers above ``after``, ascending."""
        return looking.customers(self._server, after, first)

    def customers_before(self, before: int, last: int) -> tuple[int, ...]:
        """The numbers of the ``last`` customers below ``before``, ascending."""
        return looking.customers_before(self._server, before, last)

    def edges_of(self, customer: int) -> tuple[EdgeView, ...]:
        """The edges that touch a customer's identifiers, by their keys."""
        return looking.edges(self._server, customer)

    def standing(self, identifier: Identifier) -> Standing | None:
        """Where one identifier stands, or None where it was never seen."""
        return surroundings.standing(self._server, identifier)

    def around_customer(self, customer: int, most: int) -> Surroundings:
        """At most ``most`` of the edges that touch a customer's identifiers, with both ends."""
        return surroundings.around_customer(self._server, customer, most)

    def around_identifiers(self, ids: Sequence[int], most: int) -> Surroundings:
        """At most ``most`` of the edges that touch each of some identifiers, with both ends."""
        return surroundings.around_identifiers(self._server, ids, most)

    def heirs(self, customer: int) -> tuple[int, ...] | None:
        """Where a retired customer's identifiers went; None where no redirect stands."""
        return looking.heirs(self._server, customer)

    def counts(self) -> GraphCounts:
        """Identifiers by type, and edges."""
        return looking.counts(self._server)

    def sources(self) -> tuple[str, ...]:
        """The names of all sources that were seen, sorted."""
        return looking.sources(self._server)

    def run(self, number: int) -> Run | None:
        """One run, or None where there is none."""
        return self._server.look(lambda work: looking.run(work, number))

    def runs(self) -> tuple[Run, ...]:
        """All runs, newest first."""
        return looking.runs(self._server)

    def decisions(self) -> tuple[Recorded, ...]:
        """All records of decisions, by number."""
        return self._server.look(self._decided.all)

    def decision_count(self) -> int:
        """How many records of decisions there are."""
        return decisions.decision_count(self._server)

    def decision(self, number: int) -> Recorded | None:
        """One record of a decision, or None."""
        return decisions.decision(self._server, number)

    def decisions_on(self, keys: Sequence[str]) -> tuple[Recorded, ...]:
        """The decisions in force that speak of one of ``keys``."""
        return decisions.decisions_on(self._server, keys)

    # --- reading the past

    def run_at(self, moment: int) -> int:
        """The run that readers saw at a moment (microseconds), 0 for none."""
        return history.run_at(self._server, moment)

    def publications(self) -> Publications:
        """Every move of the pointer, in order."""
        return history.publications(self._server)

    def history(self, identifier: Identifier) -> Memberships:
        """Every membership of one identifier, by run."""
        return history.history(self._server, identifier)

    def held(self, customer: int) -> Memberships:
        """Every membership of all identifiers that a customer ever held."""
        return history.held(self._server, customer)

    def keys_of(self, ids: Sequence[int]) -> dict[int, str]:
        """The keys of some identifiers (store ids)."""
        return history.keys_of(self._server, ids)

    def changes_of(self, pairs: Sequence[tuple[int, int]]) -> tuple[PastChange, ...]:
        """The changes of some customers in some runs, by run."""
        return history.changes_of(self._server, pairs)

    def redirects_of(self, customer: int) -> tuple[Redirected, ...]:
        """Where a customer's id ever led, by run."""
        return history.redirects_of(self._server, customer)

    def memberships_between(self, after: int, upto: int) -> Memberships:
        """What readers of the runs from ``after`` to ``upto`` see of the identifiers that changed on the way."""
        return self._server.read(lambda work: scoped.memberships_between(work, after, upto))

    def living_in(self, customers: Ints, run: int) -> Ints:
        """Those of the customer numbers that hold an identifier for a reader of ``run``, ascending."""
        return self._server.look(lambda work: scoped.living_in(work, customers, run))

    # --- reading everything

    def projected(self) -> Projected:
        """Which facts the graph holds, and under which reading; nothing, under none, where a writer died amid it."""
        return self._server.look(projected)

    def graph(self) -> GraphArrays:
        """All identifiers and edges; about two seconds for a million rows."""
        identifiers, edges = whole.all_identifiers(self._server), whole.all_edges(self._server)
        # a writer may have added both while we read: what came after the identifiers is left for another time
        edges = edges.take(edges.b <= identifiers.ids.max(initial=0))
        a, b = places(identifiers.ids, edges.a), places(identifiers.ids, edges.b)
        return GraphArrays(identifiers, replace(edges, a=a, b=b))

    def trait_counts(self, ids: Ints) -> dict[str, Ints]:
        """For each trait, the number of distinct values on each of the identifiers ``ids`` (ascending)."""
        return scoped.trait_counts(self._server, ids)

    def memberships(self, ids: Ints | None = None) -> Memberships:
        """All memberships of all runs, of some identifiers or of all, by (identifier, from_run)."""
        if ids is None:
            return whole.all_memberships(self._server)
        return self._server.look(lambda work: scoped.memberships_of(work, ids))

    # --- reading around some identifiers

    def identifiers_of(self, ids: Ints) -> IdentifierArrays:
        """The identifiers with these ids, by id."""
        return self._server.look(lambda work: scoped.identifiers_of(work, ids))

    def edges_of_ids(self, ids: Ints) -> EdgeArrays:
        """All edges that touch one of ``ids``, each once; their ends are ids."""
        return self._server.look(lambda work: scoped.edges_of_ids(work, ids))

    def edges_last_seen(self, after: int, until: int) -> EdgeArrays:
        """The edges last seen within the span; the index that finds them is made when it is first asked for."""
        self._indexed = self._indexed or index_last_seen(self._server)
        return self._server.look(lambda work: scoped.edges_last_seen(work, after, until))

    def together_with(self, ids: Ints) -> Ints:
        """``ids``, and all who are in a customer with one of them, ascending."""
        return self._server.look(lambda work: scoped.together_with(work, ids))

    def living(self, customers: Ints) -> Ints:
        """Those of the customer numbers that hold an identifier, ascending."""
        return self._server.look(lambda work: scoped.living(work, customers))

    def ids_of(self, identifiers: Sequence[Identifier]) -> dict[str, int]:
        """The ids of those identifiers that were ever seen, by key."""
        return scoped.ids_of(self._server, identifiers)

    def severed_of(self, ids: Ints) -> pa.Table:
        """The edges at ``ids`` that the current run cut, by both ends."""
        return self._server.look(lambda work: scoped.severed_of(work, ids))

    def stood(self, ids: Ints, run: int) -> Stood:
        """What the identifiers ``ids`` (ascending) said of events in ``run``."""
        known = self._server.standing.of(ids, run)
        return self._server.look(lambda work: scoped.stood(work, ids, run)) if known is None else known

    def largest(self, but: Ints) -> int:
        """How many identifiers the largest customer holds, some left out; reads all memberships."""
        return self._server.read(lambda work: scoped.largest(work, but))

    def sizes(self) -> tuple[int, int]:
        """How many identifiers were ever seen, and how many edges there are."""
        return self._server.look(scoped.sizes)

    def pending(self, *, ages: bool = True) -> Ints | None:
        """The identifiers that were touched since the last run looked; None for all.

        Without ``ages`` those are left out that were only seen again, in customers without a severed edge.
        """
        return self._server.look(lambda work: scoped.pending(work, ages=ages))

    def changed_since(self, run: int) -> Ints:
        """The identifiers that a later run gave another customer, status or severed edge, ascending."""
        return self._server.look(lambda work: scoped.changed_since(work, run))

    # --- reading whole tables

    def member_rows(self) -> pa.Table:
        """All identifiers of the current run with their customers, statuses and reasons."""
        return self._server.read(whole.member_rows)

    def member_parts(self) -> pa.RecordBatchReader:
        """The same a part at a time."""
        return parts.member_parts(self._server)

    def owner_parts(self) -> pa.RecordBatchReader:
        """The customer of each identifier that has one, a part at a time."""
        return parts.owner_parts(self._server)

    def severed_rows(self) -> pa.Table:
        """All edges that the current run cut, as pairs of keys with rule and detail."""
        return self._server.read(rows.severed_rows)

    def change_rows(self) -> pa.Table:
        """All changes of published runs."""
        return self._server.read(rows.change_rows)

    # --- writing

    def at_once(self) -> AbstractContextManager[None]:
        """What is read and written inside is one transaction, which sees what it has written; what fails, fails whole.

        A run or an increment that is too large for one transaction is written in parts, and parts it.
        """
        return self._server.at_once()

    def project(self, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
        """Apply an increment and remember its segments; ``before_commit`` is given the ids of its identifiers."""
        project(self._server, increment, before_commit)

    def clear_projection(self, reading: str) -> None:
        """Forget all edges and sightings, to be projected anew under ``reading``; ids stay."""
        clear(self._server, reading)

    def forget_unseen(self) -> None:
        """Take the value out of every identifier that no event bears."""
        forget_unseen(self._server, ERASED)

    def settle(self, least: int = 0) -> None:
        """Nothing is pending any more, if it is so many at ``least``."""
        if least and (found := self.pending()) is not None and len(found) < least:
            return
        self._server.write(lambda work: settle(work, take(work)))

    def stage(self, staged: StagedRun) -> None:
        """Keep a run that no reader sees yet."""
        stage(self._server, staged)

    def publish(self, run: int) -> None:
        """Let readers see ``run``. Raises ``UnknownRunError``."""
        self._server.write(lambda work: publish_run(work, take(work), run, datetime.now(UTC)))

    def stage_and_publish(self, staged: StagedRun) -> None:
        """Keep a run that readers see at once."""
        stage(self._server, staged, publish=True)
        self._server.standing.follow(staged)

    def hold(self, run: Run, policy: str) -> None:
        """Keep a run that may not be published, as its node alone. Raises ``StoreError`` for a number there is."""

        take_out_leftovers(self._server)

        def keep(work: Work) -> None:
            hold_run(work, take(work), run, policy)

        self._server.write(keep)

    def hold_lock(self, name: str, owner: str, seconds: float) -> str:
        """Who holds the lock now, on any host."""
        return self._server.write(lambda work: locks.hold(work, name, owner, seconds))

    def release_lock(self, name: str, owner: str) -> None:
        """Let others have the lock, where ``owner`` holds it."""
        self._server.write(lambda work: locks.release(work, name, owner))

    def add_decisions(self, records: Sequence[Recorded]) -> None:
        """Keep records of decisions that are not kept yet. Raises ``StoreError`` for a number that is another's."""

        def add(work: Work) -> None:
            take(work)
            decisions.add_decisions(work, records)

        if records:
            self._server.write(add)
