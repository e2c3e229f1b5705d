"""What became of an identifier or a customer, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knotwork.cli.moments import minute
from knotwork.cli.terminal import heading, remark, say, table

if TYPE_CHECKING:
    from knotwork_resolvers.past import CustomerHistory, Handed, IdentifierHistory, Led, Period, Turn

PERIODS = ("from", "until", "customer", "status", "run", "change", "cause")
TURNS = ("time", "run", "holds", "what", "identifiers", "change", "cause")
LED = ("from", "until", "leads to")


def show_history(found: IdentifierHistory | CustomerHistory) -> None:
    """Print the periods of an identifier, or the turns of a customer, oldest first."""
    from knotwork_resolvers.past import IdentifierHistory

    if isinstance(found, IdentifierHistory):
        say(f"{found.key} (times in UTC, when runs were published)")
        if found.periods:
            table(PERIODS, [period(one) for one in found.periods], numbers=("run",))
        else:
            remark("No run that was published has looked at it yet.")
        return
    say(f"{found.id} (times in UTC, when runs were published)")
    if found.left_out:
        say(f"({found.left_out:,} older turns are not shown)")
    table(TURNS, [row for one in found.turns for row in turn(one)], numbers=("run", "holds"))
    if found.led:
        heading("Where the id led")
        table(LED, [led(one) for one in found.led])


def period(one: Period) -> tuple[object, ...]:
    """One period of an identifier as cells."""
    until = "now" if one.until is None else minute(one.until)
    status = f"{one.status}: {one.reason}" if one.reason else str(one.status)
    return minute(one.since), until, one.customer or "nobody", status, one.run, one.change, one.cause


def turn(one: Turn) -> Iterator[tuple[object, ...]]:
    """One turn of a customer as rows of cells: what came, then what went."""
    said = ", ".join(one.changes), ", ".join(one.causes)
    start = minute(one.at), one.run, one.held
    for handed in one.gained:
        yield *start, f"{handed.identifiers:,} from {handed.customer or 'nobody'}", keys(handed), *said
    for handed in one.lost:
        yield *start, f"{handed.identifiers:,} to {handed.customer or 'nobody'}", keys(handed), *said


def keys(handed: Handed) -> str:
    """Some identifiers, and how many more there are."""
    more = handed.identifiers - len(handed.keys)
    return ", ".join(handed.keys) + (f" and {more:,} more" if more else "")


def led(one: Led) -> tuple[object, ...]:
    """One redirect as cells."""
    until = "now" if one.until is None else minute(one.until)
    return minute(one.since), until, ", ".join(one.heirs) or "nobody"
