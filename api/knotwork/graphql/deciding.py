"""What can be changed: decisions are made, and taken back."""

from __future__ import annotations

from typing import Annotated

import strawberry

from knotwork.access.answers import masked_record
from knotwork.graphql.context import Context, Info
from knotwork.graphql.made import shown
from knotwork.graphql.remembering import Applied, Contradiction, Decided, DecideInput, UndoDecisionInput
from knotwork.service.decisions import Made
from knotwork_graph.errors import ContradictionError


@strawberry.type
class Mutation:
    """What can be changed, by stewards and administrators."""

    @strawberry.mutation(description="Decide on an identifier, or on two. The same twice is kept once.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def decide(self, info: Info, input: Annotated[DecideInput, strawberry.argument()]) -> Decided:  # noqa: A002 - the argument's public name
        """Keep a decision, or say what it contradicts."""
        context: Context = info.context
        context.deciding()
        said = {"reason": input.reason, "by": input.by, "comment": input.comment}
        try:
            made = await context.ask(lambda: context.explorer.decide(input.kind, input.a, input.b, **said))
        except ContradictionError as error:
            return Contradiction(client_mutation_id=input.client_mutation_id, message=str(error), first=error.first)
        return applied(context, made, input.client_mutation_id)

    @strawberry.mutation(description="Take a decision back. It stays on record.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def undo_decision(self, info: Info, input: Annotated[UndoDecisionInput, strawberry.argument()]) -> Applied:  # noqa: A002 - the argument's public name
        """Keep the undoing."""
        context: Context = info.context
        context.deciding()
        said = {"reason": input.reason, "by": input.by, "comment": input.comment}
        made = await context.ask(lambda: context.explorer.undo(input.number, **said))
        return applied(context, made, input.client_mutation_id)


def applied(context: Context, made: Made, mutation: str | None) -> Applied:
    """What came of it, masked."""
    return Applied(
        client_mutation_id=mutation,
        decision=shown(masked_record(made.record, context.mask)),
        fresh=made.fresh,
        remarks=list(made.remarks),
    )
