"""``audit``: what was done and seen, from the chain that nobody can change unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.failures import FAILED
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.audit import AuditService

HEADERS = ("number", "at", "kind", "who", "what", "detail", "hash")
SHOWN_HASH = 12


class Audited(Protocol):
    """A workspace with an audit chain."""

    @property
    def audit(self) -> AuditService:
        """The chain."""


def audit_group() -> typer.Typer:
    """The commands behind ``knotwork audit``."""
    group = typer.Typer(name="audit")
    group.callback()(auditing)
    group.command()(show)
    return group


def auditing() -> None:
    """Who decided, looked at personal values, exported, or changed the policy. `audit show`."""


def show(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Only rows of this kind.")] = "",
    who: Annotated[str, typer.Option("--who", metavar="NAME", help="Only what this person did.")] = "",
    last: Annotated[int, typer.Option("--last", min=1, metavar="N", help="How many; 50 if unsaid.")] = 50,
    form: FormOption = "text",
) -> None:
    """Show the newest rows of the audit chain, and whether it is whole."""
    chain = cast("Audited", workspace_of(ctx)).audit  # every workspace has one; the face of the others need not say so
    broken = chain.broken()
    rows = chain.rows(kind=kind, who=who, last=last) if broken is None or broken.readable else ()
    if form == "json":
        print(document({"rows": rows, "whole": broken is None, "broken": broken}))
    elif rows:
        told = [(one.number, minute(one.at), one.kind, one.who, one.what, one.detail) for one in rows]
        hashes = [one.hash[:SHOWN_HASH] for one in rows]
        table(HEADERS, [(*row, shown) for row, shown in zip(told, hashes, strict=True)], numbers=("number",))
    if broken is not None:
        remark(f"The chain breaks at row {broken.number}: {broken.words}.")
        raise typer.Exit(FAILED)
    remark(f"The chain is whole: {counted(chain.count(), 'row')}.")
