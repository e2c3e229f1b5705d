"""The question that programs ask who follow what becomes of customers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, cast

import strawberry

from knotwork.graphql.context import Context, Info
from knotwork.graphql.made import shown, twin
from knotwork_resolvers import feed

CHANGES_MOST = 100
Since = Annotated[
    str | None,
    strawberry.argument(description="The cursor to go on after, for ever good; none: the very first change."),
]
First = Annotated[int, strawberry.argument(description="How many, at most 100.")]


@twin(feed.FeedEntry, "What became of a customer when readers were sent to a run, and why.", name="Change")
class Change:
    """An entry."""

    cursor: str = strawberry.field(description="Leads to the changes after this one.")
    kind: str = strawberry.field(description="created, merged, split, moved or retired")
    customer: str = strawberry.field(
        description="Whose the identifiers are now (were, of a retired one). Empty: nobody."
    )
    other: str = strawberry.field(description="Whose they were before. Empty: nobody.")
    identifiers: list[str] = strawberry.field(description="Those that changed hands, masked as your role demands.")
    run: int
    at: datetime
    cause: str = strawberry.field(description="event, expiry, policy change, decision, sent back or sent on")


@twin(feed.FeedPage, "A page of the change feed.", name="Changes")
class Changes:
    """A page."""

    entries: list[Change]
    cursor: str = strawberry.field(description="Leads to what comes after this page; keep it.")
    more: bool = strawberry.field(description="Whether there is something after it already.")


@strawberry.type
class Following:
    """What becomes of customers."""

    @strawberry.field(description="What became of customers, in order, resumable, and never rewritten.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def changes(self, info: Info, since: Since = None, first: First = 50) -> Changes:
        """One page, masked."""
        context: Context = info.context
        context.single_customers()
        count = context.page(first, CHANGES_MOST, "first")
        page = await context.ask(lambda: context.explorer.changes(since, count))
        entries = tuple(replace(one, identifiers=tuple(map(context.mask.key, one.identifiers))) for one in page)
        return cast("Changes", shown(replace(page, entries=entries)))


LOOK = 1.0
"""Seconds between two looks at the feed: publishing is rare, and a look costs one statement."""


@strawberry.type(description="What is told as it happens, over graphql-transport-ws.")
class Subscription:
    """The one subscription."""

    @strawberry.subscription(description="Each change of customers as it is published; after a cursor, or from now on.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def changes(self, info: Info, since: Since = None) -> AsyncGenerator[Change, None]:
        """Changes, masked, until whoever listens goes away or may see them no more."""
        context: Context = info.context
        context.single_customers()
        cursor = since if since is not None else await context.ask(lambda: newest(context))
        while True:
            page = await context.ask(partial(context.explorer.changes, cursor, CHANGES_MOST))
            for one in page:
                yield cast("Change", shown(replace(one, identifiers=tuple(map(context.mask.key, one.identifiers)))))
            cursor = page.cursor
            if not page.more:
                await asyncio.sleep(LOOK)
                await context.still_welcome()


def newest(context: Context) -> str | None:
    """The cursor of the end of the feed."""
    page = context.explorer.changes(None, None)
    return page.cursor or None
