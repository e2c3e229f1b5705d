"""``changes``: the change feed, for whoever keeps something in step with customers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, cast

import typer

from knotwork.cli.documents import document, plain
from knotwork.cli.invocation import workspace_of

if TYPE_CHECKING:
    from knotwork_resolvers.feed import FeedPage

AT_ONCE = 10_000
Form = Literal["text", "json", "jsonl"]


class Follower(Protocol):
    """What following asks of a workspace."""

    def changes(self, since: str | None = None, first: int | None = None) -> FeedPage:
        """The next changes after a cursor."""


def changes(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on after this cursor; from the very first change without.")
    ] = None,
    first: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many changes.")] = None,
    form: Annotated[
        Form, typer.Option("--format", help="Text for people, one JSON document, or a line of JSON for each change.")
    ] = "text",
) -> None:
    """Show what became of customers. In order, resumable, and never rewritten."""
    from knotwork.cli.show.changes import show_changes

    workspace = cast(
        "Follower", workspace_of(ctx)
    )  # every workspace has a feed; the face of the others need not say so
    if form == "jsonl":
        print_lines(workspace, since, first)
        return
    page = workspace.changes(since, first)
    if form == "json":
        print(document({"changes": page.entries, "cursor": page.cursor, "more": page.more}))
    else:
        show_changes(page)


def print_lines(workspace: Follower, since: str | None, first: int | None) -> None:
    """Print each change as a line of JSON, page by page, so that a feed of any length needs little memory."""
    more, left = True, first
    while more and left != 0:
        page = workspace.changes(since, AT_ONCE if left is None else min(left, AT_ONCE))
        for one in page:
            print(json.dumps(plain(one), ensure_ascii=False))
        since, more, left = page.cursor, page.more, None if left is None else left - len(page)
