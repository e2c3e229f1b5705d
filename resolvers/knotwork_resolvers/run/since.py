"""What came since the last full run: whose the events are that a later run has touched."""

from __future__ import annotations

from knotwork_graph.policy import Policy
from knotwork_resolvers.run.situation import Home


def follow(home: Home, policy: Policy) -> None:
    """To come."""
