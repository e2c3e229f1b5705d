"""Loading events from files into the fact log."""

from knotwork_resolvers.loading.load import load
from knotwork_resolvers.loading.mapping import Mapping, read_mapping

__all__ = ["Mapping", "load", "read_mapping"]
