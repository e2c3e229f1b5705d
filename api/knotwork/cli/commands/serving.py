"""``serve``: the explorer in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from knotwork.cli.invocation import invocation_of, workspace_of
from knotwork.cli.terminal import remark

if TYPE_CHECKING:
    from knotwork.cli.face import WorkspaceFace
    from knotwork.workspace import Workspace


def serve(
    ctx: typer.Context,
    host: Annotated[
        str | None, typer.Option(metavar="HOST", help="The address to listen on; [serve] host without it.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes any free one; [serve] port without it.")
    ] = None,
    show_personal: Annotated[
        bool, typer.Option("--show-personal", help="Show personal data unmasked to whoever holds the link.")
    ] = False,
    log: Annotated[
        bool, typer.Option("--log", help="Write a JSON line for each request to standard error, naming nobody.")
    ] = False,
) -> None:
    """Serve the explorer and GraphQL. Prints a link with a one-time token; Ctrl+C ends it."""
    from knotwork.http.following import sending
    from knotwork.http.schedule import every_night
    from knotwork.http.stopping import log_lines

    if log:
        log_lines()
    workspace = workspace_of(ctx)
    webhooks = cast("Workspace", workspace).webhooks  # what is served is a real one
    with (
        every_night(workspace.settings.nightly, invocation_of(ctx).folder.absolute(), remark),
        sending(webhooks, remark),
    ):
        listen(workspace, host=host, port=port, show_personal=show_personal)


def listen(workspace: WorkspaceFace, *, host: str | None, port: int | None, show_personal: bool) -> None:
    """Serve ``workspace`` where the options say, else where its settings say."""
    from knotwork.http.entrance import access_of
    from knotwork.http.serving import serve as run_server

    settings = workspace.settings.serve
    run_server(
        workspace,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        show_personal=show_personal or settings.show_personal,
        hosts=workspace.settings.access.hosts,
        name=workspace.settings.workspace.name,
        access=access_of(cast("Workspace", workspace)),  # what is served is a real one
        ready=announce,
    )


def announce(link: str) -> None:
    """Print the link, at once even where standard output is a file."""
    print(f"The explorer is at {link}\nCtrl+C ends it.", flush=True)
