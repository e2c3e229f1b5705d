"""The schema; ``schema.graphql`` beside this file is its text, and a test keeps both equal."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from graphql import GraphQLError
from strawberry.types.execution import ExecutionContext

from knotwork.graphql.asking import Explanations, Memory
from knotwork.graphql.context import Context, Info, aware
from knotwork.graphql.deciding import Mutation
from knotwork.graphql.errors import HideInternalErrors, problem
from knotwork.graphql.following import Following
from knotwork.graphql.limits import Bounds
from knotwork.graphql.types import CustomerConnection, CustomerEdge, CustomerType, OverviewType, PageInfo
from knotwork_graph.model import CustomerView, Heirs

PAGE_MOST = 100
Key = Annotated[
    str | None, strawberry.argument(description="An identifier as type:value, such as email:lan@example.com.")
]
Id = Annotated[strawberry.ID | None, strawberry.argument(description="A customer id, or an old one that led here.")]
KnownAt = Annotated[
    datetime | None, strawberry.argument(description="Who readers saw at this time, by what was known then.")
]
First = Annotated[int, strawberry.argument(description="How many, at most 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on after.")]


@strawberry.type
class Query(Explanations, Memory, Following):
    """What can be asked."""

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
        found = await context.ask(
            lambda: context.explorer.customer(asked) if then is None else context.explorer.customer(asked, then)
        )
        if isinstance(found, Heirs):
            found = await _heir(context, found)
        return CustomerType.of(context.mask.customer(found))

    @strawberry.field(description="All customers by id, page by page.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def customers(self, info: Info, first: First = 20, after: After = None) -> CustomerConnection:
        """One page of customers in one call of the service, masked."""
        context: Context = info.context
        context.single_customers()
        count = context.page(first, PAGE_MOST, "first")
        start = context.cursors.read(after) if after is not None else None
        found, more = await context.ask(lambda: context.explorer.customers(count, start))
        edges = [
            CustomerEdge(node=CustomerType.of(context.mask.customer(view)), cursor=context.cursors.make(view.id))
            for view in found
        ]
        page = PageInfo(
            has_next_page=more,
            has_previous_page=start is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return CustomerConnection(edges=edges, page_info=page)

    @strawberry.field(description="The figures of the workspace.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def overview(self, info: Info) -> OverviewType:
        """Sums of everything."""
        context: Context = info.context
        context.sums()
        return OverviewType.of(await context.ask(context.explorer.overview))


def _one_of(key: str | None, customer: str | None) -> str:
    given = [each for each in (key, customer) if each]
    if len(given) != 1:
        raise problem("BAD_REQUEST", "give either `key` (type:value) or `id` (cus_...), and not both")
    return str(given[0])


async def _heir(context: Context, heirs: Heirs) -> CustomerView:
    """The only heir; several are an error that names them, since no one of them is the customer asked for."""
    if len(heirs.customers) == 1:
        found = await context.ask(lambda: context.explorer.customer(heirs.customers[0]))
        if isinstance(found, CustomerView):
            return found
    message = f"{heirs.asked} was split; ask for one of its heirs: {', '.join(heirs.customers)}"
    raise problem("SPLIT", message, heirs=list(heirs.customers))


class Schema(strawberry.Schema):
    """A schema that leaves logging to ``HideInternalErrors``: the default log shows messages, which can be personal."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here."""


def schema() -> Schema:
    """The schema with its limits."""
    return Schema(query=Query, mutation=Mutation, extensions=[HideInternalErrors, Bounds])
