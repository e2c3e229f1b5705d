"""``token``: who may come in over HTTP, and as what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, say, table

if TYPE_CHECKING:
    from knotwork.access.tokens import Token
    from knotwork.service.tokens import TokenService

HEADERS = ("id", "name", "role", "created", "expires", "last used", "state")


class Tokened(Protocol):
    """What these commands ask of a workspace."""

    @property
    def tokens(self) -> TokenService:
        """Its access tokens."""


def token_group() -> typer.Typer:
    """The commands behind ``knotwork token``."""
    group = typer.Typer(name="token")
    group.callback()(everything)
    group.command("create")(create)
    group.command("list")(list_tokens)
    group.command("revoke")(revoke)
    return group


def everything() -> None:
    """Say who may come in over HTTP. `token create`, `token list`, `token revoke`."""


def lasting(text: str) -> timedelta:
    """The time that a text such as 90d names."""
    from knotwork_graph.policy.durations import read_duration

    try:
        return read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def create(
    ctx: typer.Context,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, analyst, steward, collector or admin.")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Whose it is, or what it is for.")],
    lasts: Annotated[
        timedelta | None,
        typer.Option("--lasts", parser=lasting, metavar="TIME", help="Until it ends: 12h, 90d; for ever without."),
    ] = None,
    form: FormOption = "text",
) -> None:
    """Make a token. It is shown this once; what is kept is its hash."""
    from knotwork.service.decisions import user_name

    made, text = book(ctx).create(name, role, lasts, by=user_name())
    if form == "json":
        print(document({"token": text, "id": made.id, "role": made.role, "expires": made.expires}))
        return
    print(text)
    remark(f"token {made.id} for {made.name}, {made.role}, until {minute(made.expires) if made.expires else 'revoked'}")
    remark("It is not shown again: keep it where secrets are kept.")


def list_tokens(ctx: typer.Context, form: FormOption = "text") -> None:
    """List the tokens, revoked ones too. Their texts are not kept."""
    found = book(ctx).list()
    if form == "json":
        print(document(found))
    elif found:
        table(HEADERS, [cells(one) for one in found])
    else:
        remark("There is no token. Make one: knotwork token create analyst --name NAME")


def revoke(
    ctx: typer.Context, token: Annotated[str, typer.Argument(metavar="ID", help="The id that `token list` shows.")]
) -> None:
    """Let a token open nothing from now on, also on servers that run."""
    from knotwork.service.decisions import user_name

    revoked = book(ctx).revoke(token, by=user_name())
    say(f"token {revoked.id} for {revoked.name} is revoked")


def book(ctx: typer.Context) -> TokenService:
    """The tokens of the call's workspace."""
    return cast("Tokened", workspace_of(ctx)).tokens  # every workspace has them; the face of the others need not say so


def cells(one: Token) -> tuple[object, ...]:
    """One token as cells."""
    state = "revoked" if one.revoked else "good" if one.good(datetime.now(UTC)) else "over"
    return one.id, one.name, one.role, minute(one.created), minute(one.expires), minute(one.last_used), state
