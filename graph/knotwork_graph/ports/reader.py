"""Reading what the current run says."""

from __future__ import annotations

from collections.abc import Sequence
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
)
from knotwork_graph.ports.past import PastReader
from knotwork_graph.ports.values import GraphCounts, Memberships, Projected, Standing, Stood, StoreState, Surroundings

if TYPE_CHECKING:
    from knotwork_graph.ports.values import Ints


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

    def stood(self, ids: Ints, run: int) -> Stood:
        """What ``ids`` (ascending, all of them known) say of events in ``run``, by id; one look-up."""

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

    def member_parts(self) -> Any:
        """The same as an Arrow stream, whose parts are read as they are asked for; writers do not wait for it."""

    def owner_parts(self) -> Any:
        """The ``customer`` of each identifier that has one in the current run, as such a stream."""

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

    def customers_before(self, before: int, last: int) -> tuple[int, ...]:
        """The numbers of the ``last`` customers below ``before`` in the current run, ascending."""

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

    def decision_count(self) -> int:
        """How many records of decisions there are."""

    def decision(self, number: int) -> Recorded | None:
        """One record, with what undid it; None where there is none of this number."""

    def decisions_on(self, keys: Sequence[str]) -> tuple[Recorded, ...]:
        """The decisions in force that speak of one of ``keys``, by number; look-ups, however many others there are."""
