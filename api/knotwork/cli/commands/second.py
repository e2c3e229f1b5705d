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
    told,
)
from knotwork.cli.commands.explaining import answered
from knotwork.cli.documents import document
from knotwork.cli.options import FormOption
from knotwork.cli.show.review import show_answered, show_effect, show_split
from knotwork.cli.terminal import heading, remark, say
from knotwork_graph.counted import counted

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
        done = answered(
            lambda: desk.split(customer, side or (), because, if_revision=if_revision, now=not later), "--side"
        )
        told(done, form, lambda one: show_answered(one, f"{customer} is two customers"))
        return
    told(answered(lambda: desk.suggest_split(customer, side or ()), "--side"), form, show_split)
    if form == "text":
        heading("what it would do")
        show_effect(desk.preview_split(customer, side or ()))
        remark("Part it there with --reason or --code; name one side yourself with --side.")


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
    if not plan.cases:
        say("no open case can be answered so")
    else:
        say(f"{counted(len(plan.cases), 'case')}, {counted(plan.decisions, 'decision')}")
    for number, why in plan.left_out:
        remark(f"case {number} is left out: {why}")
    if plan.cases:
        show_effect(plan.effect)
    if plan.done is None:
        for why in plan.second:
            remark(f"it needs a second person: {why}")
    else:
        show_answered(plan.done)


def approve(
    ctx: typer.Context,
    number: Number,
    by: By = "",
    comment: CommentOption = "",
    later: Later = False,
    form: FormOption = "text",
) -> None:
    """Let a decision that waits be made, as a second person."""
    done = answered(lambda: desk_of(ctx).approve(number, by, comment, now=not later))
    told(done, form, lambda one: show_answered(one, f"proposal {number} is approved"))


def reject(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why not.")],
    by: By = "",
    form: FormOption = "text",
) -> None:
    """Throw away a decision that waits for a second person."""
    done = answered(lambda: desk_of(ctx).refuse(number, reason, by))
    told(done, form, lambda _: say(f"proposal {number} is thrown away"))


COMMANDS = (split, bulk, approve, reject)
