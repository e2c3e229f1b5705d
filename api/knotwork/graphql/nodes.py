"""Things with an id of their own, and the pages that lists of them come in."""

from __future__ import annotations

from typing import Annotated

import strawberry

First = Annotated[
    int | None, strawberry.argument(description="How many from the beginning, or after `after`; at most 100.")
]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, or before `before`; at most 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on after.")]
Before = Annotated[str | None, strawberry.argument(description="The cursor to go back before.")]


@strawberry.interface(description="Anything with an id of its own, which `node` finds again.")
class Node:
    """Something that can be named."""

    id: strawberry.ID = strawberry.field(description="Its id, for ever.")


@strawberry.type(description="Where a page of a connection stands.")
class PageInfo:
    """The four fields that Relay asks for."""

    has_next_page: bool = strawberry.field(description="Whether there is something after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is something before this page.")
    start_cursor: str | None = strawberry.field(description="Leads back before this page.")
    end_cursor: str | None = strawberry.field(description="Leads on after this page.")
