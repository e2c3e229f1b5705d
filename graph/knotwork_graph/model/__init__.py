"""Values that all floors speak of: identifiers, events, edges, customers, decisions, runs, changes.

All are frozen; arrays in them are not to be written to. Times are whole microseconds since 1970 in UTC wherever they
stand in arrays, and aware ``datetime`` values wherever a person meets them.
"""

from knotwork_graph.model.arrays import EdgeArrays, GraphArrays, IdentifierArrays, empty_edges
from knotwork_graph.model.customer import (
    ClusterView,
    CustomerView,
    EdgeView,
    Heirs,
    IdentifierView,
    JourneyEvent,
    customer_id,
    customer_number,
)
from knotwork_graph.model.decision import PAIRWISE, UNDO, Decision, DecisionKind, Recorded, in_force, told
from knotwork_graph.model.identifier import Identifier, Pair, Status
from knotwork_graph.model.loading import LoadReport
from knotwork_graph.model.run import OF_SIZE, Run, RunState, figures_in
from knotwork_graph.model.times import from_micros, to_micros

__all__ = [
    "OF_SIZE",
    "PAIRWISE",
    "UNDO",
    "ClusterView",
    "CustomerView",
    "Decision",
    "DecisionKind",
    "EdgeArrays",
    "EdgeView",
    "GraphArrays",
    "Heirs",
    "Identifier",
    "IdentifierArrays",
    "IdentifierView",
    "JourneyEvent",
    "LoadReport",
    "Pair",
    "Recorded",
    "Run",
    "RunState",
    "Status",
    "customer_id",
    "customer_number",
    "empty_edges",
    "figures_in",
    "from_micros",
    "in_force",
    "to_micros",
    "told",
]
