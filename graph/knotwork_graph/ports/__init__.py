"""What a graph store can do, in domain words, and the values that pass through.

A store keeps identifiers, edges, memberships, runs and redirects. It knows nothing of policies: what links, and what
belongs together, is computed above and handed down as a staged run. Times are microseconds since 1970 in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.ports.past import PastReader
from knotwork_graph.ports.reader import GraphReader
from knotwork_graph.ports.store import GraphStore
from knotwork_graph.ports.values import (
    ERASED,
    OPEN,
    GraphCounts,
    Increment,
    Memberships,
    PastChange,
    Projected,
    Publications,
    Redirected,
    StagedRun,
    Standing,
    Stood,
    StoreState,
    Surroundings,
    Tie,
)

if TYPE_CHECKING:
    from knotwork_graph.ports.values import Ints as Ints

__all__ = [
    "ERASED",
    "OPEN",
    "GraphCounts",
    "GraphReader",
    "GraphStore",
    "Increment",
    "Memberships",
    "PastChange",
    "PastReader",
    "Projected",
    "Publications",
    "Redirected",
    "StagedRun",
    "Standing",
    "Stood",
    "StoreState",
    "Surroundings",
    "Tie",
]
