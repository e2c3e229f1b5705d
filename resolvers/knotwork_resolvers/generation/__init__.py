"""A generation and what came since: whose every event is now, for one customer and for everybody."""

from knotwork_resolvers.generation.customer_events import CustomerEvents

__all__ = ["CustomerEvents"]
