"""The questions about customers: one, a page of them, an identifier, and whatever has an id."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypedDict

import strawberry

from knotwork.graphql.context import Context, Info, aware
from knotwork.graphql.errors import problem
from knotwork.graphql.nodes import After, Before, First, Last, Node
from knotwork.graphql.paging import Turned, page_info, turned
from knotwork.graphql.selected import selected
from knotwork.graphql.types import (
    CustomerConnection,
    CustomerEdge,
    CustomerType,
    IdentifierType,
    OverviewType,
    texts_of_sessions,
    texts_shown,
)
from knotwork.service.browsing import Filter, Page, Place, Wanted
from knotwork.service.together import Known
from knotwork_graph.model import CustomerView, Heirs, customer_number

Key = Annotated[
    str | None, strawberry.argument(description="An identifier as type:value, such as email:lan@example.com.")
]
Whole = Annotated[str, strawberry.argument(description="A whole identifier as type:value; parts are not searched.")]
Id = Annotated[strawberry.ID | None, strawberry.argument(description="A customer id, or an old one that led here.")]
KnownAt = Annotated[
    datetime | None, strawberry.argument(description="Who readers saw at this time, by what was known then.")
]
MOST_NODES = 100
FIGURES = frozenset({"profile", "events", "firstSeen", "lastSeen"})
"""The fields of a customer for which its events are read."""
JOURNEYS = frozenset({"journey", "sessions"})
"""Those for which more of the same events is read."""


@strawberry.enum(name="CustomerSort", description="What a list of customers is sorted by; equal ones by id.")
class CustomerSort(Enum):
    """The sorts of the service."""

    ID = strawberry.enum_value("id", description="Their ids, which are as old as they are.")
    LAST_SEEN = strawberry.enum_value("last_seen", description="Their newest events.")
    FIRST_SEEN = strawberry.enum_value("first_seen", description="Their oldest events.")
    EVENTS = strawberry.enum_value("events", description="How many events they have.")
    IDENTIFIERS = strawberry.enum_value("identifiers", description="How many identifiers they hold.")


@strawberry.input(name="CustomerFilter", description="Which customers are meant: all conditions hold.")
class CustomerFilter:
    """The filter of the service."""

    types: list[str] = strawberry.field(
        default_factory=list, description="They hold an identifier of each of these types."
    )
    seen_since: datetime | None = strawberry.field(default=None, description="Last seen at this time or later.")
    seen_before: datetime | None = strawberry.field(default=None, description="Last seen before this time.")
    events_at_least: int = strawberry.field(default=0, description="They have so many events, or more.")
    identifiers_at_least: int = strawberry.field(default=0, description="They hold so many identifiers, or more.")

    def of(self) -> Filter:
        """The filter as the service has it."""
        if len(self.types) > MOST_NODES or self.events_at_least < 0 or self.identifiers_at_least < 0:
            raise problem("BAD_REQUEST", f"a filter has at most {MOST_NODES} types, and no number below 0")
        since, before = aware(self.seen_since), aware(self.seen_before)
        return Filter(tuple(self.types), since, before, self.events_at_least, self.identifiers_at_least)


Chosen = Annotated[CustomerFilter | None, strawberry.argument(description="Which customers; all without.")]
Sorted = Annotated[CustomerSort, strawberry.argument(description="What to sort by.")]
Descending = Annotated[bool, strawberry.argument(description="The greatest first.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 ids.")]
AnyId = Annotated[strawberry.ID, strawberry.argument(description="The id of a customer, a run or a decision.")]


@strawberry.type
class Browsing:
    """Customers, identifiers and figures."""

    @strawberry.field(description="The customer with this id or identifier; give one of both.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def customer(
        self,
        info: Info,
        key: Key = None,
        id: Id = None,  # noqa: A002 - the field's public name
        known_at: KnownAt = None,
    ) -> CustomerType | None:
        """One customer, masked."""
        context: Context = info.context
        context.single_customers()
        asked, then = _one_of(key, id), aware(known_at)
        explorer, read = context.explorer, _read(info)
        found = await context.ask(
            lambda: explorer.browsing.customer(asked, **read) if then is None else explorer.customer(asked, then)
        )
        return CustomerType.of(await heir(context, found) if isinstance(found, Heirs) else found, context)

    @strawberry.field(description="Customers, page by page: all, or those of a filter, by id or sorted.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def customers(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Chosen = None,  # noqa: A002 - the argument's public name
        sort: Sorted = CustomerSort.ID,
        descending: Descending = False,
    ) -> CustomerConnection:
        """One page of customers in one call of the service, masked."""
        context: Context = info.context
        context.single_customers()
        page, kind = turned(first, after, last, before), f"{sort.value}{'-' if descending else ''}"
        wanted = _wanted(context, page, kind, filter)
        read = _read(info, "edges", "node")
        found: Page = await context.ask(lambda: context.explorer.browsing.page(wanted, **read), long=not wanted.plain)
        cursors = [context.cursors.make(f"{kind} {one.value},{one.number}") for one in found.places]
        edges = [
            CustomerEdge(node=CustomerType.of(view, context), cursor=cursor)
            for view, cursor in zip(found.views, cursors, strict=True)
        ]
        return CustomerConnection(edges=edges, page_info=page_info(cursors, page, found.more))

    @strawberry.field(description="One identifier, whoever holds it.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def identifier(self, info: Info, key: Whole) -> IdentifierType:
        """One identifier, masked."""
        context: Context = info.context
        context.single_customers()
        view, customer = await context.ask(lambda: context.explorer.browsing.identifier(key))
        return IdentifierType.of(view, context.mask, customer)

    @strawberry.field(description="The thing with this id; none where there is none.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def node(self, info: Info, id: AnyId) -> Node | None:  # noqa: A002 - the argument's public name
        """One thing, masked."""
        info.context.single_customers()
        found: Node | None = await found_node(info.context, str(id))
        return found

    @strawberry.field(description="The things with these ids, in their order; none where there is none.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        """Several things, masked; those of a kind are asked for together."""
        from asyncio import gather

        info.context.single_customers()
        if len(ids) > MOST_NODES:
            raise problem("BAD_REQUEST", f"{len(ids)} ids are too many; ask for at most {MOST_NODES}")
        return list(await gather(*(found_node(info.context, str(one)) for one in ids)))

    @strawberry.field(description="The figures of the workspace.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def overview(self, info: Info) -> OverviewType:
        """Sums of everything."""
        context: Context = info.context
        context.sums()
        return OverviewType.of(await context.ask(context.explorer.overview))


class Read(TypedDict):
    """What is read of customers, as ``BrowsingService.customer`` has it."""

    figures: bool
    profile: bool
    known: Known | None


def _read(info: Info, *path: str) -> Read:
    """What must be read of the customers at the end of ``path`` for the fields that are asked for."""
    fields = selected(info, *path)
    known = None if JOURNEYS.isdisjoint(fields) else _for_journeys(info, *path)
    return Read(figures=not FIGURES.isdisjoint(fields), profile="profile" in fields, known=known)


def _for_journeys(info: Info, *path: str) -> Known:
    """Where to keep the events that are read, with the texts that their journeys show."""
    texts = texts_shown(info, *path, "journey") | texts_of_sessions(info, *path, "sessions")
    return replace(info.context.looked_up, texts=texts)


def _wanted(context: Context, page: Turned, kind: str, chosen: CustomerFilter | None) -> Wanted:
    numbers = context.cursors.numbers(page.cursor, 2, kind)
    return Wanted(
        page.count,
        Place(*numbers) if numbers else None,
        page.backward,
        kind.removesuffix("-"),  # type: ignore[arg-type]  # the sorts of the enum are the service's
        kind.endswith("-"),
        chosen.of() if chosen else Filter(),
    )


async def found_node(context: Context, name: str) -> Any:
    """The thing of this id, or None; kinds of things are told apart by their ids."""
    from knotwork.graphql.remembering import shown_decision
    from knotwork.graphql.types import RunType

    if customer_number(name) is not None:
        view = await context.customers.load(name)
        return None if view is None else CustomerType.of(view, context)
    kind, _, number = name.partition(":")
    if not number.isdecimal() or len(number) > 15:
        return None
    if kind == "run":
        run = await context.runs.load(int(number))
        return None if run is None else RunType.of(run)
    record = await context.decisions.load(int(number)) if kind == "decision" else None
    return None if record is None else shown_decision(record, context)


def _one_of(key: str | None, customer: str | None) -> str:
    given = [each for each in (key, customer) if each]
    if len(given) != 1:
        raise problem("BAD_REQUEST", "give either `key` (type:value) or `id` (cus_...), and not both")
    return str(given[0])


async def heir(context: Context, heirs: Heirs) -> CustomerView:
    """The only heir; several are an error that names them, since no one of them is the customer asked for."""
    if len(heirs.customers) == 1:
        found = await context.ask(lambda: context.explorer.customer(heirs.customers[0]))
        if isinstance(found, CustomerView):
            return found
    message = f"{heirs.asked} was split; ask for one of its heirs: {', '.join(heirs.customers)}"
    raise problem("SPLIT", message, heirs=list(heirs.customers))
