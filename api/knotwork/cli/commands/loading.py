"""``load``: events come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import counting, remark, say
from knotwork_graph.counted import few_of

if TYPE_CHECKING:
    from knotwork_graph.model import LoadReport


def load(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="JSON lines, CSV, Parquet, a folder of them, or - for standard input."),
    ],
    mapping: Annotated[
        Path | None, typer.Option(metavar="MAP.toml", help="Which column means what, for CSV and Parquet.")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="The files are dead letters: load their rows again, mended or not.")
    ] = False,
    form: FormOption = "text",
) -> None:
    """Append events. What cannot be taken goes to a dead-letter file with its reason."""
    workspace = workspace_of(ctx)
    with counting("loading", "rows") as moved:
        report = workspace.load(*files, mapping=mapping, replay=replay, progress=moved)
    if form == "json":
        print(document(report))
    else:
        show(report)


def show(report: LoadReport) -> None:
    """Print the counts, then why rows were rejected and where they wait; remarks go to standard error."""
    say(report.line())
    for reason, count in sorted(report.reasons.items(), key=lambda each: (-each[1], each[0])):
        say(f"  {count:>9,} {reason}")
    if report.dead_letters:
        say(f"Rejected rows, with their reasons: {report.dead_letters}")
        say(f"Mend them there, then: knotwork load --replay {report.dead_letters}")
    for note in few_of(report.notes):
        remark(f"note: {note}")
