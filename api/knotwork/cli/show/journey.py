"""A journey as text."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from knotwork.cli.moments import minute
from knotwork.cli.terminal import say, table
from knotwork_graph.model import JourneyEvent

COLUMNS = ("timestamp", "channel", "event", "session", "carrier", "reason")


def show_journey(events: Sequence[JourneyEvent]) -> None:
    """Print one line an event, oldest first; times are UTC, whole in a pipe and to the minute on a terminal."""
    if not events:
        say("no events")
        return
    short = sys.stdout.isatty()
    table(COLUMNS, [line(event, short=short) for event in events], numbers=("session",))


def line(event: JourneyEvent, *, short: bool) -> tuple[object, ...]:
    """One line of the timeline."""
    when = minute(event.timestamp) if short else event.timestamp.isoformat()
    return when, event.channel, event.event, event.session, event.carrier, event.reason
