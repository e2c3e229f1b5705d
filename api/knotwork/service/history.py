"""Questions about the past: whose an identifier was from when to when, and who we believed a customer was then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork.service.customers import CustomerService
from knotwork.service.naming import meant
from knotwork.service.obeyed import obeyed_by, words_told
from knotwork_graph.errors import UnknownCustomerError, UnknownRunError
from knotwork_graph.model import (
    CustomerView,
    Heirs,
    Identifier,
    IdentifierView,
    Status,
    customer_id,
    customer_number,
    from_micros,
    to_micros,
)
from knotwork_graph.policy import Policy
from knotwork_graph.ports import OPEN, Memberships

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphStore
    from knotwork_resolvers.past import CustomerHistory, IdentifierHistory


class HistoryService:
    """Answers from what was published, when; safe to call from several threads."""

    def __init__(self, store: GraphStore, customers: CustomerService, policy: Policy) -> None:
        self._store = store
        self._customers = customers
        self._policy = policy

    def history(self, key_or_id: str) -> IdentifierHistory | CustomerHistory:
        """Whose an identifier was from when to when; or, for a customer id, what it gained and lost.

        Raises ``UnknownCustomerError`` for what was never there, ``ValueError`` for what is neither.
        """
        from knotwork_resolvers.past import customer_history, identifier_history

        number = customer_number(key_or_id)
        if number is not None:
            self._issued(number)
            return customer_history(self._store, number)
        return identifier_history(self._store, self._seen(key_or_id))

    def customer_then(self, key_or_id: str, known_at: datetime) -> CustomerView | Heirs:
        """Who readers saw under this id or identifier at the moment ``known_at`` (aware).

        Raises ``UnknownRunError`` for a moment before anything was published, ``UnknownCustomerError`` where the
        identifier belonged to nobody then, or the id was not given out yet.
        """
        run = self._store.run_at(to_micros(known_at))
        if not run:
            raise UnknownRunError(self._too_early(known_at))
        number = customer_number(key_or_id)
        if number is None:
            return self._view(self._owner_then(self._seen(key_or_id), run, known_at), run, known_at)
        self._issued(number)
        found = self._living_then(number, run)
        if len(found) != 1:
            self._known_then(number, run, known_at)
            return Heirs(key_or_id, tuple(customer_id(one) for one in found))
        return self._view(found[0], run, known_at, customer_id(number) if found != (number,) else "")

    # --- one identifier

    def _seen(self, key: str) -> Identifier:
        identifier = meant(self._store, self._policy, key)
        if self._store.standing(identifier) is None:
            raise UnknownCustomerError(self._customers.unseen(identifier))
        return identifier

    def _owner_then(self, identifier: Identifier, run: int, known_at: datetime) -> int:
        rows = self._store.history(identifier)
        found = [int(rows.customer[place]) for place in places_at(rows, run)]
        if not found or not found[0]:
            raise UnknownCustomerError(
                f"this {identifier.type} belonged to no customer at {minute(known_at)}, as far as was known then. "
                "`knotwork history` tells since when it does."
            )
        return found[0]

    # --- one customer

    def _issued(self, number: int) -> None:
        if number >= self._store.state().next_number:
            raise UnknownCustomerError(f"no customer was ever called {customer_id(number)}.")

    def _living_then(self, number: int, run: int) -> tuple[int, ...]:
        """The customers of a run that an id leads to, following redirects."""
        rows = self._store.held(number)
        if any(int(rows.customer[place]) == number for place in places_at(rows, run)):
            return (number,)
        found: list[int] = []
        for one in self._store.redirects_of(number):
            if one.from_run <= run and (one.to_run == OPEN or one.to_run > run):
                found += [heir for old in one.heirs for heir in self._living_then(old, run) if heir not in found]
        return tuple(found)

    def _known_then(self, number: int, run: int, known_at: datetime) -> None:
        """Refuse an id that was given out later."""
        rows = self._store.held(number)
        if not (rows.from_run[rows.customer == number] <= run).any():
            raise UnknownCustomerError(
                f"{customer_id(number)} was not there yet at {minute(known_at)}. `knotwork history` tells since when."
            )

    def _view(self, number: int, run: int, known_at: datetime, redirected: str = "") -> CustomerView:
        rows = self._store.held(number)
        places = [place for place in places_at(rows, run) if int(rows.customer[place]) == number]
        names = self._store.keys_of([int(rows.identifier[place]) for place in places])
        held = [identifier_then(names[int(rows.identifier[place])], rows, place) for place in places]
        told = words_told(held, obeyed_by(self._store.run(run), self._store.decisions()))
        return CustomerView(
            customer_id(number), self._sorted(told), redirected_from=redirected, known_at=known_at, run=run
        )

    def _sorted(self, held: Iterable[IdentifierView]) -> tuple[IdentifierView, ...]:
        return tuple(sorted(held, key=lambda one: (self._policy.rule(one.type).priority, one.type, one.value)))

    def _too_early(self, known_at: datetime) -> str:
        first = self._store.publications().at[:1].tolist()
        since = (
            f"the first run was published at {minute(from_micros(first[0]))}" if first else "no run is published yet"
        )
        return f"at {minute(known_at)} nothing was known: {since}."


def places_at(rows: Memberships, run: int) -> list[int]:
    """The places of the rows that a reader of ``run`` sees."""
    from knotwork_resolvers.past.spans import seen_at

    return [int(place) for place in seen_at(rows, run).nonzero()[0]]


def identifier_then(key: str, rows: Memberships, place: int) -> IdentifierView:
    """An identifier as a membership row has it, without the figures of today."""
    from knotwork_resolvers.identity.resolution import StatusCode

    one = Identifier.parse(key)
    status = Status[StatusCode(int(rows.status[place])).name]
    return IdentifierView(one.type, one.value, status, rows.reason[place].as_py())


def minute(when: datetime) -> str:
    """A moment to the minute, in UTC, as messages have it."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
