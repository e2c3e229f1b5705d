"""``erase``: what a person has the right to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.commands.explaining import answered
from knotwork.cli.documents import document
from knotwork.cli.failures import WRONG_USAGE
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.erasing import Erased


class Eraser(Protocol):
    """What this command asks of a workspace."""

    def erase(
        self,
        *names: str,
        reason: str,
        by: str = "",
        dry_run: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> Erased:
        """Erase, or say what would be erased."""


def erase(
    ctx: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="KEY_OR_ID...", help="Identifiers such as email:lan@example.com, or customers."),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever checks it; names nobody.")],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who erases; the user of this machine if unsaid.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    form: FormOption = "text",
) -> None:
    """Erase every event that bears these identifiers, for good, and resolve what is left."""
    workspace = cast("Eraser", workspace_of(ctx))  # every workspace erases; the face of the others need not say so
    if not (dry_run or yes):
        planned = answered(lambda: workspace.erase(*names, reason=reason, by=by, dry_run=True))
        remark(sentence(planned))
        if planned.events and not (sys.stdin.isatty() and typer.confirm("Erase them for good?", err=True)):
            remark("Nothing was erased. Say --yes to erase without being asked.")
            raise typer.Exit(WRONG_USAGE)
    done = answered(lambda: workspace.erase(*names, reason=reason, by=by, dry_run=dry_run, tell=remark))
    if form == "json":
        print(document(done))
    else:
        say(sentence(done))
        if done.number:
            remark("Copies are not here: backups, exports and the files that were loaded still hold what was erased.")


def sentence(done: Erased) -> str:
    """What was, or would be, erased."""
    letters = f"; {done.letters:,} refused rows" if done.letters else ""
    if not done.events:
        return f"no event bears this: 0 events erased{letters}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in done.identifiers.items())
    begun = f"erasure {done.number}: " if done.number else "would erase "
    beside = f", {done.beside:,} of which bear others' identifiers too" if done.beside else ""
    return f"{begun}{counted(done.events, 'event')} of {kinds}{beside}{letters}"
