"""Where the ids of retired customers lead, run by run."""

from __future__ import annotations

from collections.abc import Iterator

from knotwork_graph.model import customer_id
from knotwork_graph.neo4j.head import Meta
from knotwork_graph.neo4j.taking import Hand
from knotwork_graph.neo4j.work import Write
from knotwork_graph.ports import StagedRun

CUSTOMERS = "UNWIND $rows AS row MERGE (c:Customer {number: row[0]}) ON CREATE SET c.id = row[1]"
END = """
UNWIND $rows AS number
MATCH (:Customer {number: number})-[r:REDIRECTS_TO]->() WHERE r.to_run IS NULL
SET r.to_run = $run
"""
REPLACE = """
UNWIND $rows AS number
MATCH (:Customer {number: number})-[r:REDIRECTS_TO {from_run: $run}]->()
DELETE r
"""
TARGETS = ("(h:Customer {number: row[1]})", "(h:Nobody {number: row[1]})")
ADD = """
UNWIND $rows AS row
MATCH (c:Customer {number: row[0]})
MATCH {target}
CREATE (c)-[:REDIRECTS_TO {from_run: $run, place: row[2]}]->(h)
"""
# A run goes on from the one that readers see. Where runs after that one were dropped, their redirects of customers that
# live, or that lead elsewhere, are taken back, and those they ended stand again. Redirects of customers that only the
# dropped runs knew are kept: somebody may have written such an id down.
DROP = """
MATCH (c:Customer)-[r:REDIRECTS_TO]->() WHERE r.to_run IS NULL AND r.from_run > $current AND (
    EXISTS { (c)-[o:REDIRECTS_TO]->() WHERE o.from_run <= $current AND o.to_run > $current }
    OR EXISTS { (c)<-[m:BELONGS_TO]-() WHERE m.from_run <= $current AND (m.to_run IS NULL OR m.to_run > $current) })
WITH collect(r) AS dropped
UNWIND dropped AS r
SET r.to_run = $run
"""
RESTORE = """
MATCH (c:Customer)-[r:REDIRECTS_TO]->(h)
WHERE r.from_run <= $current AND r.to_run > $current AND r.to_run < $run
WITH collect([c, h, r.place]) AS ended
UNWIND ended AS row
WITH row[0] AS c, row[1] AS h, row[2] AS place
CREATE (c)-[:REDIRECTS_TO {from_run: $run, place: place}]->(h)
"""


def taken_back(hand: Hand, meta: Meta, staged: StagedRun) -> None:
    """Take back where dropped runs had led, if any were dropped; after the run's memberships, which say who lives."""
    number, current = staged.run.number, meta["current"]
    if current < number - 1:
        hand.rows(DROP, run=number, current=current)
        hand.rows(RESTORE, run=number, current=current)


def redirect_rows(staged: StagedRun) -> Iterator[Write]:
    """Where retired customers lead from this run on."""
    bound = {"run": staged.run.number}
    retired = [customer for customer, _ in staged.redirects]
    yield Write(END, [*staged.revived, *retired], bound)
    yield Write(REPLACE, retired, bound)
    heirs = {heir for _, many in staged.redirects for heir in many}
    yield Write(CUSTOMERS, [[one, customer_id(one)] for one in sorted(heirs | set(retired))])
    rows = [[customer, heir, n] for customer, many in staged.redirects for n, heir in enumerate(many or (0,))]
    for target, somebody in zip(TARGETS, (True, False), strict=True):
        yield Write(ADD.replace("{target}", target), [row for row in rows if (row[1] > 0) == somebody], bound)
