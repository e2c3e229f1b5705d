"""``init`` and ``doctor``: a workspace begins, and is looked after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knotwork.cli.documents import document
from knotwork.cli.failures import DONE, FAILED
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import say


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it may exist.")]) -> None:
    """Make a workspace. It is a folder with a commented policy."""
    import knotwork

    policy = knotwork.init(folder)
    say(f"made a workspace; its policy is {policy}")
    say(f"Read that first, then: knotwork --workspace {policy.parent} load FILE")


def doctor(ctx: typer.Context, form: FormOption = "text") -> None:
    """Check the workspace. Stores, versions and settings; says what to do."""
    findings = workspace_of(ctx).doctor()
    if form == "json":
        print(document(findings))
    else:
        for finding in findings:
            say(
                f"{'ok  ' if finding.ok else 'BAD '} {finding.what}"
                + ("" if finding.ok else f"\n     {finding.remedy}")
            )
    raise typer.Exit(DONE if all(finding.ok for finding in findings) else FAILED)
