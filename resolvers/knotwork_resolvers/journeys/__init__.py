"""Journeys: the events of one customer in order, in sessions, with what carried each and since when it was known."""

from knotwork_resolvers.journeys.journey import Borne, Reading, device_journey, journey_of
from knotwork_resolvers.journeys.reading import EventRow, JourneyReader, Place, Slice
from knotwork_resolvers.journeys.several import edges_of_several, journeys_of
from knotwork_resolvers.journeys.then import customer_then

__all__ = [
    "Borne",
    "EventRow",
    "JourneyReader",
    "Place",
    "Reading",
    "Slice",
    "customer_then",
    "device_journey",
    "edges_of_several",
    "journey_of",
    "journeys_of",
]
