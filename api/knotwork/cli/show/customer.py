"""One customer as text."""

from __future__ import annotations

from collections.abc import Sequence

from knotwork.cli.moments import day, minute
from knotwork.cli.terminal import cropped, heading, say, table
from knotwork_graph.model import CustomerView, Heirs, IdentifierView, JourneyEvent

LONGEST = 1_000  # characters of a trait; the whole of it is in `--format json`


def show_heirs(heirs: Heirs) -> None:
    """Print where an old id leads."""
    say(f"{heirs.asked} was split. Its heirs:")
    for heir in heirs.customers:
        say(f"  {heir}")


def show_customer(customer: CustomerView, events: Sequence[JourneyEvent]) -> None:
    """Print the figures, the profile, the identifiers and the last events."""
    say(f"{customer.id}  {customer.events:,} events, {day(customer.first_seen)} to {day(customer.last_seen)}")
    if customer.redirected_from:
        say(f"(asked for as {customer.redirected_from}, which leads here)")
    if customer.profile:
        heading("Profile")
        table(("trait", "value"), [(name, trait(value)) for name, value in customer.profile.items()])
    heading("Identifiers")
    table(
        ("identifier", "status", "events", "first", "last"),
        [row(each) for each in customer.identifiers],
        numbers=("events",),
    )
    heading(f"Last {len(events)} events (times in UTC)")
    table(("time", "channel", "event", "carried by"), [brief(event) for event in events])


def show_customer_then(customer: CustomerView) -> None:
    """Print who readers saw at a moment: the identifiers as that run had them."""
    say(f"{customer.id}  as known at {minute(customer.known_at)} UTC, by run {customer.run}")
    if customer.redirected_from:
        say(f"(asked for as {customer.redirected_from}, which led here)")
    heading("Identifiers")
    table(("identifier", "status"), [row(each)[:2] for each in customer.identifiers])


def trait(value: object) -> str:
    """The value of a trait, or the beginning of a very long one; several are separated by commas."""
    return cropped(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value), LONGEST)


def row(identifier: IdentifierView) -> tuple[object, ...]:
    """One line of the identifiers' table; a status other than linking gives its reason."""
    status = f"{identifier.status}: {identifier.reason}" if identifier.reason else str(identifier.status)
    return identifier.key, status, f"{identifier.events:,}", day(identifier.first_seen), day(identifier.last_seen)


def brief(event: JourneyEvent) -> tuple[object, ...]:
    """One line of the last events."""
    return minute(event.timestamp), event.channel, event.event, event.carrier
