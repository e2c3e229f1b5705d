"""``webhook``: who is told of the change feed, and how far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.failures import FAILED
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import minute
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import remark, say, table

if TYPE_CHECKING:
    from knotwork.service.webhooks import Listed, WebhookService

HEADERS = ("name", "to", "state", "messages", "behind", "last attempt", "came to", "next")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name that stands in the policy: [webhooks.NAME].")]


class Hooked(Protocol):
    """What these commands ask of a workspace."""

    @property
    def webhooks(self) -> WebhookService:
        """Its webhooks."""


def webhook_group() -> typer.Typer:
    """The commands behind ``knotwork webhook``."""
    group = typer.Typer(name="webhook")
    group.callback()(everything)
    group.command("list")(list_webhooks)
    group.command("deliver")(deliver)
    group.command("test")(try_out)
    group.command("resume")(resume)
    group.command("rotate")(rotate)
    return group


def everything() -> None:
    """Tell receivers of the change feed. `webhook list`, `deliver`, `test`, `resume`, `rotate`."""


def list_webhooks(ctx: typer.Context, form: FormOption = "text") -> None:
    """List the webhooks: whether all is well, and how far each has been told."""
    found = webhooks(ctx).list()
    if form == "json":
        print(document(found))
    elif found:
        table(HEADERS, [cells(one) for one in found])
    else:
        remark("There is no webhook. Write [webhooks.NAME] and its url into the policy.")


def deliver(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="The webhooks to send to; all without.")
    ] = None,
    form: FormOption = "text",
) -> None:
    """Send what waits, message by message, until there is nothing more or a receiver fails. For cron."""
    done = list(webhooks(ctx).deliver(names or ()))
    if form == "json":
        print(document(done))
    else:
        table(
            ("name", "messages", "ended", "last attempt came to"),
            [(one.name, one.messages, one.ended, one.said) for one in done],
        )
    if not all(one.well for one in done):
        remark("Not all were told everything. `knotwork webhook list` says when each is tried again.")
        raise typer.Exit(FAILED)


def try_out(ctx: typer.Context, name: Name) -> None:
    """Send a signed message that tells of nothing, and say what the receiver answered. The feed stays where it is."""
    answer = webhooks(ctx).try_out(name)
    say(f"webhook {name}: {answer.words}")
    if not answer.taken:
        remark("A receiver answers with a status from 200 to 299 once it has the message.")
        raise typer.Exit(FAILED)


def resume(
    ctx: typer.Context,
    name: Name,
    where: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="WHERE",
            help="`now`: pass over what waits; `start`: all there ever was; else where it was.",
        ),
    ] = "",
) -> None:
    """Send again to a webhook that was set aside, or that waits after failures."""
    from knotwork.service.decisions import user_name

    found = webhooks(ctx).resume(name, where=where, by=user_name())
    say(f"webhook {name} is sent to again; {'changes wait for it' if found.behind else 'nothing waits for it'}")


def rotate(
    ctx: typer.Context,
    name: Name,
    finish: Annotated[
        bool, typer.Option("--finish", help="Take the older secrets out of the file: the receiver has the new one.")
    ] = False,
) -> None:
    """Make a new secret. Messages are signed with the older ones too, until `--finish`."""
    from knotwork.service.decisions import user_name

    secret, path = webhooks(ctx).rotate(name, finish=finish, by=user_name())
    if finish:
        say(f"webhook {name} is signed with its newest secret alone")
        return
    print(secret)
    if path is None:
        remark(
            "Set it in the environment before the secret there is, a blank between them, and give it to the receiver."
        )
    else:
        remark(f"It stands first in {path}. Give it to the receiver, then: knotwork webhook rotate {name} --finish")


def webhooks(ctx: typer.Context) -> WebhookService:
    """The webhooks of the call's workspace."""
    return cast(
        "Hooked", workspace_of(ctx)
    ).webhooks  # every workspace has them; the face of the others need not say so


def cells(one: Listed) -> tuple[object, ...]:
    """One webhook as cells."""
    behind = "changes wait" if one.behind else ""
    return (
        one.name, one.where, one.state, one.delivered, behind, minute(one.last_at), one.said, minute(one.next_at)
    )  # fmt: skip
