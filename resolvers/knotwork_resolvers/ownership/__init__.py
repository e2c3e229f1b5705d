"""Whose event is it: the customer of each event, with the reason."""

from knotwork_resolvers.ownership.owners import Owned, Sighted, Standing, own_events, standing_in, standing_of
from knotwork_resolvers.ownership.reasons import REASONS, Reason

__all__ = ["REASONS", "Owned", "Reason", "Sighted", "Standing", "own_events", "standing_in", "standing_of"]
