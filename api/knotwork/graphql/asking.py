"""The questions about why, about the past, and about decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, cast

import strawberry

from knotwork.access.answers import masked_answer
from knotwork.access.roles import Sight
from knotwork.graphql.context import Context, Info
from knotwork.graphql.explaining import Simulation, Why, WhyNot
from knotwork.graphql.made import shown, with_text
from knotwork.graphql.nodes import After, Before, First, Last
from knotwork.graphql.paging import cut, page_info, turned
from knotwork.graphql.remembering import DecisionConnection, DecisionEdge, History, shown_decision
from knotwork_resolvers.explain.wording import simulation_text, why_not_text, why_text

Side = Annotated[
    str,
    strawberry.argument(description="An identifier as type:value, or a customer id, which stands for its strongest."),
]
Subject = Annotated[str, strawberry.argument(description="An identifier as type:value, or a customer id.")]
PolicyText = Annotated[str, strawberry.argument(description="The other policy, as the text of its TOML file.")]
Every = Annotated[bool, strawberry.argument(description="Also what was undone, and the undoings.")]


@strawberry.type
class Explanations:
    """Why two are one customer, why two are not, and what another policy would do."""

    @strawberry.field(description="Why two are one customer: the paths between them, and what separates them.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def why(self, info: Info, a: Side, b: Side) -> Why:
        """The answer, masked."""
        found = await explained(info.context, info.context.explorer.why, a, b)
        return cast("Why", with_text(found, why_text(found)))

    @strawberry.field(description="Why two are not one customer, and the smallest change that would join them.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def why_not(self, info: Info, a: Side, b: Side) -> WhyNot:
        """The answer, masked."""
        found = await explained(info.context, info.context.explorer.why_not, a, b)
        return cast("WhyNot", with_text(found, why_not_text(found)))

    @strawberry.field(description="What another policy would make of the same data. One at a time; nothing is written.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def simulate(self, info: Info, policy: PolicyText) -> Simulation:
        """The answer, masked."""
        context: Context = info.context
        context.single_customers()
        found = masked_answer(
            await context.ask(lambda: context.explorer.simulate_text(policy), long=True), context.mask
        )
        return cast("Simulation", with_text(found, simulation_text(found)))


@strawberry.type
class Memory:
    """What was known then, and what was decided."""

    @strawberry.field(description="Whose an identifier was from when to when; of a customer, what it gained and lost.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def history(self, info: Info, of: Subject) -> History:
        """The history, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.history(of))
        return cast("History", shown(masked_answer(found, context.mask)))

    @strawberry.field(description="The stewards' decisions by number, page by page.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def decisions(
        self,
        info: Info,
        every: Every = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> DecisionConnection:
        """One page, masked."""
        context: Context = info.context
        context.single_customers()
        wanted = turned(first, after, last, before, usual=50)
        found = await context.ask(lambda: context.explorer.decisions(every=every))
        kept, cursors, more = cut(found, lambda one: int(one.number), wanted, context.cursors)
        edges = [
            DecisionEdge(node=shown_decision(one, context), cursor=cursor)
            for one, cursor in zip(kept, cursors, strict=True)
        ]
        return DecisionConnection(edges=edges, page_info=page_info(cursors, wanted, more))


async def explained(context: Context, question: Callable[..., Any], a: str, b: str) -> Any:
    """The answer on two sides as the role may see it: what people wrote of decisions is left out where it is masked."""
    context.single_customers()
    clear = context.mask.personal is Sight.CLEAR
    return masked_answer(await context.ask(lambda: question(a, b, reasons=clear)), context.mask)
