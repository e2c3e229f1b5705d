"""``resolve``: identifiers become customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import AsOfOption, FormOption
from knotwork.cli.terminal import remark, say, steps
from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork.cli.face import ResolveFace

Engine = Literal["local", "spark"]


def resolve(
    ctx: typer.Context,
    as_of: AsOfOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compute and count, but publish nothing.")] = False,
    engine: Annotated[Engine, typer.Option(help="Where it is computed; spark is not there yet.")] = "local",
    form: FormOption = "text",
) -> None:
    """Compute and publish customers. Says what changed, what was severed and what is shared."""
    if engine == "spark":
        raise UsageError("--engine spark needs knotwork[spark], which is not there yet. Leave --engine away.")
    workspace = workspace_of(ctx)
    with steps("resolving") as tell:
        report = workspace.resolve(as_of=as_of, dry_run=dry_run, tell=tell)
    if form == "json":
        print(document(report))
    else:
        show(report, dry_run=dry_run)


def show(report: ResolveFace, *, dry_run: bool) -> None:
    """Print what the run found, one figure a line; warnings go to standard error."""
    what = "would publish" if dry_run else f"run {report.run}"
    say(f"{what}: {report.how}, as of {minute(report.moment)} UTC, {report.seconds:.1f} s")
    figures(report.counts)
    say("changes")
    figures(report.changes or {"none": 0})
    say("not linked")
    figures({"severed links": report.severed, "shared identifiers": report.shared})
    for warning in report.warnings:
        remark(f"warning: {warning}")


def figures(counts: Mapping[str, int]) -> None:
    """Print each count with its name, figures aligned to the right."""
    for name, count in counts.items():
        say(f"  {count:>12,} {name.replace('_', ' ')}")
