"""The review desk on the command line: the queue, one card, claims, comments, and how the desk does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeVar, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import Form, FormOption
from knotwork.cli.show.review import show_card, show_proposal, show_queue, show_report, show_waiting
from knotwork.cli.terminal import remark, say, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.review import ReviewService
    from knotwork_graph.desk.taking import Taken

Found = TypeVar("Found")
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
        told(desk.waiting(), form, show_waiting)
        return
    page = desk.queue(first, skip, state=state, kind=kind, source=source, score=above, mine=mine)
    if form == "json":
        print(document(page))
        return
    if page.cases:
        show_queue(page.cases)
    kinds = ", ".join(f"{count:,} {name}" for name, count in page.counts.items()) or "none"
    others = counted(page.waiting, "decision waits", "decisions wait")
    remark(f"open cases: {kinds}" + (f"; {others} for a second person" if page.waiting else ""))
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
        told(desk.proposal(case), form, show_proposal)
    else:
        told(desk.card(case), form, show_card)


def told(found: Found, form: Form, show: Callable[[Found], None]) -> None:
    """Print what was found as one JSON document, or as ``show`` tells it to people."""
    if form == "json":
        print(document(found))
    else:
        show(found)


def claim(ctx: typer.Context, case: CaseNumber, by: By = "", form: FormOption = "text") -> None:
    """Take a case for a while, so that nobody else works on it."""
    from knotwork_graph.desk import whose

    told(desk_of(ctx).claim(case, by), form, lambda held: say(f"case {case} {whose(held)}"))


def release(ctx: typer.Context, case: CaseNumber, by: By = "", form: FormOption = "text") -> None:
    """Give a case back that one has claimed."""
    desk = desk_of(ctx)
    words = "is free" if desk.release(case, by) else "was not claimed by you"
    told(desk.case(case), form, lambda _: say(f"case {case} {words}"))


def comment(
    ctx: typer.Context,
    case: CaseNumber,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    by: By = "",
    form: FormOption = "text",
) -> None:
    """Add a comment to the story of a case."""
    desk = desk_of(ctx)
    desk.comment(case, text, by)
    told(desk.case(case), form, lambda _: say(f"case {case}: noted"))


def refresh(
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Look at everything, not only at what changed.")] = False,
    form: FormOption = "text",
) -> None:
    """Look for what is doubtful; runs do it by themselves."""
    told(desk_of(ctx).refresh(everything=full), form, show_taken)


def show_taken(taken: Taken) -> None:
    """Print what became of the cases."""
    say(f"{taken.opened:,} opened, {taken.again:,} opened again, {taken.closed:,} closed, {taken.standing:,} standing")


def report(ctx: typer.Context, form: FormOption = "text") -> None:
    """Tell how the desk does: precision by source, agreement of two people, what is open and what waits."""
    told(desk_of(ctx).report(), form, show_report)


def labels(ctx: typer.Context, form: FormOption = "text") -> None:
    """List what people said of pairs, for matching to learn from."""
    found = desk_of(ctx).labels()
    if form == "json":
        print(document(found))
    elif found:
        rows = [(one.a, one.b, "yes" if one.same else "no", one.by, one.source) for one in found]
        table(("a", "b", "same", "by", "source"), rows)
    else:
        remark("Nobody has said anything of a pair yet.")


COMMANDS = (list_cases, show, claim, release, comment, refresh, report, labels)
