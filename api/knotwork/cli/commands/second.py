"""Splitting, many answers at once, and the second person, on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from knotwork.cli.commands.desk import (
    By,
    Code,
    CommentOption,
    IfRevision,
    KindOption,
    Later,
    ScoreOption,
    SourceOption,
    desk_of,
)
from knotwork.cli.commands.explaining import answered
from knotwork.cli.documents import document
from knotwork.cli.options import FormOption
from knotwork.cli.show.review import show_answered, show_effect, show_split
from knotwork.cli.terminal import remark, say

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The number of the proposal.")]


def split(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER_ID", help="The customer to part.")],
    side: Annotated[
        list[str] | None, typer.Option("--side", metavar="KEY", help="An identifier of one side; may be repeated.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; without it the cut is only shown.")
    ] = "",
    code: Code = "",
    by: By = "",
    comment: CommentOption = "",
    if_revision: IfRevision = "",
    later: Later = False,
    form: FormOption = "text",
) -> None:
    """Propose where a customer falls apart most easily; with a reason, part it there. Undone as one."""
    from knotwork.service.review.values import Because

    desk, because = desk_of(ctx), Because(reason, by, comment, code)
    if because.words:
        done = answered(lambda: desk.split(customer, side or (), because, if_revision=if_revision, now=not later))
        show_answered(done)
        return
    found = answered(lambda: desk.suggest_split(customer, side or ()))
    if form == "json":
        print(document(found))
        return
    show_split(found)
    remark("Part it there with --reason TEXT or --code CODE; name another side with --side KEY.")


def bulk(
    ctx: typer.Context,
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="accept, reject or leave.")],
    kind: KindOption = "",
    source: SourceOption = "",
    above: ScoreOption = 0.0,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")] = "",
    code: Code = "",
    by: By = "",
    comment: CommentOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would change.")] = False,
    later: Later = False,
    form: FormOption = "text",
) -> None:
    """Give one answer to all open cases of a kind, a source and a probability."""
    from knotwork.service.review.values import Because

    because = Because(reason, by, comment, code)
    plan = answered(
        lambda: desk_of(ctx).bulk(
            answer, because, kind=kind, source=source, score=above, dry_run=dry_run, now=not later
        )
    )
    if form == "json":
        print(document(plan))
        return
    say(f"{len(plan.cases):,} cases, {plan.decisions:,} decisions")
    for number, why in plan.left_out:
        remark(f"case {number} is left out: {why}")
    show_effect(plan.effect)
    for why in plan.second:
        remark(f"it needs a second person: {why}")
    if plan.done is not None:
        show_answered(plan.done)


def approve(ctx: typer.Context, number: Number, by: By = "", comment: CommentOption = "", later: Later = False) -> None:
    """Let a decision that waits be made, as a second person."""
    show_answered(answered(lambda: desk_of(ctx).approve(number, by, comment, now=not later)))


def reject(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why not.")],
    by: By = "",
) -> None:
    """Throw away a decision that waits for a second person."""
    answered(lambda: desk_of(ctx).refuse(number, reason, by))
    say(f"proposal {number} is thrown away")


COMMANDS = (split, bulk, approve, reject)
