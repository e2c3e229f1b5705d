"""Which events are orders."""

from __future__ import annotations

from knotwork_graph.model import JourneyEvent

ORDERS = frozenset({"order completed", "order placed", "order paid", "purchase", "purchased", "checkout completed"})


def is_order(event: JourneyEvent) -> bool:
    """Whether the event is an order: by the names that collection standards use, in any case or with underscores."""
    return event.event.replace("_", " ").casefold() in ORDERS


def revenue(event: JourneyEvent) -> float:
    """What the order brought, in the currency that its properties name; 0 where it does not say a number."""
    for name in ("revenue", "total", "value"):
        found = event.properties.get(name)
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return float(found)
    return 0.0
