"""One journey page by page: of a customer, or of what its devices bore as if nothing were stitched."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import strawberry

from knotwork.graphql.context import Context, Info
from knotwork.graphql.nodes import After, PageInfo
from knotwork.graphql.types import JourneyEventType
from knotwork_graph.model import to_micros

MOST = 500
Of = Annotated[str, strawberry.argument(description="An identifier as type:value, or a customer id.")]
First = Annotated[int, strawberry.argument(description="How many events, at most 500.")]


@strawberry.enum(name="JourneyView", description="Whose events a journey has.")
class JourneyView(Enum):
    """The views of the service."""

    CUSTOMER = strawberry.enum_value("customer", description="All that are the customer's.")
    DEVICE = strawberry.enum_value(
        "device",
        description="What an identifier, or the devices of a customer, bore, as if nothing were stitched.",
    )


View = Annotated[JourneyView, strawberry.argument(description="Whose events.")]


@strawberry.type(description="One event of a page, with the cursor to go on after it.")
class JourneyEdge:
    """A node and its cursor."""

    node: JourneyEventType
    cursor: str


@strawberry.type(description="One page of a journey, oldest first. Events that come later move no page before them.")
class JourneyConnection:
    """A page."""

    edges: list[JourneyEdge]
    page_info: PageInfo


@strawberry.type
class Travelling:
    """Journeys in pages."""

    @strawberry.field(description="The whole journey from its beginning, page by page, however long it is.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def journey(
        self, info: Info, of: Of, view: View = JourneyView.CUSTOMER, first: First = 50, after: After = None
    ) -> JourneyConnection:
        """One page, masked. As of an earlier moment it is the customer's own `journey` that tells it."""
        context: Context = info.context
        context.single_customers()
        chosen: Any = view.value  # the views of the enum are the service's
        count, kind = context.page(first, MOST, "first"), f"journey-{chosen}"
        place = context.cursors.numbers(after, 2, kind)
        start = f"{place[0]}.{place[1]}" if place else None
        found = await context.ask(lambda: context.explorer.journeys.page(of, count, start, chosen))
        edges = [
            JourneyEdge(
                node=JourneyEventType.of(context.mask.event(one)),
                cursor=context.cursors.make(f"{kind} {to_micros(one.timestamp)},{one.event_id}"),
            )
            for one in found.events
        ]
        ends = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
        info_ = PageInfo(
            has_next_page=found.more, has_previous_page=bool(place), start_cursor=ends[0], end_cursor=ends[1]
        )
        return JourneyConnection(edges=edges, page_info=info_)
