"""``export`` and ``draw``: what goes out of a workspace as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from knotwork.cli.commands.looking import one_customer
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import OutOption
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import counted
from knotwork_graph.errors import UsageError

What = Literal[
    "members",
    "events",
    "customers",
    "segments",
    "severed",
    "changes",
    "proposals",
    "households",
    "profiles",
    "known",
    "anonymous",
    "claims",
]
FileForm = Literal["csv", "jsonl", "parquet"]


def export(
    ctx: typer.Context,
    what: Annotated[
        What,
        typer.Argument(metavar="WHAT", help="A table; docs/commands.md describes each."),
    ],
    form: Annotated[FileForm, typer.Option("--format", help="The form of the rows.")] = "csv",
    out: OutOption = None,
) -> None:
    """Write a table out. Who holds which identifier, whose each event is, and the like."""
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise UsageError("Parquet is nothing to read on a terminal. Name a file: --out FILE")
    workspace = workspace_of(ctx)
    if out is None:
        workspace.export(what, form, sys.stdout.buffer)
        return
    rows = workspace.export(what, form, out)
    remark(f"wrote {counted(rows, 'row')} to {out}")


def draw(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER_ID", help="A customer id, or an identifier of one.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The file to write; CUSTOMER_ID.html without it.")
    ] = None,
) -> None:
    """Draw a customer's cluster. One self-contained HTML file, which loads nothing."""
    from knotwork_graph.facts import disk_errors
    from knotwork_visualise import cluster_html, scene

    workspace = workspace_of(ctx)
    found = one_customer(workspace, customer).id
    cluster = workspace.cluster(found)
    target = out or Path(f"{found}.html")
    page = cluster_html(scene(cluster.identifiers, cluster.edges), found)
    with disk_errors(target.parent):
        target.write_text(page, encoding="utf-8")
    say(f"drew {target}")
