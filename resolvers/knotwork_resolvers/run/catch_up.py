"""Bringing the graph up to the facts: every segment becomes edges exactly once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from knotwork_graph.facts import Row, Segment
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore
from knotwork_graph.sightings import SightingFiles
from knotwork_resolvers.generation.later import Later, later_of
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.projection import observe_few, observing, reading_of

EVENTS_AT_ONCE = 10_000_000
"""Segments are projected together up to so many events: enough to be fast, few enough to fit in memory."""

REST = EVENTS_AT_ONCE // 5
"""So many more are taken along at the end: into a graph that holds something, rows go three times as slowly."""

FEW = 5_000
"""Single events are projected so many at a time."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """How many events were new to the graph; ``later``: these events, where they were few and came singly.

    ``upto``: the last single event that the graph holds now. Those beyond it came later, and are no part of a run.
    ``crowded``: how many of the new ones bear too many identifiers to link any.
    """

    events: int
    later: Later | None = None
    upto: int = 0
    crowded: int = 0


def much_lacks(home: Home, policy: Policy) -> bool:
    """Whether the graph lacks more than events that came singly: that takes its time, and transactions of its own."""
    known = home.store.projected()
    held = all(known.holds(one.number, one.last_event) for one in home.facts.segments())
    return not held or known.reading != reading_of(policy, len(home.facts.erasures()))


def catch_up(home: Home, policy: Policy) -> Fresh:
    """Project what the graph does not hold yet; what was new to it.

    Each batch is one transaction that remembers its segments, so a crash can neither lose nor double a sighting.
    A policy that reads identifiers in another way than the graph was made by starts the projection over; so does an
    erasure, for nobody can tell what an edge would be without some of its events.
    """
    reading = reading_of(policy, len(home.facts.erasures()))
    known = home.store.projected()
    if known.reading != reading:
        home.sightings.clear()
        home.store.clear_projection(reading)
        known = home.store.projected()
    segments, single = home.facts.waiting(after=known.upto)
    begun = [one for one in segments if one.first_event <= known.upto < one.last_event]  # as single events, once
    upto, new, crowded = known.upto, 0, 0
    for one in begun:
        fresh = project_singly(home.facts.beyond(one, upto).to_pylist(), home, policy, after=upto)
        upto, new, crowded = fresh.upto, new + fresh.events, crowded + fresh.crowded
    missing = [one for one in segments if one.number not in known.segments and one.first_event > upto]
    for batch in batches(missing):
        crowded += project(batch, home.store, home.sightings, policy, home.scratch)
    new += sum(segment.events for segment in missing)
    if not single:
        return Fresh(new, None, upto, crowded)
    last = max([upto, *(segment.last_event for segment in segments[-1:])])
    fresh = project_singly(single, home, policy, after=last)
    return Fresh(new + fresh.events, None if new else fresh.later, fresh.upto, crowded + fresh.crowded)


def project_singly(events: Sequence[Row], home: Home, policy: Policy, *, after: int) -> Fresh:
    """Apply ``events`` (by id), all there are above ``after``, some at a time; the last of them as they came."""
    fresh, crowded = Fresh(0, upto=after), 0
    for start in range(0, len(events), FEW):
        fresh = project_few(events[start : start + FEW], home, policy, after=fresh.upto)
        crowded += fresh.crowded
    return replace(fresh, events=len(events), crowded=crowded)


def project_few(events: Sequence[Row], home: Home, policy: Policy, *, after: int) -> Fresh:
    """Apply what single ``events`` (by id), all there are above ``after``, show to the graph."""
    seen = observe_few(events, policy)
    event_ids, rows = (seen.sightings[name].to_pylist() for name in ("event_id", "identifier"))
    upto = seen.increment.upto
    borne: list[int] = []

    def keep(ids: Ints) -> None:
        given = ids.tolist()
        borne[:] = (given[row] for row in rows)  # a store may begin anew
        home.sightings.add(event_ids, borne, after=after, upto=upto)

    home.store.project(seen.increment, keep)
    later = later_of(events, event_ids, borne, after=after, upto=upto)
    return Fresh(len(events), later, upto, seen.crowded)


def project(
    batch: Sequence[Segment], store: GraphStore, sightings: SightingFiles, policy: Policy, scratch: Path
) -> int:
    """Apply what ``batch`` shows to the graph; its sightings are kept with the ids the graph gave.

    How many of its events bear too many identifiers to link any. What is found first is written while the rest is.
    """
    with observing(batch, policy, scratch=scratch) as seen:

        def keep(ids: Ints) -> None:
            found = seen.sightings()
            events, rows = (np.asarray(found[name].to_numpy(), np.int64) for name in ("event_id", "identifier"))
            sightings.write(batch, events, ids[rows])

        store.project(seen.increment, keep)
        return seen.crowded


def batches(segments: Sequence[Segment]) -> Iterator[tuple[Segment, ...]]:
    """The segments in their order, in groups of at most ``EVENTS_AT_ONCE`` events (or a single larger one).

    What is left takes up to ``REST`` more.
    """
    group: list[Segment] = []
    left = sum(segment.events for segment in segments)
    for segment in segments:
        if group and sum(one.events for one in group) + segment.events > EVENTS_AT_ONCE and left > REST:
            yield tuple(group)
            group = []
        group.append(segment)
        left -= segment.events
    if group:
        yield tuple(group)
