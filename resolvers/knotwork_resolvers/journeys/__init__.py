"""Journeys: the events of one customer in order, in sessions, with what carried each and since when it was known."""

from knotwork_resolvers.journeys.journey import journey_of
from knotwork_resolvers.journeys.reading import EventRow, JourneyReader
from knotwork_resolvers.journeys.then import customer_then

__all__ = ["EventRow", "JourneyReader", "customer_then", "journey_of"]
