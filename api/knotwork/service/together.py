"""Journeys and graphs of several customers at once: the stores are asked as often as for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from knotwork.service.edges import edges_told
from knotwork.service.obeyed import guesses_told, links_told, obeyed, words_told
from knotwork_graph.model import (
    ClusterView,
    EdgeView,
    IdentifierView,
    JourneyEvent,
    customer_id,
    customer_number,
    to_micros,
)
from knotwork_graph.policy import Policy
from knotwork_resolvers.journeys import (
    JourneyReader,
    Reading,
    customer_then,
    edges_of_several,
    journey_of,
    journeys_of,
)
from knotwork_resolvers.journeys.reading import TEXTS
from knotwork_resolvers.journeys.then import Then

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.proposals import Matched
    from knotwork_resolvers.home import Home

Held = Mapping[int, tuple[IdentifierView, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody has looked up of customers a moment ago: what they ``held``, by ids, and their ``events``.

    The events are by numbers, and are there only where somebody is to ask for journeys, which show these ``texts``.
    """

    held: dict[str, tuple[IdentifierView, ...]] = field(default_factory=dict)
    events: dict[int, pa.Table] = field(default_factory=dict)
    texts: frozenset[str] = frozenset(TEXTS)


class TogetherService:
    """Answers about several customers from the current run; safe to call from several threads.

    Who knows something of them already gives it as ``known``, which saves asking for it again.
    """

    def __init__(self, home: Home, policy: Policy, reader: JourneyReader) -> None:
        self._store, self._matches, self._policy, self._reader = home.store, home.matches, policy, reader

    def clusters(
        self, ids: Sequence[str], known: Known | None = None, as_of: datetime | None = None
    ) -> dict[str, ClusterView]:
        """The graphs of several customers by their ids, at the statements of one, but for the sources of edges.

        Those that hold nothing are left out. With ``as_of`` they are counted from the customers' own events up to then,
        by the rules of today.
        """
        held = self._living(ids, known)
        if as_of is not None:
            return {
                customer_id(number): self._graph_then(number, then, as_of) for number, then in self._then(held, as_of)
            }
        return {view.customer: view for view in self.graphs(held, edges_of_several(held, self._store))}

    def graphs(self, held: Held, edges: Mapping[int, Iterable[EdgeView]]) -> Iterator[ClusterView]:
        """The graph of each customer, with what its edges do today and what was decided on them."""
        said, as_of = obeyed(self._store), self._store.state().as_of
        model = None if self._matches is None else self._matches.model()
        guesses = () if model is None else self.guesses(one for own in held.values() for one in own)
        for number, own in held.items():
            links = links_told(edges_told(edges.get(number, ()), own, self._policy, as_of), own, said)
            if model is not None:
                links = guesses_told(links, guesses, own, model.at)
            yield ClusterView(customer_id(number), words_told(strongest_first(own, self._policy), said), links)

    def journeys(
        self,
        ids: Sequence[str],
        as_of: datetime | None = None,
        last: int | None = None,
        known: Known | None = None,
        *,
        brief: bool = False,
    ) -> dict[str, tuple[JourneyEvent, ...]]:
        """The journeys of several customers by their ids, as one alone has it, at the statements of one.

        Those that hold nothing are left out. ``brief`` leaves out since which run each carrier belongs to the customer.
        """
        held = self._living(ids, known)
        if as_of is not None:
            made = self._journeys_then(held, as_of, last)
        else:
            before = known or Known()
            rows = self._reader.newest(list(held), last, before.events, before.texts)
            made = journeys_of(rows, held, self._store, self._policy, brief=brief)
        return {customer_id(number): journey for number, journey in made.items()}

    def guesses(self, held: Iterable[IdentifierView]) -> tuple[Matched, ...]:
        """The joined pairs of some identifiers."""
        return () if self._matches is None else self._matches.among([one.key for one in held])

    def _living(self, ids: Sequence[str], known: Known | None) -> Held:
        """What each of some customers holds, by number; those that hold nothing are left out."""
        before = {} if known is None else known.held
        numbers = {number: one for one in ids if (number := customer_number(one)) is not None}
        wanting = [number for number, one in numbers.items() if one not in before]
        found = self._store.members_of(wanting) if wanting else {}
        held = {number: before.get(one) or found.get(number, ()) for number, one in numbers.items()}
        return {number: own for number, own in held.items() if own}

    def _journeys_then(self, held: Held, as_of: datetime, last: int | None) -> dict[int, tuple[JourneyEvent, ...]]:
        edges, made = edges_of_several(held, self._store), {}
        for number, then in self._then(held, as_of):
            seen = [edge for edge in edges.get(number, ()) if edge.first_seen <= as_of]
            journey = journey_of(then.rows, seen, Reading(then.rows, self._policy))
            made[number] = journey if last is None else journey[len(journey) - min(last, len(journey)) :]
        return made

    def _then(self, held: Held, as_of: datetime) -> Iterator[tuple[int, Then]]:
        """Who each customer was."""
        rows, said = self._reader.several(list(held), until=to_micros(as_of), raw=True), obeyed(self._store)
        guesses = self.guesses(one for own in held.values() for one in own)
        for number, own in rows.items():
            keys = {one.key for one in held[number]}
            guessed = tuple(one for one in guesses if keys & {one.a, one.b})
            yield number, customer_then(own, self._policy, as_of, None, said, guessed)

    def _graph_then(self, number: int, then: Then, as_of: datetime) -> ClusterView:
        own, said = then.identifiers, obeyed(self._store)
        links = links_told(edges_told(then.edges, own, self._policy, to_micros(as_of)), own, said)
        return ClusterView(customer_id(number), words_told(strongest_first(own, self._policy), said), links)


def strongest_first(held: Iterable[IdentifierView], policy: Policy) -> tuple[IdentifierView, ...]:
    """The identifiers by the priority of their types, then by type and value."""
    return tuple(sorted(held, key=lambda one: (policy.rule(one.type).priority, one.type, one.value)))
