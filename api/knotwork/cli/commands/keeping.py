"""``backup`` and ``restore``: a whole workspace, kept elsewhere and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.invocation import workspace_of
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.backup import BackedUp


class Keeper(Protocol):
    """What a backup asks of a workspace."""

    def backup(self, out: str | Path, patience: float = 60) -> BackedUp:
        """Copy everything to a new place."""


def backup(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Argument(metavar="FILE_OR_DIR", help="A new folder, or one file where its name ends in .tar.")
    ],
    wait: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long to wait for whoever writes; 60 if unsaid.")
    ] = 60,
) -> None:
    """Copy the whole workspace, as of one moment. It may be served and written to meanwhile."""
    workspace = cast("Keeper", workspace_of(ctx))  # every workspace can be kept; the face of the others need not say so
    made = workspace.backup(out, wait)
    say(f"backed up {counted(made.files, 'file')}, {made.bytes:,} bytes, to {made.path}")


def restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="What `knotwork backup` wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace to make; a new or an empty folder.")],
) -> None:
    """Make a workspace of a backup. Every file is compared with its checksum first."""
    from knotwork.service.backup import restore as restored

    made = restored(backup, folder)
    say(f"restored {counted(made.files, 'file')}, {made.bytes:,} bytes, as of {made.made}, to {made.folder}")
    if made.server:
        remark(
            'Its graph was on a Neo4j server, and lies in the workspace now. Work on there with url = "sqlite" under '
            "[graph], or put it on a server that is empty: "
            f"KNOTWORK_GRAPH_URL=sqlite knotwork --workspace {made.folder} graph copy --to URL"
        )
    remark(f"Look at it: knotwork --workspace {made.folder} doctor")
