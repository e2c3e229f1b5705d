"""``customer`` and ``journey``: one customer, looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeVar, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import AsOfOption, FormOption, KeyOrId, KnownAtOption
from knotwork.cli.terminal import remark
from knotwork_graph.errors import KnotworkError, UsageError

if TYPE_CHECKING:
    from knotwork.cli.face import WorkspaceFace
    from knotwork.service.journeys import JourneyPage
    from knotwork.service.matching import Housemate
    from knotwork_graph.model import CustomerView, Heirs, JourneyEvent
    from knotwork_resolvers.past import CustomerHistory, IdentifierHistory

LAST_EVENTS = 10
PAGE = 100
JourneyView = Literal["customer", "device"]
Answer = TypeVar("Answer")


class Pager(Protocol):
    """What pages of a journey ask of a workspace."""

    def journey_page(self, key_or_id: str, first: int, after: str | None, view: JourneyView) -> JourneyPage:
        """The next events after a place."""


class Housing(Protocol):
    """What the household of a customer asks of a workspace."""

    def household(self, key_or_id: str) -> tuple[Housemate, ...]:
        """The other customers of the same household."""


class Historian(Protocol):
    """What the questions about the past ask of a workspace."""

    def customer(self, key_or_id: str, known_at: datetime | None = None) -> CustomerView | Heirs:
        """Who readers saw at a moment."""

    def history(self, key_or_id: str) -> IdentifierHistory | CustomerHistory:
        """What became of an identifier or a customer."""


def customer(
    ctx: typer.Context,
    key_or_id: KeyOrId,
    known_at: KnownAtOption = None,
    form: FormOption = "text",
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Say where each value is from, and which values it beat.")
    ] = False,
) -> None:
    """Show one customer. Its identifiers, its profile and its last events."""
    from knotwork.cli.show.customer import show_customer, show_heirs, show_household
    from knotwork_graph.model import Heirs

    workspace = workspace_of(ctx)
    if known_at is not None:
        customer_then(historian(workspace), key_or_id, known_at, form)
        return
    found = asked(lambda: workspace.customer(key_or_id))
    if isinstance(found, Heirs):
        print(document(found)) if form == "json" else show_heirs(found)
        return
    events = workspace.journey(found.id, last=LAST_EVENTS)
    home = cast("Housing", workspace).household(found.id)  # every workspace tells; the face need not say so
    if form == "json":
        print(document(told(found, events) | {"household": home}))
    else:
        show_customer(found, events, provenance=provenance)
        show_household(home)


def told(customer: CustomerView, events: Sequence[JourneyEvent]) -> dict[str, object]:
    """A customer as one document: the surviving values with the customer, the whole profile beside it."""
    plainly = {each.name: getattr(customer, each.name) for each in fields(customer)}
    values = {"customer": plainly | {"profile": dict(customer.profile)}}
    return values | {"profile": customer.profile, "last_events": events}


def customer_then(workspace: Historian, key_or_id: str, known_at: datetime, form: str) -> None:
    """Show who readers saw at a moment."""
    from knotwork.cli.show.customer import show_customer_then, show_heirs
    from knotwork_graph.model import Heirs

    found = asked(lambda: workspace.customer(key_or_id, known_at))
    if form == "json":
        print(document(found if isinstance(found, Heirs) else {"customer": found}))
    elif isinstance(found, Heirs):
        show_heirs(found)
    else:
        show_customer_then(found)


def history(ctx: typer.Context, key_or_id: KeyOrId, form: FormOption = "text") -> None:
    """Show what became of an identifier or a customer. From when to when, by which run, and why."""
    from knotwork.cli.show.history import show_history

    workspace = historian(workspace_of(ctx))
    found = asked(lambda: workspace.history(key_or_id))
    print(document(found)) if form == "json" else show_history(found)


def historian(workspace: WorkspaceFace) -> Historian:
    """The workspace as one that knows its past."""
    return cast("Historian", workspace)  # every workspace does; the face of the others need not say so


def journey(
    ctx: typer.Context,
    key_or_id: KeyOrId,
    as_of: AsOfOption = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only the last so many events.")] = None,
    first: Annotated[int | None, typer.Option(min=1, help="A page of so many events, the oldest first.")] = None,
    after: Annotated[
        str | None, typer.Option(metavar="PLACE", help="The page that follows the one which ended at PLACE.")
    ] = None,
    view: Annotated[
        JourneyView, typer.Option(help="The customer's events, or those of a device as if nothing were stitched.")
    ] = "customer",
    form: FormOption = "text",
) -> None:
    """Show a customer's timeline. What happened, what carried it, and why it is theirs."""
    from knotwork.cli.show.journey import show_journey

    workspace = workspace_of(ctx)
    if first is not None or after is not None or view != "customer":
        if as_of is not None or last is not None:
            raise UsageError("pages and the view of a device are of now: leave out --as-of and --last.")
        journey_page(cast("Pager", workspace), key_or_id, (first or PAGE, after, view), form)
        return
    events = asked(lambda: workspace.journey(key_or_id, as_of=as_of, last=last))
    if as_of is not None and not events:
        remark("No event of this customer is as old as that.")
    print(document(events)) if form == "json" else show_journey(events)


def journey_page(workspace: Pager, key_or_id: str, wanted: tuple[int, str | None, JourneyView], form: str) -> None:
    """Show one page of a timeline, and where the next one begins."""
    from knotwork.cli.show.journey import show_journey

    page = asked(lambda: workspace.journey_page(key_or_id, *wanted))
    if form == "json":
        print(document(page))
        return
    show_journey(page.events)
    if page.more:
        remark(f"There is more: --after {page.end}")


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
