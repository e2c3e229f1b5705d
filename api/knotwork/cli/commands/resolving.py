"""``resolve``: identifiers become customers."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import AsOfOption, FormOption
from knotwork.cli.terminal import steps
from knotwork_graph.errors import UsageError

Engine = Literal["local", "spark"]


def resolve(
    ctx: typer.Context,
    as_of: AsOfOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compute and count, but publish nothing.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Resolve everything, not only what was touched.")] = False,
    engine: Annotated[Engine, typer.Option(help="Where it is computed; spark is not there yet.")] = "local",
    form: FormOption = "text",
) -> None:
    """Compute and publish customers. Says what changed, what was severed and what is shared."""
    from knotwork.cli.show.resolving import show_run

    if engine == "spark":
        raise UsageError("--engine spark needs knotwork[spark], which is not there yet. Leave --engine away.")
    workspace = workspace_of(ctx)
    with steps("resolving") as tell:
        report = workspace.resolve(as_of=as_of, dry_run=dry_run, tell=tell, full=full)
    if form == "json":
        print(document(report))
    else:
        show_run(report, dry_run=dry_run)
