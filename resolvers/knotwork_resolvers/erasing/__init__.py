"""Erasing: the events that bear an identifier are taken out for good, and everything made of them is made anew."""

from knotwork_resolvers.erasing.bearing import Bearing, bearing
from knotwork_resolvers.erasing.letters import drop_letters

__all__ = ["Bearing", "bearing", "drop_letters"]
