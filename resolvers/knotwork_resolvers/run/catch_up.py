"""Bringing the graph up to the facts: every segment becomes edges exactly once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from knotwork_graph.facts import Segment
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore
from knotwork_graph.sightings import SightingFiles
from knotwork_resolvers.projection import Observation, observe, reading_of

EVENTS_AT_ONCE = 10_000_000
"""Segments are projected together up to so many events: enough to be fast, few enough to fit in memory."""


def catch_up(
    segments: Sequence[Segment], store: GraphStore, sightings: SightingFiles, policy: Policy, scratch: Path
) -> int:
    """Project what the graph does not hold yet; returns the number of events that were new to it.

    Each batch is one transaction that remembers its segments, so a crash can neither lose nor double a sighting.
    A policy that reads identifiers in another way than the graph was made by starts the projection over.
    """
    reading = reading_of(policy)
    known = store.projected()
    if known.reading != reading:
        store.clear_projection(reading)
        known = store.projected()
    missing = [segment for segment in segments if segment.number not in known.segments]
    for batch in batches(missing):
        project(batch, store, sightings, policy, scratch)
    return sum(segment.events for segment in missing)


def project(
    batch: Sequence[Segment], store: GraphStore, sightings: SightingFiles, policy: Policy, scratch: Path
) -> Observation:
    """Apply what ``batch`` shows to the graph; its sightings are kept with the ids the graph gave."""
    seen = observe(batch, policy, scratch=scratch)
    event_ids = np.asarray(seen.sightings["event_id"].to_numpy(), np.int64)
    rows = np.asarray(seen.sightings["identifier"].to_numpy(), np.int64)
    store.project(seen.increment, lambda ids: sightings.write(batch, event_ids, ids[rows]))
    return seen


def batches(segments: Sequence[Segment]) -> Iterator[tuple[Segment, ...]]:
    """The segments in their order, in groups of at most ``EVENTS_AT_ONCE`` events (or a single larger one)."""
    group: list[Segment] = []
    for segment in segments:
        if group and sum(one.events for one in group) + segment.events > EVENTS_AT_ONCE:
            yield tuple(group)
            group = []
        group.append(segment)
    if group:
        yield tuple(group)
