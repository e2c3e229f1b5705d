"""Questions about customers: who holds an identifier, what is known of them, what they did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from knotwork.service.naming import unresolved
from knotwork.service.obeyed import obeyed, words_told
from knotwork.service.together import Known, TogetherService, strongest_first
from knotwork.service.views import CLUSTER_SIZES, Overview
from knotwork_graph.errors import UnknownCustomerError
from knotwork_graph.model import (
    ClusterView,
    CustomerView,
    Heirs,
    Identifier,
    IdentifierView,
    JourneyEvent,
    customer_id,
    customer_number,
    to_micros,
)
from knotwork_graph.policy import Policy, suggestion
from knotwork_resolvers.journeys import (
    Borne,
    JourneyReader,
    Reading,
    customer_then,
    journey_of,
)
from knotwork_resolvers.journeys.reading import columns_with
from knotwork_resolvers.profiles.moment import Moment, moment_of

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.profiles.profile import Profile
    from knotwork_resolvers.profiles.reading import EventFigures

MOST_AT_ONCE = 1000


class CustomerService:
    """Answers about customers from the current run; safe to call from several threads."""

    def __init__(self, home: Home, policy: Policy) -> None:
        from knotwork_resolvers.profiles.reading import ProfileReader

        self._store = home.store
        self._facts = home.facts
        self._policy = policy
        self._reader = JourneyReader(home, policy)
        self.together = TogetherService(home, policy, self._reader)
        self._profiles = ProfileReader(home, policy)

    def close(self) -> None:
        """Give back the reader's connection."""
        self._reader.close()

    def overview(self) -> Overview:
        """The figures of the whole workspace."""
        state, runs = self._store.state(), self._store.runs()
        last = next((run for run in runs if run.number == state.current), None)
        counts = {} if last is None else last.counts
        by_type = self._store.counts().identifiers
        return Overview(
            customers=counts.get("customers", 0),
            identifiers=sum(by_type.values()),
            events=self._facts.event_count(),
            sources=len(self._store.sources()),
            runs=len(runs),
            identifiers_by_type=by_type,
            cluster_sizes={name: counts.get(f"size_{name}", 0) for name in CLUSTER_SIZES},
            last_run=last,
            newest_event=self._facts.newest_timestamp(),
        )

    def customer(self, key_or_id: str) -> CustomerView | Heirs:
        """The customer with this id, or who holds this ``type:value`` (normalised as loading does).

        Its ``profile`` is the whole golden record, which as a mapping holds the surviving values. An id that was split
        gives its heirs. Raises ``UnknownCustomerError``, or ``ValueError`` for what is neither.
        """
        numbers = self._numbers(key_or_id)
        if len(numbers) != 1:
            return Heirs(key_or_id, tuple(customer_id(number) for number in numbers))
        profile = self._profile(numbers[0], moment_of(self._store))
        return CustomerView(
            id=customer_id(numbers[0]),
            identifiers=tuple(one for every in profile.identifiers.values() for one in every),
            profile=profile,
            events=profile.events,
            first_seen=profile.first_seen,
            last_seen=profile.last_seen,
            redirected_from=self._redirected(key_or_id, numbers[0]),
        )

    def profile(self, key_or_id: str, as_of: datetime | None = None) -> Profile:
        """What is known of one customer: at the moment of the current run, or by the events up to ``as_of``.

        Raises ``UnknownCustomerError``, or ``ValueError`` for what is neither an id nor an identifier.
        """
        return self._profile(self._one(key_or_id), moment_of(self._store, as_of))

    def profile_page(self, numbers: Sequence[int], as_of: datetime | None = None) -> tuple[Profile, ...]:
        """The profiles of some customers, by their numbers, at the statements of one."""
        held, said = self._store.members_of(list(dict.fromkeys(numbers))), obeyed(self._store)
        told = {number: self._sorted(words_told(held.get(number, ()), said)) for number in numbers}
        found = self._profiles.several(told, moment_of(self._store, as_of))
        return tuple(found[number] for number in numbers)

    def _profile(self, number: int, moment: Moment) -> Profile:
        held = words_told(self._store.members_of([number]).get(number, ()), obeyed(self._store))
        return self._profiles.profile(number, self._sorted(held), moment)

    def customers(self, first: int, after: str | None) -> tuple[tuple[CustomerView, ...], bool]:
        """The next ``first`` customers by id after the id ``after``, and whether there are more."""
        wanted = max(0, min(first, MOST_AT_ONCE))
        start = 0 if after is None else customer_number(after)
        if start is None:
            raise ValueError(f"{after!r} is no customer id: it looks like {customer_id(1)}")
        found = self._store.customers(start, wanted + 1)
        return self._views(found[:wanted]), len(found) > wanted

    def several(
        self, numbers: Sequence[int], *, figures: bool = True, profile: bool = True, known: Known | None = None
    ) -> tuple[CustomerView, ...]:
        """Those of the customers that live, in the order of ``numbers``, in a bounded number of look-ups.

        Without ``figures`` their events are not read: they have no profile, and neither events nor times; without
        ``profile`` they have these, and nothing of what the events say is read. ``known`` is given what was read.
        """
        views = self._views(list(dict.fromkeys(numbers)), figures=figures, profile=profile, known=known)
        return tuple(view for view in views if view.identifiers)

    def plain(
        self, key_or_id: str, *, figures: bool = True, profile: bool = True, known: Known | None = None
    ) -> CustomerView | Heirs:
        """As ``customer`` has it, with the surviving values alone for a profile; see ``several`` for the others."""
        asked = customer_number(key_or_id)
        shown = partial(self._views, figures=figures, profile=profile, known=known)
        if asked is not None and (living := [view for view in shown([asked]) if view.identifiers]):
            return living[0]
        numbers = self._numbers(key_or_id)
        if len(numbers) != 1:
            return Heirs(key_or_id, tuple(customer_id(number) for number in numbers))
        (found,) = shown(numbers)
        return replace(found, redirected_from=self._redirected(key_or_id, numbers[0]))

    def _redirected(self, key_or_id: str, number: int) -> str:
        """The old id that led to the customer of this number; empty where none did."""
        asked = customer_number(key_or_id)
        return customer_id(asked) if asked not in (None, number) else ""

    def identifier(self, key: str) -> tuple[IdentifierView, str]:
        """One identifier as the current run sees it, and the id of its customer, empty for nobody.

        Raises ``UnknownCustomerError`` for one that was never seen, ``ValueError`` for what is none.
        """
        identifier = self._normal(key)
        found = self._store.find(identifier)
        if found is None:
            raise UnknownCustomerError(self.unseen(identifier))
        owner = self._store.customer_of(identifier)
        return words_told((found,), obeyed(self._store))[0], customer_id(owner) if owner else ""

    def cluster(self, customer: str) -> ClusterView:
        """The identifiers and edges of one customer. Raises ``UnknownCustomerError``."""
        number = self._one(customer)
        held = {number: self._store.members(number)}
        return next(self.together.graphs(held, {number: self._store.edges_of(number)}))

    def journey(
        self, key_or_id: str, as_of: datetime | None = None, last: int | None = None
    ) -> tuple[JourneyEvent, ...]:
        """The events of one customer in order of time, all or the ``last`` so many. Raises ``UnknownCustomerError``.

        With ``as_of`` the customer is who it was then: the part of today's that held the asked identifier, by the
        rules of resolution on the events up to that moment.
        """
        number = self._one(key_or_id)
        edges = self._store.edges_of(number)
        if as_of is None:
            rows = self._reader.events(number, last=last)
            borne = Borne(rows, self._store, self._policy)
            return journey_of(rows, edges, borne, borne.runs(self._store, number))
        rows = self._reader.events(number, until=to_micros(as_of), raw=True)
        asked = None if customer_number(key_or_id) is not None else self._normal(key_or_id).key
        guesses = self.together.guesses(self._store.members(number))
        then = customer_then(rows, self._policy, as_of, asked, obeyed(self._store), guesses).rows
        known = [edge for edge in edges if edge.first_seen <= as_of]
        journey = journey_of(then, known, Reading(then, self._policy))
        return journey if last is None else journey[len(journey) - min(last, len(journey)) :]

    def _numbers(self, key_or_id: str) -> tuple[int, ...]:
        """The customers that an id or an identifier leads to; empty where a retired id has no heir left."""
        number = customer_number(key_or_id)
        if number is not None:
            return self._of_id(number)
        identifier = self._normal(key_or_id)
        owner = self._store.customer_of(identifier) or self._as_it_stands(key_or_id, identifier)
        if owner:
            return (owner,)
        found = self._store.find(identifier)
        if found is None:
            raise UnknownCustomerError(self.unseen(identifier))
        why = f"belongs to no customer: {found.reason}." if found.reason else unresolved(self._store)
        raise UnknownCustomerError(f"this {identifier.type} {why}")

    def _as_it_stands(self, key: str, normal: Identifier) -> int:
        """The customer of the very key, 0 for nobody: the run that readers see may have read values in another way."""
        raw = Identifier.parse(key.strip().encode("utf-8", "replace").decode())
        return 0 if raw == normal else self._store.customer_of(raw)

    def _of_id(self, number: int) -> tuple[int, ...]:
        """The living customers that an id leads to, following redirects."""
        if number >= self._store.state().next_number:
            raise UnknownCustomerError(f"no customer was ever called {customer_id(number)}.")
        if self._store.members(number):
            return (number,)
        found: list[int] = []
        for heir in self._store.heirs(number) or ():
            found += [one for one in self._of_id(heir) if one not in found]
        return tuple(found)

    def number(self, key_or_id: str) -> int:
        """The number of the one customer that an id or an identifier leads to. Raises ``UnknownCustomerError``."""
        return self._one(key_or_id)

    def _one(self, key_or_id: str) -> int:
        numbers = self._numbers(key_or_id)
        if len(numbers) == 1:
            return numbers[0]
        heirs = ", ".join(customer_id(number) for number in numbers)
        raise UnknownCustomerError(
            f"{key_or_id} was split; ask for one of its heirs: {heirs}."
            if heirs
            else f"{key_or_id} is retired: none of its identifiers belongs to a customer any more."
        )

    def _normal(self, key: str) -> Identifier:
        """The identifier that ``key`` means, normalised as loading does. Raises ``ValueError`` without a type."""
        from knotwork_resolvers.normalise import normalise_one

        raw = Identifier.parse(key.strip())
        value, _, _ = normalise_one(self._policy.rule(raw.type), raw.value)
        return Identifier(raw.type, value)

    def unseen(self, identifier: Identifier) -> str:
        """The words for an identifier that no event has shown."""
        known = self._store.counts().identifiers
        if identifier.type not in known:
            return (
                f"no identifier of the type {identifier.type} was ever seen; {suggestion(identifier.type, list(known))}"
            )
        return f"this {identifier.type} was never seen."

    def _views(
        self, numbers: Sequence[int], *, figures: bool = True, profile: bool = True, known: Known | None = None
    ) -> tuple[CustomerView, ...]:
        if not numbers:
            return ()
        held, said = self._store.members_of(numbers), obeyed(self._store)
        kept, also = (None, ()) if known is None else (known.events, columns_with(known.texts))
        told = self._profiles.figures(numbers, kept, also, traits=profile) if figures else {}
        return tuple(self._view(number, words_told(held.get(number, ()), said), told.get(number)) for number in numbers)

    def _view(self, number: int, held: tuple[IdentifierView, ...], figures: EventFigures | None) -> CustomerView:
        return CustomerView(
            id=customer_id(number),
            identifiers=self._sorted(held),
            profile={} if figures is None else figures.profile,
            events=0 if figures is None else figures.events,
            first_seen=None if figures is None else figures.first_seen,
            last_seen=None if figures is None else figures.last_seen,
        )

    def _sorted(self, held: Iterable[IdentifierView]) -> tuple[IdentifierView, ...]:
        return strongest_first(held, self._policy)
