"""A journey as a timeline: a lane for each channel, a bar for each session in it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from knotwork_graph.model import JourneyEvent
from knotwork_visualise.charts.orders import is_order


@dataclass(frozen=True, slots=True)
class Bar:
    """The events of one session in one channel. ``known`` is False where nobody knew whose they were at the time."""

    session: int
    first: datetime
    last: datetime
    events: int
    known: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """An order: when, and what the event is called."""

    when: datetime
    event: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel, its bars and orders in order of time."""

    channel: str
    bars: tuple[Bar, ...]
    orders: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Stitch:
    """The moment when an event that names the customer carries what ``sessions`` anonymous ones carried before it."""

    when: datetime
    event: str
    channel: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes by their number of events, most first; ``stitches`` in order of time; no events, no lanes."""

    lanes: tuple[Lane, ...]
    stitches: tuple[Stitch, ...]
    first: datetime | None
    last: datetime | None


def timeline(events: Sequence[JourneyEvent], zone: tzinfo | None = None) -> Timeline:
    """The timeline of events that are in order of time, with moments in ``zone`` (the machine's own without one).

    Cost: one pass over the events.
    """
    if not events:
        return Timeline((), (), None, None)
    counts = Counter(event.channel for event in events)
    channels = sorted(counts, key=lambda channel: (-counts[channel], channel))
    bars, orders = _bars(events, zone), _orders(events, zone)
    lanes = tuple(Lane(channel, tuple(bars[channel]), tuple(orders[channel])) for channel in channels)
    return Timeline(
        lanes, _stitches(events, zone), events[0].timestamp.astimezone(zone), events[-1].timestamp.astimezone(zone)
    )


def _bars(events: Sequence[JourneyEvent], zone: tzinfo | None) -> defaultdict[str, list[Bar]]:
    groups: dict[tuple[str, int, bool], list[datetime]] = defaultdict(list)
    for event in events:
        groups[(event.channel, event.session, event.known)].append(event.timestamp.astimezone(zone))
    bars: defaultdict[str, list[Bar]] = defaultdict(list)
    for (channel, session, known), times in groups.items():
        bars[channel].append(Bar(session, times[0], times[-1], len(times), known))
    return bars


def _orders(events: Sequence[JourneyEvent], zone: tzinfo | None) -> defaultdict[str, list[Dot]]:
    dots: defaultdict[str, list[Dot]] = defaultdict(list)
    for event in filter(is_order, events):
        dots[event.channel].append(Dot(event.timestamp.astimezone(zone), event.event))
    return dots


def _stitches(events: Sequence[JourneyEvent], zone: tzinfo | None) -> tuple[Stitch, ...]:
    """Each known event that carries an identifier of anonymous sessions, and how many of them it gave a name."""
    found: list[Stitch] = []
    waiting: dict[str, set[int]] = defaultdict(set)
    for event in events:
        keys = {*event.identifiers, event.carrier}
        if not event.known:
            for key in keys:
                waiting[key].add(event.session)
        elif joined := set().union(*(waiting.pop(key, set()) for key in keys)):
            found.append(Stitch(event.timestamp.astimezone(zone), event.event, event.channel, len(joined)))
    return tuple(found)
