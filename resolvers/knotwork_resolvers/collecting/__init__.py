"""Collecting: single events, and batches of some thousands, into the fact log within milliseconds."""

from knotwork_resolvers.collecting.checking import Event
from knotwork_resolvers.collecting.collect import Collector, collect
from knotwork_resolvers.collecting.outcome import Collected, Fate, Outcome

__all__ = ["Collected", "Collector", "Event", "Fate", "Outcome", "collect"]
