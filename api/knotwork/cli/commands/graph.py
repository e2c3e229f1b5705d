"""``graph``: the store of the graph, moved and proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.invocation import workspace_of
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.moving import ImportFiles

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder for the files.")]
To = Annotated[str, typer.Option("--to", metavar="URL", help="sqlite, or an address such as neo4j://host:7687.")]
Database = Annotated[str, typer.Option("--database", metavar="NAME", help="The database on that server.")]


class Mover(Protocol):
    """What these commands ask of a workspace."""

    def graph_files(self, out: Path) -> ImportFiles:
        """Write the files of an import."""

    def graph_verify(self) -> int:
        """Count everything anew."""

    def graph_copy(self, to: str, database: str) -> dict[str, int]:
        """Copy the graph into another store."""


def graph_group() -> typer.Typer:
    """The commands behind ``knotwork graph``."""
    group = typer.Typer(name="graph")
    group.callback()(everything)
    for command in (bulk_import, verify, copy):
        group.command(command.__name__.replace("_", "-"))(command)
    return group


def everything() -> None:
    """Move the identity graph between SQLite and Neo4j, and prove that it equals the facts."""


def bulk_import(ctx: typer.Context, out: Out) -> None:
    """Write the graph as files for Neo4j's own import, and print the command that reads them. Changes nothing."""
    found = mover(ctx).graph_files(out)
    say(found.command)
    remark(f"{counted(sum(found.rows.values()), 'row')} in {counted(len(found.rows), 'file')} in {found.folder}")
    remark("Stop the server, run this command beside it, start it again; then set [graph] url and prove it with:")
    remark("knotwork graph verify")


def verify(ctx: typer.Context) -> None:
    """Count every edge anew from the events and compare. Status 1 where anything differs."""
    edges = mover(ctx).graph_verify()
    say(f"the graph equals the facts: {counted(edges, 'edge')}, each counted anew")


def copy(ctx: typer.Context, to: To, database: Database = "neo4j") -> None:
    """Copy the graph, with all ids and its past, into an empty store; both are compared afterwards."""
    rows = mover(ctx).graph_copy(to, database)
    for name, count in rows.items():
        say(f"{name}\t{count}")
    remark(f'Copied and compared. From now on: [graph] url = "{to}" in knotwork.toml.')


def mover(ctx: typer.Context) -> Mover:
    """The workspace of the call, for these commands."""
    return cast("Mover", workspace_of(ctx))
