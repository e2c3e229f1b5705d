"""``customer`` and ``journey``: one customer, looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import AsOfOption, FormOption, KeyOrId
from knotwork_graph.errors import KnotworkError, UsageError

if TYPE_CHECKING:
    from knotwork.cli.face import WorkspaceFace
    from knotwork_graph.model import CustomerView

LAST_EVENTS = 10
Answer = TypeVar("Answer")


def customer(ctx: typer.Context, key_or_id: KeyOrId, form: FormOption = "text") -> None:
    """Show one customer. Its identifiers, its profile and its last events."""
    from knotwork.cli.show.customer import show_customer, show_heirs
    from knotwork_graph.model import Heirs

    workspace = workspace_of(ctx)
    found = asked(lambda: workspace.customer(key_or_id))
    if isinstance(found, Heirs):
        print(document(found)) if form == "json" else show_heirs(found)
        return
    events = workspace.journey(found.id, last=LAST_EVENTS)
    if form == "json":
        print(document({"customer": found, "last_events": events}))
    else:
        show_customer(found, events)


def journey(
    ctx: typer.Context,
    key_or_id: KeyOrId,
    as_of: AsOfOption = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only the last so many events.")] = None,
    form: FormOption = "text",
) -> None:
    """Show a customer's timeline. What happened, what carried it, and why it is theirs."""
    from knotwork.cli.show.journey import show_journey

    workspace = workspace_of(ctx)
    events = asked(lambda: workspace.journey(key_or_id, as_of=as_of, last=last))
    print(document(events)) if form == "json" else show_journey(events)


def one_customer(workspace: WorkspaceFace, key_or_id: str) -> CustomerView:
    """The single customer that ``key_or_id`` names; raises ``UsageError`` where a split left several heirs."""
    from knotwork_graph.model import Heirs

    found = asked(lambda: workspace.customer(key_or_id))
    if isinstance(found, Heirs):
        raise UsageError(f"{key_or_id} was split. Name one of its heirs: {', '.join(found.customers)}")
    return found


def asked(question: Callable[[], Answer]) -> Answer:
    """The answer to a question that names a customer; a name that cannot be one is wrong usage."""
    try:
        return question()
    except KnotworkError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="KEY_OR_ID") from error
