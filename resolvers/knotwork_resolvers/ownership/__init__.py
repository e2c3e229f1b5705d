"""Whose event is it: the customer of each event, with the reason."""

from knotwork_resolvers.ownership.owners import Owned, own_events
from knotwork_resolvers.ownership.reasons import REASONS, Reason

__all__ = ["REASONS", "Owned", "Reason", "own_events"]
