"""``runs``: what was computed, what readers see, and sending them elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import typer

from knotwork.cli.commands.recomputing import Recomputing
from knotwork.cli.documents import document
from knotwork.cli.failures import DONE, HELD
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, steps

Number = Annotated[int, typer.Argument(metavar="N", help="The number of a run.")]
Kept = Literal["md", "html", "json"]


def runs_group() -> typer.Typer:
    """The commands behind ``knotwork runs``."""
    group = typer.Typer(name="runs")
    group.callback()(everything)
    group.command("list")(list_runs)
    group.command("show")(show_run)
    group.command("diff")(diff)
    group.command("publish")(publish)
    group.command("rollback")(rollback)
    return group


def everything() -> None:
    """Look at runs, and choose which one readers see. `list`, `show`, `diff`, `publish`, `rollback`."""


def list_runs(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Each incremental run on a line of its own.")] = False,
    form: FormOption = "text",
) -> None:
    """List the runs, newest first. Incremental ones in a row are told as one."""
    from knotwork.cli.show.runs import show_list

    found = workspace(ctx).runs.list(every=every)
    if form == "json":
        print(document(found))
    elif found:
        show_list(found)
    else:
        remark("There is no run yet. Make one: knotwork resolve")


def show_run(
    ctx: typer.Context,
    number: Number,
    report: Annotated[
        Kept | None, typer.Option("--report", help="Print the report as it was written: Markdown, HTML or JSON.")
    ] = None,
    form: FormOption = "text",
) -> None:
    """Show one run: its figures, and what its gates said."""
    from knotwork.cli.show.runs import show_one

    runs = workspace(ctx).runs
    if report is not None:
        print(runs.report(number, report), end="")
    elif form == "json":
        print(document(runs.show(number)))
    else:
        show_one(runs.show(number), runs.place(number))


def diff(
    ctx: typer.Context,
    a: Annotated[int, typer.Argument(metavar="A", help="The number of the first run.")],
    b: Annotated[int, typer.Argument(metavar="B", help="The number of the second run.")],
    form: FormOption = "text",
) -> None:
    """Show what became of customers from one run to another, and who changed hands."""
    from knotwork.cli.show.runs import show_difference

    found = workspace(ctx).runs.diff(a, b)
    if form == "json":
        print(document(found))
    else:
        show_difference(found)


def publish(ctx: typer.Context, number: Number, form: FormOption = "text") -> None:
    """Let readers see a run. One that was held is made anew from all there is now."""
    from knotwork.cli.show.runs import show_sent

    runs = workspace(ctx).runs
    with steps("publishing") as tell:
        sent = runs.publish(number, tell)
    if form == "json":
        print(document(sent))
    else:
        show_sent(sent, None if sent.report is None else runs.place(sent.report.run))
    raise typer.Exit(HELD if sent.report is not None and sent.report.state == "held" else DONE)


def rollback(
    ctx: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="The run; the one before without it.")] = None,
    form: FormOption = "text",
) -> None:
    """Send readers back to an earlier run, within a second."""
    from knotwork.cli.show.runs import show_sent

    sent = workspace(ctx).runs.rollback(number)
    if form == "json":
        print(document(sent))
    else:
        show_sent(sent, None)


def workspace(ctx: typer.Context) -> Recomputing:
    """The open workspace of the call."""
    return cast("Recomputing", workspace_of(ctx))  # every workspace has runs; the face of the others need not say so
