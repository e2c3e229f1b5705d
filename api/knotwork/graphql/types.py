"""The types of the schema, made from values that are already masked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from knotwork.graphql.context import Info, aware
from knotwork.graphql.errors import problem
from knotwork.service.views import CLUSTER_SIZES, Overview
from knotwork_graph.model import CustomerView, IdentifierView, JourneyEvent, Run

JOURNEY_MOST = 500
Last = Annotated[int, strawberry.argument(description="How many of the newest events, at most 500.")]

AsOf = Annotated[
    datetime | None, strawberry.argument(description="Events up to this time, and the customer as of then.")
]


@strawberry.type(name="Identifier", description="One identifier of a customer.")
class IdentifierType:
    """One identifier."""

    type: str
    value: str = strawberry.field(description="Normalised, and masked as your role demands.")
    key: str = strawberry.field(description="type:value")
    status: str = strawberry.field(description="linking, shared, blocked or invalid")
    reason: str = strawberry.field(description="Why it has this status.")
    events: int
    first_seen: datetime | None
    last_seen: datetime | None

    @classmethod
    def of(cls, view: IdentifierView) -> IdentifierType:
        """The type for a masked identifier."""
        return cls(
            type=view.type,
            value=view.value,
            key=view.key,
            status=view.status.value,
            reason=view.reason,
            events=view.events,
            first_seen=view.first_seen,
            last_seen=view.last_seen,
        )


@strawberry.type(name="JourneyEvent", description="One event of a journey.")
class JourneyEventType:
    """One event."""

    timestamp: datetime
    source: str
    message_id: str
    channel: str
    event: str
    session: int = strawberry.field(description="Numbered from 1 within the customer.")
    carrier: str = strawberry.field(description="The identifier that carried the event.")
    reason: str = strawberry.field(description="Why the event is this customer's.")
    known: bool = strawberry.field(description="Whether the customer was known at the time, or stitched later.")
    identifiers: list[str]
    traits: JSON
    properties: JSON
    consent: JSON

    @classmethod
    def of(cls, event: JourneyEvent) -> JourneyEventType:
        """The type for a masked event."""
        return cls(
            timestamp=event.timestamp,
            source=event.source,
            message_id=event.message_id,
            channel=event.channel,
            event=event.event,
            session=event.session,
            carrier=event.carrier,
            reason=event.reason,
            known=event.known,
            identifiers=list(event.identifiers),
            traits=JSON(event.traits),
            properties=JSON(event.properties),
            consent=JSON(event.consent),
        )


@strawberry.type(name="Customer", description="One customer: an id for ever, its identifiers and its journey.")
class CustomerType:
    """One customer."""

    id: strawberry.ID
    identifiers: list[IdentifierType]
    profile: JSON = strawberry.field(description="The golden record: traits by name, masked as your role demands.")
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    redirected_from: str = strawberry.field(description="The old id you asked for, where it now leads here.")
    known_at: datetime | None = strawberry.field(
        description="The moment you asked about; figures of events and the profile are then left out."
    )
    run: int = strawberry.field(description="The run that readers saw at that moment, else 0.")

    @strawberry.field(  # type: ignore[untyped-decorator]  # Strawberry's own types end in Any here
        description="The newest events, in order of time."
    )
    async def journey(self, info: Info, last: Last = 50, as_of: AsOf = None) -> list[JourneyEventType]:
        """Load the journeys of all customers of a request together, each once."""
        count, moment = info.context.page(last, JOURNEY_MOST, "last"), aware(as_of)
        if self.known_at is not None:
            raise problem(
                "BAD_REQUEST", "a customer as known then has no journey; ask for `journey(asOf:)` without `knownAt`"
            )
        asked = str(self.id), count, moment
        return [JourneyEventType.of(event) for event in await info.context.journeys.load(asked)]

    @classmethod
    def of(cls, view: CustomerView) -> CustomerType:
        """The type for a masked customer."""
        return cls(
            id=strawberry.ID(view.id),
            identifiers=[IdentifierType.of(each) for each in view.identifiers],
            profile=JSON(view.profile),
            events=view.events,
            first_seen=view.first_seen,
            last_seen=view.last_seen,
            redirected_from=view.redirected_from,
            known_at=view.known_at,
            run=view.run,
        )


@strawberry.type(description="Where a page of a connection stands.")
class PageInfo:
    """The four fields that Relay asks for."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="One customer of a page, with the cursor to go on after it.")
class CustomerEdge:
    """A node and its cursor."""

    node: CustomerType
    cursor: str


@strawberry.type(description="One page of customers, by id.")
class CustomerConnection:
    """A page."""

    edges: list[CustomerEdge]
    page_info: PageInfo


@strawberry.type(description="How many there are of one kind.")
class Count:
    """A name and its number."""

    name: str
    count: int


@strawberry.type(name="Run", description="One computation of all customers.")
class RunType:
    """One run."""

    number: int
    state: str
    as_of: datetime
    started: datetime
    finished: datetime | None
    counts: list[Count]

    @classmethod
    def of(cls, run: Run) -> RunType:
        """The type for a run."""
        return cls(
            number=run.number,
            state=run.state.value,
            as_of=run.as_of,
            started=run.started,
            finished=run.finished,
            counts=[Count(name=name, count=count) for name, count in run.counts.items()],
        )


@strawberry.type(name="Overview", description="The figures of the workspace.")
class OverviewType:
    """Sums; no single customer."""

    customers: int
    identifiers: int
    events: int
    sources: int
    runs: int
    identifiers_by_type: list[Count]
    cluster_sizes: list[Count] = strawberry.field(description="Customers by how many identifiers they hold.")
    last_run: RunType | None
    newest_event: datetime | None

    @classmethod
    def of(cls, overview: Overview) -> OverviewType:
        """The type for an overview."""
        return cls(
            customers=overview.customers,
            identifiers=overview.identifiers,
            events=overview.events,
            sources=overview.sources,
            runs=overview.runs,
            identifiers_by_type=[Count(name=name, count=each) for name, each in overview.identifiers_by_type.items()],
            cluster_sizes=[Count(name=size, count=overview.cluster_sizes.get(size, 0)) for size in CLUSTER_SIZES],
            last_run=RunType.of(overview.last_run) if overview.last_run else None,
            newest_event=overview.newest_event,
        )
