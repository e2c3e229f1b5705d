"""One customer as text."""

from __future__ import annotations

from collections.abc import Sequence

from knotwork.cli.moments import day, minute
from knotwork.cli.show.profile import show_profile, shown
from knotwork.cli.terminal import heading, say, table
from knotwork.service.matching import Housemate
from knotwork_graph.counted import counted
from knotwork_graph.model import CustomerView, Heirs, IdentifierView, JourneyEvent
from knotwork_resolvers.profiles.profile import Profile


def show_heirs(heirs: Heirs) -> None:
    """Print where an old id leads."""
    say(f"{heirs.asked} was split. Its heirs:")
    for heir in heirs.customers:
        say(f"  {heir}")


def show_customer(customer: CustomerView, events: Sequence[JourneyEvent], *, provenance: bool = False) -> None:
    """Print the figures, the profile (with ``provenance`` where values are from), identifiers and last events."""
    say(f"{customer.id}  {counted(customer.events, 'event')}, {day(customer.first_seen)} to {day(customer.last_seen)}")
    if customer.redirected_from:
        say(f"(asked for as {customer.redirected_from}, which leads here)")
    if isinstance(customer.profile, Profile):
        show_profile(customer.profile, provenance=provenance)
    elif customer.profile:
        heading("Profile")
        table(("trait", "value"), [(name, shown(value)) for name, value in customer.profile.items()])
    heading("Identifiers")
    table(
        ("identifier", "status", "events", "first", "last"),
        [row(each) for each in customer.identifiers],
        numbers=("events",),
    )
    heading(f"Last {counted(len(events), 'event')} (times in UTC)")
    table(("time", "channel", "event", "carried by"), [brief(event) for event in events])


def show_household(others: Sequence[Housemate]) -> None:
    """Print who else lives there, where anybody is known to."""
    if others:
        heading("Household")
        table(
            ("customer", "known by", "shares the address and"), [(one.customer, one.key, one.shares) for one in others]
        )


def show_customer_then(customer: CustomerView) -> None:
    """Print who readers saw at a moment: the identifiers as that run had them."""
    say(f"{customer.id}  as known at {minute(customer.known_at)} UTC, by run {customer.run}")
    if customer.redirected_from:
        say(f"(asked for as {customer.redirected_from}, which led here)")
    heading("Identifiers")
    table(("identifier", "status"), [row(each)[:2] for each in customer.identifiers])


def row(identifier: IdentifierView) -> tuple[object, ...]:
    """One line of the identifiers' table; a status other than linking gives its reason."""
    status = f"{identifier.status}: {identifier.reason}" if identifier.reason else str(identifier.status)
    return identifier.key, status, f"{identifier.events:,}", day(identifier.first_seen), day(identifier.last_seen)


def brief(event: JourneyEvent) -> tuple[object, ...]:
    """One line of the last events."""
    return minute(event.timestamp), event.channel, event.event, event.carrier
