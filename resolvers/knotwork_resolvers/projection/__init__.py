"""From facts to graph: usable identifiers, sightings, and the edges they make (steps 0 and 1 of resolution)."""

from knotwork_resolvers.projection.observe import Observation, observe, observing
from knotwork_resolvers.projection.observe_few import observe_few
from knotwork_resolvers.projection.reading import reading_of

__all__ = ["Observation", "observe", "observe_few", "observing", "reading_of"]
