"""A journey as text: session by session on a terminal, one line an event in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from itertools import groupby

from knotwork.cli.moments import day, minute
from knotwork.cli.terminal import cropped, printable, say, table
from knotwork_graph.model import JourneyEvent

COLUMNS = ("timestamp", "channel", "event", "session", "carrier", "reason")
KNOWN, STITCHED, STITCH = "●", "○", "◆"


def show_journey(events: Sequence[JourneyEvent]) -> None:
    """Print the timeline, oldest first."""
    if not sys.stdout.isatty():
        table(COLUMNS, [line(event) for event in events])
    elif not events:
        say("no events")
    else:
        show_sessions(events, shutil.get_terminal_size().columns)


def line(event: JourneyEvent) -> tuple[object, ...]:
    """One event with all that contracts name, whole."""
    when = event.timestamp.isoformat()
    return when, event.channel, event.event, event.session, event.carrier, event.reason


def show_sessions(events: Sequence[JourneyEvent], width: int) -> None:
    """Print each session under its day; a reason that all its events share is said once."""
    print(f"Times in UTC. {KNOWN} known at the time, {STITCHED} stitched to this customer later, {STITCH} the stitch")
    widest = max(len(printable(event.event)) for event in events)
    for number, group in groupby(events, key=lambda event: event.session):
        session = list(group)
        reasons = {event.reason for event in session}
        shared = f", {reasons.pop()}" if len(reasons) == 1 else ""
        print(cropped(f"\n{day(session[0].timestamp)}  session {number}{printable(shared)}", width + 1))
        for event in session:
            print(cropped(brief(event, min(widest, 26)), width))
            if not shared:
                print(cropped(f"           {printable(event.reason)}", width))


def brief(event: JourneyEvent, room: int) -> str:
    """One event within its session: the mark, the time, channel, event and carrier."""
    mark = STITCH if event.stitches else KNOWN if event.known else STITCHED
    channel = cropped(printable(event.channel), 12)
    name = cropped(printable(event.event), room)
    return f"  {mark} {minute(event.timestamp)[-5:]}  {channel:<12} {name:<{room}}  {printable(event.carrier)}"
