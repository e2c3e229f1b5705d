"""The table of commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from knotwork.cli.commands import (
    analysing,
    auditing,
    checking,
    enriching,
    erasing,
    evaluating,
    explaining,
    exporting,
    feeding,
    graph,
    keeping,
    loading,
    looking,
    matching,
    recomputing,
    resolving,
    review,
    running,
    sample,
    segmenting,
    serving,
    setup,
    tokens,
    webhooks,
)
from knotwork.cli.failures import WRONG_USAGE
from knotwork.cli.invocation import invoked

if TYPE_CHECKING:
    from knotwork.cli.face import Opener

HELP = "Ties the identifiers a business observes into customers, shows why, and tells each customer's journey."
COMMANDS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Begin": (sample.demo, setup.init, sample.generate),
    "Work": (
        loading.load,
        resolving.resolve,
        recomputing.recompute,
        setup.doctor,
        keeping.backup,
        keeping.restore,
        erasing.erase,
    ),
    "Look": (
        looking.customer,
        looking.journey,
        looking.history,
        exporting.draw,
        exporting.export,
        feeding.changes,
        serving.serve,
    ),
    "Explain": (explaining.why, explaining.why_not, explaining.simulate, evaluating.evaluate),
}


def application(opener: Opener, *, markup: Literal["rich"] | None = None) -> typer.Typer:
    """The command line over what ``opener`` opens; ``markup`` "rich" draws the help for a terminal."""
    app = typer.Typer(name="knotwork", help=HELP, add_completion=False, rich_markup_mode=markup)

    @app.callback(invoke_without_command=True)
    def everywhere(
        ctx: typer.Context,
        workspace: Annotated[
            Path | None,
            typer.Option(metavar="DIR", help="The workspace; else KNOTWORK_WORKSPACE, else the current folder."),
        ] = None,
        _version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=show_version, help="Print the version and end.")
        ] = False,
    ) -> None:
        if ctx.invoked_subcommand is None:
            print(ctx.get_help())
            raise typer.Exit(WRONG_USAGE)
        ctx.obj = invoked(workspace, opener)

    app.add_typer(checking.policy_group(), rich_help_panel="Work")
    app.add_typer(enriching.enrich_group(), rich_help_panel="Work")
    app.add_typer(analysing.analyse_group(), name="analyse", rich_help_panel="Look")
    app.add_typer(segmenting.segment_group(), rich_help_panel="Look")
    app.add_typer(graph.graph_group(), rich_help_panel="Work")
    app.add_typer(running.runs_group(), rich_help_panel="Work")
    app.add_typer(tokens.token_group(), rich_help_panel="Work")
    app.add_typer(webhooks.webhook_group(), rich_help_panel="Work")
    app.add_typer(matching.match_group(), rich_help_panel="Work")
    app.add_typer(review.review_group(), rich_help_panel="Review")
    app.add_typer(review.decisions_group(), rich_help_panel="Review")
    app.add_typer(auditing.audit_group(), rich_help_panel="Review")
    for panel, commands in COMMANDS.items():
        for command in commands:
            app.command(command.__name__.replace("_", "-"), rich_help_panel=panel)(command)
    return app


def show_version(wanted: bool) -> None:
    """Print the version where it was asked for, and end there."""
    if wanted:
        from importlib.metadata import version

        print(f"knotwork {version('knotwork')}")
        raise typer.Exit
