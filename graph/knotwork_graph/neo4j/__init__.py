"""The graph store in Neo4j: for production, and for whoever wants to look at the graph with Neo4j's own tools."""

from knotwork_graph.neo4j.address import Address, address_of
from knotwork_graph.neo4j.store import Neo4jGraphStore

__all__ = ["Address", "Neo4jGraphStore", "address_of"]
