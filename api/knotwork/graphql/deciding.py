"""Deciding on identifiers, and taking back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from knotwork.access.answers import masked_record
from knotwork.graphql.changing import Change, Conflict, once, who
from knotwork.graphql.context import Context, Info
from knotwork.graphql.remembering import Decision, shown_decision
from knotwork.service.decisions import Made
from knotwork_graph.errors import ContradictionError, RevisionError


@strawberry.input(description="A decision to be made.")
class DecideInput(Change):
    """What a steward says."""

    kind: str = strawberry.field(description="must_link, cannot_link, mark_shared, keep_linking or block")
    a: str = strawberry.field(description="An identifier as type:value.")
    b: str | None = strawberry.field(default=None, description="The other identifier, for a link.")
    reason: str = strawberry.field(default="", description="Why, for whoever reads it in a year; or give a code.")
    code: str = strawberry.field(default="", description="One of the reason codes, such as same_person or family.")
    comment: str = strawberry.field(default="", description="Whatever else there is to say.")
    by: str = strawberry.field(default="", description="Who decides; a token says it by itself.")
    if_revision: str = strawberry.field(default="", description="The revision that a preview or a card showed.")
    now: bool = strawberry.field(default=False, description="Let the customers obey at once, and not at the next run.")


@strawberry.input(description="A decision to be taken back.")
class UndoDecisionInput(Change):
    """What a steward takes back."""

    number: int = strawberry.field(description="The number of the decision.")
    reason: str = strawberry.field(default="", description="Why it is taken back.")
    comment: str = strawberry.field(default="", description="Whatever else there is to say.")
    by: str = strawberry.field(default="", description="Who takes it back; a token says it by itself.")
    now: bool = strawberry.field(default=False, description="Let the customers obey at once, and not at the next run.")


@strawberry.type(description="The decision stands; it holds from the next run on.")
class Applied:
    """What came of it."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    decision: Decision = strawberry.field(description="The decision as it is kept.")
    fresh: bool = strawberry.field(description="False where the same had been said before; it is not kept twice.")
    remarks: list[str] = strawberry.field(description="What somebody should know of the identifiers.")


@strawberry.type(description="The decision is refused: it contradicts an earlier one that stands.")
class Contradiction:
    """Why not."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    message: str = strawberry.field(description="Which two decisions cannot stand together.")
    first: int = strawberry.field(description="The number of the earlier decision.")


@strawberry.type(description="Nothing holds yet: it is risky, and waits until a second person approves it.")
class NeedsSecondApproval:
    """What it waits for."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    waiting: int = strawberry.field(description="The number it waits under, for `approve` and `refuse`.")
    remarks: list[str] = strawberry.field(description="Why a second person is needed.")


Decided = Annotated[
    Applied | Contradiction | NeedsSecondApproval | Conflict,
    strawberry.union("Decided", description="What came of a decision."),
]
Deciding_ = Annotated[DecideInput, strawberry.argument(description="What is decided, and why.")]
Undoing = Annotated[UndoDecisionInput, strawberry.argument(description="Which decision, and why.")]


@strawberry.type
class Deciding:
    """Decisions."""

    @strawberry.mutation(description="Decide on an identifier, or on two. The same twice is kept once.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def decide(self, info: Info, input: Deciding_) -> Decided:  # noqa: A002 - the argument's public name
        """Keep a decision, or say what stands against it."""
        context: Context = info.context
        context.deciding()
        said: dict[str, Any] = {"reason": input.reason, "by": who(context, input.by), "comment": input.comment}
        more = {"code": input.code, "if_revision": input.if_revision, "now": input.now}
        given = {**said, **{name: value for name, value in more.items() if value}}
        return await settled(
            context, "decide", input, lambda: context.explorer.decide(input.kind, input.a, input.b, **given)
        )

    @strawberry.mutation(description="Take a decision back. It stays on record.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def undo_decision(self, info: Info, input: Undoing) -> Decided:  # noqa: A002 - the argument's public name
        """Keep the undoing."""
        context: Context = info.context
        context.deciding()
        said: dict[str, Any] = {"reason": input.reason, "by": who(context, input.by), "comment": input.comment}
        given = {**said, **({"now": True} if input.now else {})}
        return await settled(context, "undo", input, lambda: context.explorer.undo(input.number, **given))


async def settled(context: Context, name: str, given: Change, do: Callable[[], Made]) -> Decided:
    """What came of a decision, as one of the outcomes."""
    sent = given.client_mutation_id
    try:
        made = await once(context, name, given, do, Made)
    except ContradictionError as error:
        return Contradiction(client_mutation_id=sent, message=context.mask.text(str(error)), first=error.first)
    except RevisionError as error:
        return Conflict(client_mutation_id=sent, message=context.mask.text(str(error)), revision=error.revision)
    remarks = list(map(context.mask.text, made.remarks))
    if made.waiting:
        return NeedsSecondApproval(client_mutation_id=sent, waiting=made.waiting, remarks=remarks)
    record = masked_record(made.record, context.mask)
    return Applied(client_mutation_id=sent, decision=shown_decision(record, context), fresh=made.fresh, remarks=remarks)
