"""``match``: people who look alike but share no identifier, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.commands.explaining import SideA, SideB, answered
from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, say, steps

if TYPE_CHECKING:
    from knotwork.service.matching import MatchingReport, PairEvidence
    from knotwork_resolvers.matching.running import MatchRun

DrawOption = Annotated[Path | None, typer.Option("--draw", metavar="FILE", help="Write the picture as an SVG file.")]


class Matcher(Protocol):
    """What these commands ask of a workspace."""

    def match(self, tell: Callable[[str], None] | None = None, *, new: bool = False) -> MatchRun:
        """Look for people who look alike."""

    def unmatch(self, tell: Callable[[str], None] | None = None) -> int:
        """Take back what matching found."""

    def match_explain(self, a: str, b: str) -> PairEvidence:
        """What speaks for and against two being one."""

    def match_report(self) -> MatchingReport:
        """What the last matching did."""


def match_group() -> typer.Typer:
    """The commands behind ``knotwork match``."""
    group = typer.Typer(name="match", invoke_without_command=True)
    group.callback()(match)
    group.command()(explain)
    group.command()(report)
    group.command()(drop)
    return group


def match(
    ctx: typer.Context,
    new: Annotated[
        bool, typer.Option("--new", help="Compare only whom something came to since the last time.")
    ] = False,
    form: FormOption = "text",
) -> None:
    """Propose who may be one person. From names, addresses and the like; join where the policy allows it."""
    if ctx.invoked_subcommand is not None:
        return
    from knotwork.cli.show.matching import show_run

    with steps("matching") as tell:
        found = matcher_of(ctx).match(tell, new=new)
    print(document(found)) if form == "json" else show_run(found)


def explain(ctx: typer.Context, a: SideA, b: SideB, form: FormOption = "text", draw: DrawOption = None) -> None:
    """Explain what speaks for and against two being one person. Each comparison with its weight."""
    from knotwork.cli.show.matching import show_pair

    workspace = matcher_of(ctx)
    found = answered(lambda: workspace.match_explain(a, b))
    print(document(found)) if form == "json" else show_pair(found)
    if draw is not None:
        from knotwork.service.match_pictures import pair_file

        written(draw, pair_file(found))


def report(ctx: typer.Context, form: FormOption = "text", draw: DrawOption = None) -> None:
    """Tell what the last matching did. Pairs by rule, weights, and what each threshold would mean."""
    from knotwork.cli.show.matching import show_report

    found = matcher_of(ctx).match_report()
    print(document(found)) if form == "json" else show_report(found)
    if draw is not None:
        from knotwork.service.match_pictures import report_file

        written(draw, report_file(found))


def drop(ctx: typer.Context) -> None:
    """Take back the model. Nothing stays proposed or joined; what people decided stands."""
    with steps("taking it back") as tell:
        parted = matcher_of(ctx).unmatch(tell)
    say(f"the model is taken back; {parted:,} joined pairs are parted")


def written(path: Path, text: str) -> None:
    """Write a picture, and say so."""
    from knotwork_graph.facts import disk_errors

    with disk_errors(path.parent):
        path.write_text(text, encoding="utf-8")
    remark(f"wrote {path}")


def matcher_of(ctx: typer.Context) -> Matcher:
    """The open workspace of the call, as one that matches."""
    return cast("Matcher", workspace_of(ctx))  # every workspace matches; the face of the others need not say so
