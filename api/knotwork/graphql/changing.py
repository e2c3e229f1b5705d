"""What all mutations have in common: who asks, what was sent, and doing it once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import strawberry

from knotwork.graphql.context import Context
from knotwork.graphql.errors import problem
from knotwork.service.idempotency import Sent

T = TypeVar("T")
LINK = "link"


@strawberry.input(description="What every change may say of itself.")
class Change:
    """The fields of every input."""

    client_mutation_id: str | None = strawberry.field(default=None, description="Comes back with the answer.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A text of your own, such as a UUID: the same request under it is done once."
    )


@strawberry.type(description="Somebody changed it since you looked; nothing was done.")
class Conflict:
    """Why not."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    message: str = strawberry.field(description="What is other than you thought.")
    revision: str = strawberry.field(description="The revision that holds now.")


async def once(context: Context, name: str, given: Change, do: Callable[[], T], kind: type[T]) -> T:
    """What ``do`` gives, or gave when the same request was sent under the same key before."""
    said = {key: value for key, value in vars(given).items() if key not in ("client_mutation_id", "idempotency_key")}
    asked = json.dumps([name, said], default=str, sort_keys=True)

    def doing() -> T:
        sent = Sent(context.caller.key, given.idempotency_key or "", asked)
        return context.explorer.answers.once(sent, do, kind)

    return await context.ask(doing, long=True)


def who(context: Context, named: str) -> str:
    """Who does it: a token's own name; whoever holds the link may say one, and is the server's user without."""
    caller = context.caller
    if caller.key == LINK:
        return named
    if named and named != caller.name:
        raise problem("BAD_REQUEST", f"your token is {caller.name}'s: leave `by` out")
    return caller.name
