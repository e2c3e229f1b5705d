"""Moving the pointer, and taking out a run whose writer died."""

from __future__ import annotations

from datetime import datetime

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.model import RunState
from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.head import Meta
from knotwork_graph.neo4j.taking import IN_A_PART, STAGING, Parts, put
from knotwork_graph.neo4j.work import Work

KNOWN = "MATCH (r:Run {number: $run}) RETURN r.state"
PUBLISH = """
MATCH (k:Knotwork {name: 'graph'})
MATCH (r:Run {number: $run})
SET r.state = $published, r.finished = coalesce(r.finished, $at), k.current = $run
CREATE (:Publication {at: $at, run: $run, turn: k.turn})
"""
# who is calm in the one run may not be so in another
STIR = "MATCH (i:Identifier) WHERE i.touched > $settled SET i.calm = NULL"
ROLL_BACK = "MATCH (r:Run) WHERE r.number > $run AND r.state = $published SET r.state = $rolled_back"
TAKE_OUT = (
    """
    MATCH (i:Identifier)-[m:BELONGS_TO]->() WHERE m.from_run = $run WITH i, m LIMIT $most
    OPTIONAL MATCH (i)-[old:BELONGS_TO]->() WHERE old.to_run = $run
    SET old.to_run = NULL
    DELETE m
    RETURN count(*)
    """,
    "MATCH ()-[s:SEVERED]->() WHERE s.from_run = $run WITH s LIMIT $most DELETE s RETURN count(*)",
    "MATCH ()-[s:SEVERED]->() WHERE s.to_run = $run WITH s LIMIT $most SET s.to_run = NULL RETURN count(*)",
    "MATCH ()-[r:REDIRECTS_TO]->() WHERE r.from_run = $run WITH r LIMIT $most DELETE r RETURN count(*)",
    "MATCH ()-[r:REDIRECTS_TO]->() WHERE r.to_run = $run WITH r LIMIT $most SET r.to_run = NULL RETURN count(*)",
    "MATCH (c:Change) WHERE c.run = $run WITH c LIMIT $most DELETE c RETURN count(*)",
)


def publish_run(work: Work, meta: Meta, number: int, at: datetime) -> None:
    """Move the pointer to a run; one that was not staged is refused."""
    known = work.one(KNOWN, run=number)
    if known is None:
        raise UnknownRunError(f"there is no run {number}. `knotwork runs list` shows those there are.")
    if known[0] == str(RunState.HELD):
        raise UnknownRunError(f"run {number} was held, and nothing of it was kept that readers could be shown.")
    states = {"published": str(RunState.PUBLISHED), "rolled_back": str(RunState.ROLLED_BACK)}
    work.rows(ROLL_BACK, run=number, **states)
    work.rows(PUBLISH, run=number, at=at, published=states["published"])
    # what is pending came after the last run looked; a run that is seen again has not looked since
    if number == meta["last_run"] and known[0] == str(RunState.STAGED):
        settle(work, meta)
    else:
        work.rows(STIR, settled=meta["settled"])


def settle(work: Work, meta: Meta) -> None:
    """Nothing is pending any more."""
    put(work, settled=meta["turn"], everything=False)


def take_out(server: Server, run: int) -> None:
    """Remove what a writer that died has left of a run, as if it had never begun."""
    parts = Parts(server, STAGING, run)
    parts.begin()
    for step in TAKE_OUT:
        while parts.rows(step, run=run, most=IN_A_PART)[0][0]:
            pass
    server.write(parts.finish)
