"""``review`` and ``decisions``: what stewards say, taken back, listed, and carried elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TextIO, cast

import typer

from knotwork.cli.commands.explaining import answered
from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, say, table

if TYPE_CHECKING:
    from knotwork.service.decisions import Made, Taken
    from knotwork_graph.model import Recorded

HEADERS = ("number", "kind", "a", "b", "by", "at", "reason", "comment", "undone by")
STANDARD = Path("-")

Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="must-link, cannot-link, mark-shared, keep-linking or block.")
]
A = Annotated[str, typer.Argument(metavar="A", help="An identifier such as email:lan@example.com.")]
B = Annotated[str | None, typer.Argument(metavar="[B]", help="The other identifier, for must-link and cannot-link.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever reads it in a year.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides; the user of this machine if unsaid.")]
Comment = Annotated[str, typer.Option("--comment", metavar="TEXT", help="Whatever else there is to say.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines; - for standard input or output.")]


class Decider(Protocol):
    """What these commands ask of a workspace."""

    def decide(self, kind: str, a: str, b: str | None = None, *, reason: str, by: str, comment: str) -> Made:
        """Keep a decision."""

    def undo(self, number: int, *, reason: str, by: str, comment: str) -> Made:
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
    for command in (decide, undo, decisions):
        group.command()(command)
    return group


def decisions_group() -> typer.Typer:
    """The commands behind ``knotwork decisions``."""
    group = typer.Typer(name="decisions")
    group.callback()(carrying)
    group.command("export")(export_decisions)
    group.command("import")(import_decisions)
    return group


def reviewing() -> None:
    """Decide what the rules cannot know. `review decide`, `review undo`, `review decisions`."""


def carrying() -> None:
    """Carry decisions elsewhere. `decisions export` and `decisions import`, as JSON lines."""


def decide(
    ctx: typer.Context, kind: Kind, a: A, reason: Reason, b: B = None, by: By = "", comment: Comment = ""
) -> None:
    """Decide that two identifiers are one customer's, or are not; or what one identifier may do."""
    made = answered(lambda: decider_of(ctx).decide(kind, a, b, reason=reason, by=by, comment=comment))
    if made.fresh:
        say(f"decision {made.record.number}: {sentence(made.record)}")
        remark("It holds from the next run on: knotwork resolve")
    else:
        say(f"decision {made.record.number} says so already: {sentence(made.record)}")
    for text in made.remarks:
        remark(f"note: {text}")


def undo(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The number of the decision.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is taken back.")] = "",
    by: By = "",
    comment: Comment = "",
) -> None:
    """Take back a decision. It stays on record, with who took it back and when."""
    made = decider_of(ctx).undo(number, reason=reason, by=by, comment=comment)
    who = f"{made.record.by}, {minute(made.record.at)} UTC"
    if made.fresh:
        say(f"decision {number} is undone (record {made.record.number}, {who})")
        remark("It holds from the next run on: knotwork resolve")
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
        table(HEADERS, [cells(one) for one in found], numbers=("number", "undone by"))
    else:
        remark("Nothing is decided yet." if every else "No decision stands.")


def export_decisions(ctx: typer.Context, file: FileArgument) -> None:
    """Write every record, undone or not, so that decisions outlive any store."""
    count = decider_of(ctx).export_decisions(sys.stdout if file == STANDARD else file)
    remark(f"wrote {count:,} records")


def import_decisions(ctx: typer.Context, file: FileArgument) -> None:
    """Take in the records of a file. All of them or none; what is known already is passed over."""
    taken = answered(lambda: decider_of(ctx).import_decisions(sys.stdin if file == STANDARD else file))
    say(f"imported {taken.fresh:,} records; {taken.known:,} were known already")


def decider_of(ctx: typer.Context) -> Decider:
    """The open workspace of the call, as one that takes decisions."""
    return cast("Decider", workspace_of(ctx))  # every workspace does; the face of the others need not say so


def sentence(record: Recorded) -> str:
    """A decision as one line."""
    about = f"{record.a} and {record.b}" if record.b else record.a
    return f"{record.kind.replace('_', '-')} {about} ({record.by}, {minute(record.at)} UTC: {record.reason})"


def cells(one: Recorded) -> tuple[object, ...]:
    """One record as cells; an undo names the decision it takes back."""
    kind = one.kind.replace("_", "-") if not one.undoes else f"undo of {one.undoes}"
    return one.number, kind, one.a, one.b, one.by, minute(one.at), one.reason, one.comment, one.undone_by or ""
