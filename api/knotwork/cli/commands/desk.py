"""The review desk on the command line: the queue, one card, claims, comments, and how the desk does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.show.review import show_card, show_effect, show_queue, show_report, show_waiting
from knotwork.cli.terminal import remark, say, table

if TYPE_CHECKING:
    from knotwork.service.review import ReviewService

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; the user of this machine if unsaid.")]
Code = Annotated[str, typer.Option("--code", metavar="CODE", help="A reason to choose from, such as family.")]
CommentOption = Annotated[str, typer.Option("--comment", metavar="TEXT", help="Whatever else there is to say.")]
IfRevision = Annotated[
    str, typer.Option("--if-revision", metavar="NAME", help="Only if nothing has changed since the card bore this.")
]
Later = Annotated[bool, typer.Option("--later", help="Let the next run obey; an answered case is obeyed at once.")]
CaseNumber = Annotated[int, typer.Argument(metavar="CASE", help="The number of the case.")]
KindOption = Annotated[
    Literal["", "merge", "split", "shared", "block", "conflict"],
    typer.Option("--kind", metavar="KIND", help="merge, split, shared, block or conflict."),
]
SourceOption = Annotated[str, typer.Option("--source", metavar="NAME", help="resolver, matching or quality.")]
ScoreOption = Annotated[
    float, typer.Option("--above", metavar="P", min=0.0, max=1.0, help="Only with at least this probability.")
]
StateOption = Annotated[
    Literal["open", "waiting", "decided", "left", "closed"],
    typer.Option("--state", metavar="STATE", help="open (if unsaid), waiting, decided, left or closed."),
]


class Reviewed(Protocol):
    """A workspace with a review desk."""

    @property
    def review(self) -> ReviewService:
        """The desk."""


def desk_of(ctx: typer.Context) -> ReviewService:
    """The review desk of the call's workspace."""
    return cast("Reviewed", workspace_of(ctx)).review  # every workspace has one; the face of the others need not say so


def list_cases(
    ctx: typer.Context,
    kind: KindOption = "",
    source: SourceOption = "",
    above: ScoreOption = 0.0,
    state: StateOption = "open",
    mine: Annotated[str, typer.Option("--mine", metavar="NAME", help="Only those that this person has claimed.")] = "",
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Decisions that wait for a second person instead.")
    ] = False,
    first: Annotated[int, typer.Option("--first", min=1, metavar="N", help="How many; 20 if unsaid.")] = 20,
    skip: Annotated[int, typer.Option("--skip", min=0, metavar="N", help="Go on after so many.")] = 0,
    form: FormOption = "text",
) -> None:
    """List the cases, the most harmful and the longest waiting first."""
    desk = desk_of(ctx)
    if waiting:
        show_waiting(desk.waiting(), form)
        return
    page = desk.queue(first, skip, state=state, kind=kind, source=source, score=above, mine=mine)
    if form == "json":
        print(document(page))
        return
    if page.cases:
        show_queue(page.cases)
    counted = ", ".join(f"{count:,} {name}" for name, count in page.counts.items()) or "none"
    remark(f"open cases: {counted}" + (f"; {page.waiting} decisions wait for a second person" if page.waiting else ""))
    if page.more:
        remark(f"There are more: --skip {skip + first}")


def show(
    ctx: typer.Context,
    case: CaseNumber,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="CASE is the number of a decision that waits for a second person.")
    ] = False,
    form: FormOption = "text",
) -> None:
    """Show one case: both sides, evidence, what each answer would do, and what was decided before."""
    desk = desk_of(ctx)
    if waiting:
        show_effect(desk.preview_waiting(case))
        return
    card = desk.card(case)
    if form == "json":
        print(document(card))
    else:
        show_card(card)


def claim(ctx: typer.Context, case: CaseNumber, by: By = "") -> None:
    """Take a case for a while, so that nobody else works on it."""
    held = desk_of(ctx).claim(case, by)
    until = f"{held.claimed_until:%H:%M} UTC" if held.claimed_until else "now"
    say(f"case {case} is {held.claimed_by}'s until {until}")


def release(ctx: typer.Context, case: CaseNumber, by: By = "") -> None:
    """Give a case back that one has claimed."""
    say(f"case {case} is free" if desk_of(ctx).release(case, by) else f"case {case} was not claimed by you")


def comment(
    ctx: typer.Context,
    case: CaseNumber,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    by: By = "",
) -> None:
    """Add a comment to the story of a case."""
    desk_of(ctx).comment(case, text, by)
    say(f"case {case}: noted")


def refresh(
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Look at everything, not only at what changed.")] = False,
) -> None:
    """Look for what is doubtful; runs do it by themselves."""
    taken = desk_of(ctx).refresh(everything=full)
    say(f"{taken.opened:,} opened, {taken.again:,} opened again, {taken.closed:,} closed, {taken.standing:,} standing")


def report(ctx: typer.Context, form: FormOption = "text") -> None:
    """Tell how the desk does: precision by source, agreement of two people, what is open and what waits."""
    found = desk_of(ctx).report()
    if form == "json":
        print(document(found))
    else:
        show_report(found)


def labels(ctx: typer.Context, form: FormOption = "text") -> None:
    """List what people said of pairs, for matching to learn from."""
    found = desk_of(ctx).labels()
    if form == "json":
        print(document(found))
    elif found:
        table(("a", "b", "same", "by", "source"), [(one.a, one.b, one.same, one.by, one.source) for one in found])
    else:
        remark("Nobody has said anything of a pair yet.")


COMMANDS = (list_cases, show, claim, release, comment, refresh, report, labels)
