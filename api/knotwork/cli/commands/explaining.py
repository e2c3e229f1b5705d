"""``why``, ``why-not`` and ``simulate``: what the customers are made of, and what would make them others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, say, steps
from knotwork_graph.errors import KnotworkError

if TYPE_CHECKING:
    from knotwork_resolvers.explain.answers import Why, WhyNot
    from knotwork_resolvers.explain.simulation import Simulation

Answer = TypeVar("Answer")
SideA = Annotated[
    str, typer.Argument(metavar="A", help="An identifier such as email:lan@example.com, or a customer id.")
]
SideB = Annotated[str, typer.Argument(metavar="B", help="Another identifier, or another customer's id.")]


class Explainer(Protocol):
    """What these commands ask of a workspace."""

    def why(self, a: str, b: str) -> Why:
        """What holds two identifiers together."""

    def why_not(self, a: str, b: str) -> WhyNot:
        """What keeps two identifiers apart."""

    def simulate(self, policy: Path, tell: Callable[[str], None] | None = None) -> Simulation:
        """What another policy would make of the same data."""


def why(ctx: typer.Context, a: SideA, b: SideB, form: FormOption = "text") -> None:
    """Explain why two identifiers are one customer. The path between them, with its evidence."""
    from knotwork_resolvers.explain.wording import why_text

    workspace = explainer_of(ctx)
    found = answered(lambda: workspace.why(a, b))
    print(document(found)) if form == "json" else say(why_text(found))


def why_not(ctx: typer.Context, a: SideA, b: SideB, form: FormOption = "text") -> None:
    """Explain why two are not one customer. And the smallest change that would join them."""
    from knotwork_resolvers.explain.wording import why_not_text

    workspace = explainer_of(ctx)
    found = answered(lambda: workspace.why_not(a, b))
    print(document(found)) if form == "json" else say(why_not_text(found))


def simulate(
    ctx: typer.Context,
    policy: Annotated[Path, typer.Argument(metavar="POLICY.toml", help="The other policy's file.")],
    form: FormOption = "text",
) -> None:
    """Show what another policy would change. Nothing is written."""
    from knotwork_resolvers.explain.wording import simulation_text

    workspace = explainer_of(ctx)
    with steps("simulating") as tell:
        found = workspace.simulate(policy, tell)
    for warning in found.warnings:
        remark(f"warning: {warning}")
    print(document(found)) if form == "json" else say(simulation_text(found))


def explainer_of(ctx: typer.Context) -> Explainer:
    """The open workspace of the call, as one that explains."""
    return cast("Explainer", workspace_of(ctx))  # every workspace explains; the face of the others need not say so


def answered(question: Callable[[], Answer], hint: str = "A or B") -> Answer:
    """The answer to a question about two sides; a name that cannot be one is wrong usage, of what ``hint`` names."""
    try:
        return question()
    except KnotworkError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from error
