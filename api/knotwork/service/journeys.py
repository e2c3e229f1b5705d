"""Journeys in pages, and the view of a device: what happened on it, as if nothing were stitched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from knotwork.service.naming import meant
from knotwork_graph.errors import UnknownCustomerError, UsageError
from knotwork_graph.model import Identifier, JourneyEvent, customer_number
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from knotwork.service.customers import CustomerService
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home

View = Literal["customer", "device"]
VIEWS: tuple[View, ...] = ("customer", "device")
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Some events of a journey, oldest first; ``end`` is where the next page begins after, empty for no events."""

    events: tuple[JourneyEvent, ...]
    end: str
    more: bool


class JourneyService:
    """Answers about journeys from the current run; safe to call from several threads."""

    def __init__(self, home: Home, policy: Policy, customers: CustomerService) -> None:
        from knotwork_resolvers.journeys import JourneyReader

        self._store, self._policy, self._customers = home.store, policy, customers
        self._reader = JourneyReader(home, policy)

    def page(self, key_or_id: str, first: int = 100, after: str | None = None, view: View = "customer") -> JourneyPage:
        """The next ``first`` events after the place where another page ended; new events move no earlier page.

        ``device`` tells what an identifier bore, whosever it is, or what the devices of a customer bore, as if nothing
        were stitched. Raises ``UnknownCustomerError``, ``UsageError``, ``ValueError`` for what is no place.
        """
        from knotwork_resolvers.journeys import Borne, Place, device_journey, journey_of

        if view not in VIEWS:
            raise UsageError(f"there is no view {view}; {suggestion(view, VIEWS)}")
        wanted, place = max(0, min(first, MOST_AT_ONCE)), None if after is None else Place.parse(after)
        if view == "device":
            found = self._reader.of_devices(self._devices(key_or_id), wanted, place)
            events = device_journey(found.rows, Borne(found.rows, self._store, self._policy))
        else:
            number = self._customers.number(key_or_id)
            found = self._reader.slice(number, wanted, place)
            borne = Borne(found.rows, self._store, self._policy)
            edges = self._store.edges_of(number)
            events = journey_of(found.rows, edges, borne, borne.runs(self._store, number))
        return JourneyPage(events, str(found.end or after or ""), found.more)

    def _devices(self, key_or_id: str) -> list[int]:
        """The store ids of one identifier, or of a customer's browsers and machines (of all it has, where none is)."""
        from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES

        if customer_number(key_or_id) is None:
            identifier = meant(self._store, self._policy, key_or_id)
            found = self._store.ids_of([identifier])
            if not found:
                raise UnknownCustomerError(self._customers.unseen(identifier))
            return list(found.values())
        held = self._store.members(self._customers.number(key_or_id))
        devices = [one for one in held if one.type in ANONYMOUS_TYPES] or held
        return list(self._store.ids_of([Identifier(one.type, one.value) for one in devices]).values())
