"""The types of the schema, made from values that are already masked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from knotwork.access.masks import Mask
from knotwork.graphql.clusters import SLICE_MOST, ClusterSlice, Slice, slice_of
from knotwork.graphql.context import Context, Info, aware
from knotwork.graphql.counts import Count
from knotwork.graphql.errors import problem
from knotwork.graphql.nodes import Node, PageInfo
from knotwork.graphql.recording import GoldenRecord
from knotwork.graphql.selected import selected
from knotwork.service.views import CLUSTER_SIZES, Overview
from knotwork_graph.model import CustomerView, IdentifierView, JourneyEvent, Run
from knotwork_resolvers.journeys.reading import TEXTS

JOURNEY_MOST = 500
Last = Annotated[int, strawberry.argument(description="How many of the newest events, at most 500.")]

RecordAsOf = Annotated[datetime | None, strawberry.argument(description="Events up to this time, of today's customer.")]
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
    customer: strawberry.ID | None = strawberry.field(description="Whose it is; none for nobody's.")
    clear: strawberry.Private[str]

    @strawberry.field(description="Equal for equal identifiers: to join on where values are masked.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    def hash(self, info: Info) -> str:
        """What stands for it."""
        return info.context.join_hash(self.clear)

    @classmethod
    def of(cls, own: IdentifierView, mask: Mask, customer: str) -> IdentifierType:
        """The type for an identifier, as it is seen through a mask."""
        value = mask.value(own.type, own.value)
        return cls(
            clear=own.key,
            customer=strawberry.ID(customer) if customer else None,
            type=own.type,
            value=value,
            key=f"{own.type}:{value}",
            status=own.status.value,
            reason=mask.text(own.reason) if own.reason else "",
            events=own.events,
            first_seen=own.first_seen,
            last_seen=own.last_seen,
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


@strawberry.type(name="Session", description="One visit: events without a longer pause between them.")
class SessionType:
    """A session."""

    number: int = strawberry.field(description="Numbered from 1 within the customer.")
    started: datetime = strawberry.field(description="The time of its first event that was looked at.")
    ended: datetime = strawberry.field(description="The time of its last event.")
    known: bool = strawberry.field(description="Whether the customer was known at some time in it.")
    channels: list[str] = strawberry.field(description="Where it took place, in order.")
    events: list[JourneyEventType] = strawberry.field(description="Its events, in order of time.")


def sessions_of(events: list[JourneyEventType]) -> list[SessionType]:
    """Events in order of time as sessions."""
    made: dict[int, list[JourneyEventType]] = {}
    for event in events:
        made.setdefault(event.session, []).append(event)
    return [
        SessionType(
            number=number,
            started=own[0].timestamp,
            ended=own[-1].timestamp,
            known=any(event.known for event in own),
            channels=list(dict.fromkeys(event.channel for event in own)),
            events=own,
        )
        for number, own in made.items()
    ]


def texts_shown(info: Info, *path: str) -> frozenset[str]:
    """Which texts of the events at the end of ``path`` are asked for, as readers of journeys call them."""
    return frozenset("message_id" if name == "messageId" else name for name in selected(info, *path)) & {*TEXTS}


def texts_of_sessions(info: Info, *path: str) -> frozenset[str]:
    """The same for the events of the sessions at the end of ``path``, and for what is told of each session."""
    told = {"channel"} if "channels" in selected(info, *path) else set()
    return texts_shown(info, *path, "events") | told


@strawberry.type(name="Customer", description="One customer: an id for ever, its identifiers and its journey.")
class CustomerType(Node):
    """One customer. What costs something to show is made when it is asked for."""

    own: strawberry.Private[CustomerView]
    seen_through: strawberry.Private[Mask]
    events: int
    first_seen: datetime | None
    last_seen: datetime | None
    redirected_from: str = strawberry.field(description="The old id you asked for, where it now leads here.")
    known_at: datetime | None = strawberry.field(
        description="The moment you asked about; figures of events and the profile are then left out."
    )
    run: int = strawberry.field(description="The run that readers saw at that moment, else 0.")

    @strawberry.field(description="The identifiers, masked as your role demands, the strongest type first.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    def identifiers(self) -> list[IdentifierType]:
        """The identifiers, masked, the strongest type first."""
        return [IdentifierType.of(one, self.seen_through, self.own.id) for one in self.own.identifiers]

    @strawberry.field(description="The golden record: traits by name, masked as your role demands.")  # type: ignore[untyped-decorator]  # as above
    def profile(self) -> JSON:
        """The surviving values, masked."""
        return JSON(self.seen_through.traits(self.own.profile))

    @strawberry.field(description="Where each value of the profile is from, what it beat, and all else that is known.")  # type: ignore[untyped-decorator]  # as above
    async def golden_record(self, info: Info, as_of: RecordAsOf = None) -> GoldenRecord:
        """Load the golden records of all customers of a request together."""
        moment = aware(as_of)
        self.only_now(info)
        found = await info.context.records.load((str(self.id), moment))
        return GoldenRecord.of(found, self.seen_through)

    @strawberry.field(  # type: ignore[untyped-decorator]  # as above
        description="The newest events, in order of time."
    )
    async def journey(self, info: Info, last: Last = 50, as_of: AsOf = None) -> list[JourneyEventType]:
        """Load the journeys of all customers of a request together, each once."""
        return await self.told(info, last, as_of, texts_shown(info))

    @strawberry.field(description="The sessions of the newest events, oldest first.")  # type: ignore[untyped-decorator]  # as above
    async def sessions(self, info: Info, last: Last = 50, as_of: AsOf = None) -> list[SessionType]:
        """The same events as ``journey``, a session each."""
        return sessions_of(await self.told(info, last, as_of, texts_of_sessions(info)))

    async def told(
        self, info: Info, last: int, as_of: datetime | None, texts: frozenset[str]
    ) -> list[JourneyEventType]:
        """The newest events, with these texts."""
        count, moment = info.context.page(last, JOURNEY_MOST, "last"), aware(as_of)
        self.only_now(info)
        asked = str(self.id), count, moment, texts
        return [JourneyEventType.of(event) for event in await info.context.journeys.load(asked)]

    @strawberry.field(  # type: ignore[untyped-decorator]  # as above
        description="The graph of this customer in parallel arrays; what does not fit is counted. With `asOf` it is "
        "counted anew from the customer's own events up to then, by today's policy and decisions; a link to somebody "
        "else that only others' events show is not told."
    )
    async def cluster(self, info: Info, first: Slice = 300, as_of: AsOf = None) -> ClusterSlice:
        """The identifiers with most links first."""
        context, most, moment = info.context, info.context.page(first, SLICE_MOST, "first"), aware(as_of)
        self.only_now(info)
        return slice_of(await context.clusters.load((str(self.id), moment)), most, context)

    def only_now(self, info: Info) -> None:
        """Count the question; a customer as known then has nothing but its identifiers."""
        info.context.costs_one()
        if self.known_at is not None:
            words = "a customer as known then has no events, record or graph; ask with `asOf` and without `knownAt`"
            raise problem("BAD_REQUEST", words)

    @classmethod
    def of(cls, own: CustomerView, context: Context, mask: Mask | None = None) -> CustomerType:
        """The type for a customer, as the caller may see it, or through another mask."""
        if own.known_at is None:
            context.looked_up.held[own.id] = own.identifiers
        return cls(
            id=strawberry.ID(own.id),
            own=own,
            seen_through=mask or context.mask,
            events=own.events,
            first_seen=own.first_seen,
            last_seen=own.last_seen,
            redirected_from=own.redirected_from,
            known_at=own.known_at,
            run=own.run,
        )


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


@strawberry.type(name="Run", description="One computation of all customers.")
class RunType(Node):
    """One run."""

    number: int
    state: str
    how: str = strawberry.field(description="full, or incremental: what had been touched")
    as_of: datetime
    started: datetime
    finished: datetime | None
    counts: list[Count]

    @classmethod
    def of(cls, run: Run) -> RunType:
        """The type for a run."""
        return cls(
            id=strawberry.ID(f"run:{run.number}"),
            number=run.number,
            how=run.how,
            state=run.state.value,
            as_of=run.as_of,
            started=run.started,
            finished=run.finished,
            counts=[Count(name=name, count=count) for name, count in run.figures.items()],
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
