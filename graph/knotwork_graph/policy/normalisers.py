"""The names of the normalisers; the floor above holds what they do."""

from __future__ import annotations

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy.nearest import suggestion

NORMALISERS = ("email", "phone", "device", "loyalty_card", "text", "exact")


def check_normaliser(name: str) -> str:
    """``name`` itself when there is such a normaliser; else ``PolicyError`` with the nearest that there is."""
    if name not in NORMALISERS:
        raise PolicyError(f"there is no normaliser {name!r}; {suggestion(name, NORMALISERS)}")
    return name
