"""Pages of customers: all of them by id from the graph, or filtered and sorted from the figures of their events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Literal

from knotwork.service.together import Known
from knotwork_graph.model import (
    ClusterView,
    CustomerView,
    Heirs,
    IdentifierView,
    JourneyEvent,
    customer_id,
    customer_number,
    to_micros,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork.service.customers import CustomerService
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.home import Home

Sort = Literal["id", "last_seen", "first_seen", "events", "identifiers"]
END = 1 << 50
"""Above every customer number."""
FIGURES = """
CREATE OR REPLACE TABLE figures AS
SELECT m.customer AS id, m.identifiers, m.types, coalesce(e.events, 0) AS events,
    coalesce(e.first_seen, 0) AS first_seen, coalesce(e.last_seen, 0) AS last_seen
FROM (SELECT customer, count(*) AS identifiers, list(DISTINCT type) AS types
    FROM members WHERE customer > 0 GROUP BY customer) AS m
LEFT JOIN (SELECT customer, count(*) AS events, epoch_us(min("timestamp")) AS first_seen,
    epoch_us(max("timestamp")) AS last_seen FROM {events} GROUP BY customer) AS e ON e.customer = m.customer
"""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which customers are meant: all conditions hold. ``seen_since`` takes its moment in, ``seen_before`` does not.

    ``types``: those of which the customer holds an identifier each.
    """

    types: tuple[str, ...] = ()
    seen_since: datetime | None = None
    seen_before: datetime | None = None
    events_at_least: int = 0
    identifiers_at_least: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer stands in a sorted list: the value that is sorted by (0 for the id itself), and its number."""

    value: int
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page: ``count`` customers after a place, or ``backward`` before it; from the beginning or the end without."""

    count: int
    place: Place | None = None
    backward: bool = False
    sort: Sort = "id"
    descending: bool = False
    filter: Filter = Filter()

    @property
    def plain(self) -> bool:
        """Whether the graph alone can answer."""
        return self.sort == "id" and not self.descending and self.filter == Filter()


@dataclass(frozen=True, slots=True)
class Page:
    """Customers in the order of the list, the place of each, and whether there are others beyond the page's far end."""

    views: tuple[CustomerView, ...]
    places: tuple[Place, ...]
    more: bool


class BrowsingService:
    """Answers from the current run; safe to call from several threads. Keeps the figures of one version in memory."""

    def __init__(self, home: Home, policy: Policy, customers: CustomerService) -> None:
        self._home = home
        self._policy = policy
        self._customers = customers
        self._turn = Lock()
        self._open: DuckDBPyConnection | None = None
        self._version = ""

    def close(self) -> None:
        """Give back the memory of the figures."""
        with self._turn:
            if self._open is not None:
                self._open.close()
            self._open, self._version = None, ""

    def customer(
        self, key_or_id: str, *, figures: bool = True, profile: bool = True, known: Known | None = None
    ) -> CustomerView | Heirs:
        """The customer with this id, or who holds this ``type:value``; the heirs of one that was split.

        Without ``figures`` its events are not read: it has no profile, and neither events nor times; without
        ``profile`` it has these alone. ``known`` is given what was read, for whoever asks for the journey next. Raises
        ``UnknownCustomerError``, or ``ValueError`` for what is neither.
        """
        return self._customers.plain(key_or_id, figures=figures, profile=profile, known=known)

    def page(self, wanted: Wanted, *, figures: bool = True, profile: bool = True, known: Known | None = None) -> Page:
        """One page. The plain list costs one look-up; the first other page of a version reads all events.

        Without ``figures`` customers have no profile, and neither events nor times; without ``profile`` they have
        these alone. ``known`` is given what was read, for whoever asks for the journeys next.
        """
        found = self._plain(wanted) if wanted.plain else self._chosen(wanted)
        more = len(found) > wanted.count
        kept = (found[1:] if wanted.backward else found[:-1]) if more else found
        numbers = [place.number for place in kept]
        shown = self._customers.several(numbers, figures=figures, profile=profile, known=known)
        views = {view.id: view for view in shown}
        held = [place for place in kept if customer_id(place.number) in views]
        return Page(tuple(views[customer_id(place.number)] for place in held), tuple(held), more)

    def several(self, ids: Sequence[str]) -> dict[str, CustomerView]:
        """Those of the customers that live under these very ids, by id, in a bounded number of look-ups."""
        numbers = [number for one in ids if (number := customer_number(one)) is not None]
        return {view.id: view for view in self._customers.several(numbers)}

    def journeys_of(
        self,
        ids: Sequence[str],
        as_of: datetime | None = None,
        last: int | None = None,
        known: Known | None = None,
        *,
        brief: bool = False,
    ) -> dict[str, tuple[JourneyEvent, ...]]:
        """The journeys of several customers by their ids, in a bounded number of look-ups; nobody's is left out.

        ``known`` is what was looked up of them just now; ``brief`` leaves out since which run each carrier is theirs.
        """
        return self._customers.together.journeys(ids, as_of, last, known, brief=brief)

    def clusters_of(
        self, ids: Sequence[str], known: Known | None = None, as_of: datetime | None = None
    ) -> dict[str, ClusterView]:
        """The graphs of several customers by their ids, in a bounded number of look-ups; nobody's is left out.

        With ``as_of`` those that the events up to then make.
        """
        return self._customers.together.clusters(ids, known, as_of)

    def identifier(self, key: str) -> tuple[IdentifierView, str]:
        """One identifier as the current run sees it, and the id of its customer, empty for nobody.

        Raises ``UnknownCustomerError`` for one that was never seen, ``ValueError`` for what is none.
        """
        return self._customers.identifier(key)

    def _plain(self, wanted: Wanted) -> list[Place]:
        store, count = self._home.store, wanted.count + 1
        if wanted.backward:
            found = store.customers_before(END if wanted.place is None else wanted.place.number, count)
        else:
            found = store.customers(0 if wanted.place is None else wanted.place.number, count)
        return [Place(0, number) for number in found]

    def _chosen(self, wanted: Wanted) -> list[Place]:
        query, bound = sql_of(wanted)
        with self._turn:
            rows = self._figures().execute(query, bound).fetchall()
        found = [Place(int(value), int(number)) for value, number in rows]
        return found[::-1] if wanted.backward else found

    def _figures(self) -> DuckDBPyConnection:
        """The connection that holds a row for each customer as readers see them now."""
        from knotwork_resolvers.analyses.population import population_of

        population = population_of(self._home, self._policy)
        version = f"{self._home.store.state().current} {population.version}"
        if self._open is None or version != self._version:
            self._open = self._open or connected()
            self._open.register("members", self._home.store.member_rows())
            self._open.execute(FIGURES.format(events=population.rows(self._open)))
            self._open.unregister("members")
            self._version = version
        return self._open


def connected() -> DuckDBPyConnection:
    """A database in memory."""
    import duckdb

    return duckdb.connect()


def sql_of(wanted: Wanted) -> tuple[str, list[object]]:
    """The query for the places of a page, one more than asked, and what is bound to it."""
    value = "0" if wanted.sort == "id" else wanted.sort
    upward = wanted.descending == wanted.backward
    conditions, bound = conditions_of(wanted.filter)
    if wanted.place is not None:
        conditions.append(f"({value}, id) {'>' if upward else '<'} (?, ?)")
        bound += [wanted.place.value, wanted.place.number]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    way = "ASC" if upward else "DESC"
    return (
        f"SELECT {value} AS value, id FROM figures {where} ORDER BY value {way}, id {way} LIMIT {wanted.count + 1}",
        bound,
    )


def conditions_of(chosen: Filter) -> tuple[list[str], list[object]]:
    """The conditions of a filter, and what is bound to them."""
    made: list[tuple[str, object]] = [("list_contains(types, ?)", one) for one in chosen.types]
    if chosen.seen_since is not None:
        made.append(("last_seen >= ?", to_micros(chosen.seen_since)))
    if chosen.seen_before is not None:
        made.append(("last_seen < ?", to_micros(chosen.seen_before)))
    made += [("events >= ?", chosen.events_at_least)] if chosen.events_at_least else []
    made += [("identifiers >= ?", chosen.identifiers_at_least)] if chosen.identifiers_at_least else []
    return [words for words, _ in made], [value for _, value in made]
