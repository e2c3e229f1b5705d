"""``review`` and ``decisions``: what stewards say, taken back, listed, and carried elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TextIO, cast

import typer

from knotwork.cli.commands import desk, second
from knotwork.cli.commands.desk import By, Code, CommentOption, IfRevision, Later, desk_of
from knotwork.cli.commands.explaining import answered
from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import Form, FormOption
from knotwork.cli.show.review import show_answered, show_decisions, show_effect
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import counted
from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork.service.decisions import Made, Taken
    from knotwork.service.review.values import Because, Choice
    from knotwork_graph.model import Recorded

STANDARD = Path("-")

Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND|CASE", help="must-link, cannot-link, mark-shared, keep-linking or block; or a case's number."
    ),
]
A = Annotated[str, typer.Argument(metavar="A|ANSWER", help="An identifier; or, for a case, accept, reject or leave.")]
B = Annotated[str | None, typer.Argument(metavar="[B]", help="The other identifier, for must-link and cannot-link.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever reads it in a year.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what it would change.")]
Now = Annotated[bool, typer.Option("--now", help="Let the customers obey at once, not from the next run on.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines; - for standard input or output.")]


class Decider(Protocol):
    """What these commands ask of a workspace."""

    def undo(self, number: int, *, reason: str, by: str, comment: str, now: bool = False) -> Made:
        """Take one back."""

    def decisions(self, *, every: bool = False) -> Sequence[Recorded]:
        """Those that stand, or every record."""

    def export_decisions(self, out: Path | TextIO) -> int:
        """Write every record to a file or a stream."""

    def import_decisions(self, source: Path | TextIO) -> Taken:
        """Take in the records of a file or a stream."""


def review_group() -> typer.Typer:
    """The commands behind ``knotwork review``."""
    group = typer.Typer(name="review")
    group.callback()(reviewing)
    for command in (*desk.COMMANDS, decide, *second.COMMANDS, undo, decisions):
        group.command(command.__name__.replace("_", "-").removesuffix("-cases"))(command)
    return group


def decisions_group() -> typer.Typer:
    """The commands behind ``knotwork decisions``."""
    group = typer.Typer(name="decisions")
    group.callback()(carrying)
    group.command("export")(export_decisions)
    group.command("import")(import_decisions)
    return group


def reviewing() -> None:
    """Decide what the rules cannot know: `review list`, `review show`, `review decide`, `review undo`."""


def carrying() -> None:
    """Carry decisions elsewhere. `decisions export` and `decisions import`, as JSON lines."""


def decide(
    ctx: typer.Context,
    kind: Kind,
    a: A,
    b: B = None,
    reason: Reason = "",
    code: Code = "",
    by: By = "",
    comment: CommentOption = "",
    if_revision: IfRevision = "",
    now: Now = False,
    later: Later = False,
    dry_run: DryRun = False,
    form: FormOption = "text",
) -> None:
    """Answer a case; or decide that two identifiers are one customer's, or are not, or what one of them may do."""
    from knotwork.service.review.values import Because

    because = Because(reason, by, comment, code)
    if kind.isdecimal():
        if b is not None:
            raise UsageError("a case takes one answer: accept, reject or leave.")
        answer(ctx, int(kind), a, because, if_revision, later=later, dry_run=dry_run, form=form)
    elif dry_run:
        desk.told(answered(lambda: desk_of(ctx).preview(kind, a, b)), form, show_effect)
    else:
        if not because.words:
            raise UsageError("a decision needs a reason: say why with --reason TEXT, or --code CODE.")
        made = answered(lambda: desk_of(ctx).decide(kind, a, b, because, if_revision=if_revision, now=now))
        desk.told(made, form, lambda one: told(one, now=now))


def answer(
    ctx: typer.Context,
    case: int,
    word: str,
    because: Because,
    if_revision: str,
    *,
    later: bool,
    dry_run: bool,
    form: Form,
) -> None:
    """Answer one case, or tell what an answer would do."""
    desk_open = desk_of(ctx)
    if dry_run:
        choice = next((one for one in desk_open.card(case).choices if one.answer == word), None)
        if choice is None:
            raise UsageError(f"there is no answer {word}: accept, reject or leave.")
        desk.told(choice, form, show_choice)
        return
    done = answered(lambda: desk_open.answer(case, word, because, if_revision=if_revision, now=not later))
    desk.told(done, form, show_answered)


def show_choice(choice: Choice) -> None:
    """Print what one answer would do."""
    say(f"{choice.answer}: {choice.does}")
    show_effect(choice.effect)


def told(made: Made, *, now: bool) -> None:
    """Say what came of one decision."""
    if made.waiting:
        say(f"proposal {made.waiting}: {sentence(made.record)}")
        remark(f"It waits for a second person: knotwork review approve {made.waiting}")
    elif made.fresh:
        say(f"decision {made.record.number}: {sentence(made.record)}")
        remark("The customers obey." if now else "It holds from the next run on: knotwork resolve")
    else:
        say(f"decision {made.record.number} says so already: {sentence(made.record)}")
    for text in made.remarks:
        remark(f"note: {text}")


def undo(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The number of the decision.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is taken back.")] = "",
    by: By = "",
    comment: CommentOption = "",
    now: Now = False,
    dry_run: DryRun = False,
    form: FormOption = "text",
) -> None:
    """Take back a decision, with what was made as one with it. It stays on record, with who took it back and when."""
    if dry_run:
        desk.told(desk_of(ctx).preview_undo(number), form, show_effect)
        return
    made = decider_of(ctx).undo(number, reason=reason, by=by, comment=comment, now=now)
    desk.told(made, form, lambda one: undone(number, one, now=now))


def undone(number: int, made: Made, *, now: bool) -> None:
    """Say what came of taking back a decision."""
    who = f"{made.record.by}, {minute(made.record.at)} UTC"
    if made.waiting:
        say(f"proposal {made.waiting}: to take back decision {number} ({who})")
        remark(f"It waits for a second person: knotwork review approve {made.waiting}")
        for text in made.remarks:
            remark(f"note: {text}")
    elif made.fresh:
        say(f"decision {number} is undone (record {made.record.number}, {who})")
        remark("The customers obey." if now else "It holds from the next run on: knotwork resolve")
    else:
        say(f"decision {number} was undone before (record {made.record.number}, {who})")


def decisions(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also what was undone, and the undoings.")] = False,
    form: FormOption = "text",
) -> None:
    """List the decisions that stand."""
    found = decider_of(ctx).decisions(every=every)
    if form == "json":
        print(document(found))
    elif found:
        show_decisions(found)
    else:
        remark("Nothing is decided yet." if every else "No decision stands.")


def export_decisions(ctx: typer.Context, file: FileArgument) -> None:
    """Write every record, undone or not, so that decisions outlive any store."""
    count = decider_of(ctx).export_decisions(sys.stdout if file == STANDARD else file)
    remark(f"wrote {counted(count, 'record')}")


def import_decisions(ctx: typer.Context, file: FileArgument) -> None:
    """Take in the records of a file. All of them or none; what is known already is passed over."""
    taken = answered(lambda: decider_of(ctx).import_decisions(sys.stdin if file == STANDARD else file))
    say(f"imported {counted(taken.fresh, 'record')}; {taken.known:,} were known already")


def decider_of(ctx: typer.Context) -> Decider:
    """The open workspace of the call, as one that takes decisions."""
    return cast("Decider", workspace_of(ctx))  # every workspace does; the face of the others need not say so


def sentence(record: Recorded) -> str:
    """A decision as one line."""
    about = f"{record.a} and {record.b}" if record.b else record.a
    return f"{record.kind.replace('_', '-')} {about} ({record.by}, {minute(record.at)} UTC: {record.reason})"
