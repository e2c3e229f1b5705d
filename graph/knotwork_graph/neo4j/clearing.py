"""Forgetting what was projected, however much it is."""

from __future__ import annotations

from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.taking import IN_A_PART, TORN, Parts, put
from knotwork_graph.neo4j.work import Work

# what a writer that died had begun: no run has seen them, and their ids were never given out
BEGUN = """
MATCH (k:Knotwork {name: 'graph'})
MATCH (i:Identifier) WHERE i.id >= k.next_id
WITH i LIMIT $most
DETACH DELETE i
RETURN count(*)
"""
STEPS = (
    "MATCH ()-[e:SEEN_WITH]->() WITH e LIMIT $most DELETE e RETURN count(*)",
    "MATCH ()-[s:SHOWED]->() WITH s LIMIT $most DELETE s RETURN count(*)",
    "MATCH (t:Trait) WITH t LIMIT $most DELETE t RETURN count(*)",
    "MATCH (s:Segment) WITH s LIMIT $most DELETE s RETURN count(*)",
    BEGUN,
    "MATCH (i:Identifier) WHERE i.events > 0 WITH i LIMIT $most SET i.events = 0 RETURN count(*)",
)


def clear(server: Server, reading: str) -> None:
    """Forget all edges, traits and segments; until that is done the projection is marked as torn."""
    parts = Parts(server, TORN)
    parts.begin()
    for step in STEPS:
        while parts.rows(step, most=IN_A_PART)[0][0]:
            pass

    def finish(work: Work) -> None:
        parts.finish(work)
        put(work, reading=reading, upto=0, edges=0, everything=True)

    server.write(finish)
