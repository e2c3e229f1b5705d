"""Locks that outlive no owner for long, told by the server's clock: ``(:Lock {name, owner, until})``."""

from __future__ import annotations

from knotwork_graph.neo4j.taking import take
from knotwork_graph.neo4j.work import Work

MAKE = "MERGE (l:Lock {name: $name}) ON CREATE SET l.owner = '', l.until = 0"
# what is written first takes the node's own lock, so that what is read then is what others have committed
HOLD = """
MATCH (l:Lock {name: $name})
SET l.asked = timestamp()
WITH l, l.owner = $owner OR l.until <= timestamp() AS free
SET l.owner = CASE WHEN free THEN $owner ELSE l.owner END,
    l.until = CASE WHEN free THEN timestamp() + $milliseconds ELSE l.until END
RETURN l.owner
"""
RELEASE = """
MATCH (l:Lock {name: $name}) SET l.asked = timestamp()
WITH l WHERE l.owner = $owner SET l.owner = '', l.until = 0
"""


def hold(work: Work, name: str, owner: str, seconds: float) -> str:
    """Who holds the lock now: ``owner``, for so many seconds, where it could be had."""
    bound = {"name": name, "owner": owner, "milliseconds": int(seconds * 1000)}
    found = work.one(HOLD, **bound)
    if found is None:
        take(work)  # so that no two make it at once; renewing does not wait for other writers
        work.rows(MAKE, name=name)
        found = work.one(HOLD, **bound)
    return "" if found is None else str(found[0])


def release(work: Work, name: str, owner: str) -> None:
    """Nothing comes back; ``owner`` holds the lock no more."""
    work.rows(RELEASE, name=name, owner=owner)
