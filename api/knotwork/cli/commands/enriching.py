"""``enrich trial``: what a source would add, before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import heading, say, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork_resolvers.enriching import Trial

COLUMNS = ("trait", "filled", "customers", "new", "same", "other", "of these kept", "newer")


class Enriching(Protocol):
    """What this command asks of a workspace."""

    def enrich_trial(self, *paths: str | Path, mapping: str | Path | None = None) -> Trial:
        """What loading these files would bring."""


def enrich_group() -> typer.Typer:
    """The commands behind ``knotwork enrich``."""
    group = typer.Typer(name="enrich")
    group.callback()(everything)
    group.command()(trial)
    return group


def everything() -> None:
    """See what a source would add. `enrich trial` reads it, compares, and writes nothing."""


def trial(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="JSON lines, CSV, Parquet, or folders of them.")],
    mapping: Annotated[
        Path | None, typer.Option(metavar="MAP.toml", help="Which column means what, for CSV and Parquet.")
    ] = None,
    form: FormOption = "text",
) -> None:
    """Try a source before it is loaded. Whom it meets, what it would add, and where it says otherwise."""
    found = cast("Enriching", workspace_of(ctx)).enrich_trial(*files, mapping=mapping)
    print(document(as_document(found))) if form == "json" else show(found)


def as_document(found: Trial) -> dict[str, object]:
    """The trial with the figures that follow from others."""
    from dataclasses import fields

    told = {one.name: getattr(found, one.name) for one in fields(found)}
    return told | {"received": found.received, "strangers": found.strangers, "match_rate": found.match_rate}


def show(found: Trial) -> None:
    """Print what loading would bring."""
    taken = f"accepted {found.accepted} + duplicate {found.duplicate} + rejected {found.rejected}"
    say(f"received {found.received} = {taken}")
    for reason, count in found.reasons.items():
        say(f"  {count:>9,} {reason}")
    show_matches(found)
    if found.oldest is not None:
        age = f", half of them older than {found.age_days:,.0f} days" if found.age_days is not None else ""
        say(f"rows from {minute(found.oldest)} to {minute(found.newest)} UTC{age}")
    for kind, count in found.unusable.items():
        say(f"{counted(count, 'blocked or invalid value')} of the type {kind} can meet nobody")
    if found.traits:
        heading("Traits, of the customers that it meets")
        table(COLUMNS, rows(found), numbers=COLUMNS[1:])
    say("\nNothing was written.")


def show_matches(found: Trial) -> None:
    """Print whom the rows meet."""
    whom = f"{found.customers:,} of {counted(found.of_customers, 'customer')}"
    say(f"match rate {found.match_rate:.1%}: {counted(found.matched, 'row meets', 'rows meet')} {whom}")
    if found.several:
        say(f"{counted(found.several, 'row meets', 'rows meet')} several customers each, and could join them")
    if found.strangers:
        say(f"{counted(found.strangers, 'row meets', 'rows meet')} nobody, and would make new customers")


def rows(found: Trial) -> Sequence[Sequence[object]]:
    """A line for each trait."""
    return [
        (one.trait, f"{one.fill_rate:.0%}", *(f"{count:,}" for count in
         (one.customers, one.adds, one.agrees, one.conflicts, one.wins, one.newer)))
        for one in found.traits
    ]  # fmt: skip
