"""``recompute``: the nightly job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.failures import DONE, HELD
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute, span
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, steps
from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork.service.runs import RunService
    from knotwork_resolvers.nightly import Report


class Recomputing(Protocol):
    """What these commands ask of a workspace."""

    @property
    def runs(self) -> RunService:
        """Its runs."""

    def recompute(self, publish_anyway: Sequence[str], tell: Callable[[str], None] | None) -> Report:
        """Resolve everything beside what readers see, and publish or hold."""


def recompute(
    ctx: typer.Context,
    gates: Annotated[
        list[str] | None, typer.Argument(metavar="[GATE]...", help="With --publish-anyway: the gates to overrule.")
    ] = None,
    publish_anyway: Annotated[
        bool, typer.Option("--publish-anyway", help="Publish though the named gates say no.")
    ] = False,
    if_older: Annotated[
        timedelta | None,
        typer.Option("--if-older", parser=span, metavar="TIME", help="Only where the last job began so long ago: 20h."),
    ] = None,
    form: FormOption = "text",
) -> None:
    """Resolve everything beside what is served, ask the gates, and publish or hold (exit status 3)."""
    if bool(gates) != publish_anyway:
        raise UsageError(
            "gates are named together with --publish-anyway, and it needs their names: "
            "knotwork recompute --publish-anyway id_changes"
        )
    workspace = cast("Recomputing", workspace_of(ctx))  # every workspace recomputes; the others' face need not say so
    last = None if if_older is None else workspace.runs.last_job()
    if if_older is not None and last is not None and datetime.now(UTC) - last < if_older:
        say = remark if form == "json" else print  # the answer, where it is no document: cron mails standard error
        say(f"Nothing to do: the last job began at {minute(last)} UTC.")
        return
    with steps("recomputing") as tell:
        report = workspace.recompute(gates or (), tell)
    show(report, workspace, form)


def holding(report: Report) -> str:
    """Which gates hold a run, by how much, and where more is said: all that cron mails."""
    gates = ", ".join(one.gate for one in report.held_by)
    words = "; ".join(one.words for one in report.held_by)
    return f"run {report.run} is held by {gates}: {words}. `knotwork runs show {report.run}` says what to do."


def show(report: Report, workspace: Recomputing, form: str) -> None:
    """Print a report, and end with the status that goes with it."""
    from knotwork.cli.show.runs import show_report

    if form == "json":
        print(document(report))
    else:
        show_report(report, workspace.runs.place(report.run))
    if report.state == "held":
        remark(f"knotwork: {holding(report)}")
    raise typer.Exit(HELD if report.state == "held" else DONE)
