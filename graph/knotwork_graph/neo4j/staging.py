"""Keeping runs: membership differences, severed edges, redirects and changes, invisible until published."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Run, RunState, customer_id
from knotwork_graph.neo4j.connection import Work
from knotwork_graph.neo4j.taking import Hand, Meta, put
from knotwork_graph.neo4j.words import CHANGES, STATUSES
from knotwork_graph.ports import StagedRun

if TYPE_CHECKING:
    import pyarrow as pa

KNOWN_RUN = "MATCH (r:Run {number: $run}) RETURN r.number"
CUSTOMERS = "UNWIND $rows AS row MERGE (c:Customer {number: row[0]}) ON CREATE SET c.id = row[1]"
MEMBERS = """
UNWIND $rows AS row
MATCH (i:Identifier {id: row[0]}) USING INDEX i:Identifier(id)
CALL (i) {
    MATCH (i)-[old:BELONGS_TO]->() WHERE old.to_run IS NULL
    SET old.to_run = $run
}
MATCH (c:Customer {number: row[1]})
CREATE (i)-[:BELONGS_TO {from_run: $run, status: row[2], reason: row[3]}]->(c)
"""
NOBODYS = MEMBERS.replace("(c:Customer {number: row[1]})", "(c:Nobody {number: row[1]})")
CUT = "MATCH (a:Identifier)-[s:SEVERED]->(b:Identifier) WHERE s.to_run IS NULL RETURN a.id, b.id, s.rule, s.detail"
CUT_AROUND = """
UNWIND $ids AS id
MATCH (i:Identifier {id: id}) USING INDEX i:Identifier(id)
MATCH (i)-[s:SEVERED]-() WHERE s.to_run IS NULL
WITH DISTINCT s
RETURN startNode(s).id, endNode(s).id, s.rule, s.detail
"""
END_CUT = """
UNWIND $rows AS row
MATCH (a:Identifier {id: row[0]}) USING INDEX a:Identifier(id)
MATCH (a)-[s:SEVERED]->(b) WHERE b.id = row[1] AND s.to_run IS NULL
SET s.to_run = $run
"""
ADD_CUT = """
UNWIND $rows AS row
MATCH (a:Identifier {id: row[0]})
MATCH (b:Identifier {id: row[1]})
CREATE (a)-[:SEVERED {from_run: $run, rule: row[2], detail: row[3]}]->(b)
"""
ADD_CHANGES = """
UNWIND $rows AS row
CREATE (:Change {run: $run, place: row[0], kind: row[1], customer: row[2], other: row[3], identifiers: row[4],
    cause: row[5]})
"""
ADD_RUN = """
CREATE (:Run {number: $number, state: $state, as_of: $as_of, started: $started, finished: $finished, policy: $policy,
    counts: $counts, how: $how, base: $base})
"""
SHOW = """
MATCH (k:Knotwork {name: 'graph'}) SET k += $values
CREATE (:Publication {at: $at, run: $run, turn: k.turn})
"""


def heft(staged: StagedRun) -> int:
    """How many rows a run writes, about."""
    return 2 * len(staged.members) + len(staged.severed) + len(staged.redirects) + len(staged.changes)


def refuse_known(work: Work, number: int) -> None:
    """Raise ``StoreError`` where there is such a run."""
    if work.rows(KNOWN_RUN, run=number):
        raise StoreError(f"there is a run {number} already, so it was not kept again.")


def stage_rows(hand: Hand, staged: StagedRun) -> None:
    """Write the memberships, severed edges and changes of a run; no reader sees them yet."""
    number = staged.run.number
    _stage_members(hand, staged.members, number)
    _stage_cuts(hand, staged)
    columns = [staged.changes[name].to_pylist() for name in ("kind", "customer", "other", "identifiers", "cause")]
    rows = ([place, CHANGES[row[0]], *row[1:]] for place, row in enumerate(zip(*columns, strict=True)))
    hand.each(ADD_CHANGES, rows, run=number)


def keep_run(work: Work, staged: StagedRun) -> None:
    """Write the run itself, with which everything that bears its number becomes part of the graph."""
    _add_run(work, staged.run, staged.policy)
    put(work, last_run=staged.run.number, next_number=staged.next_number, policy=staged.policy)


def publish_new(work: Work, meta: Meta, staged: StagedRun, at: datetime) -> None:
    """The same, and readers see it at once: in two statements, for there is no later run that could be taken back.

    What is pending came before it looked.
    """
    run = staged.run
    _add_run(work, replace(run, state=RunState.PUBLISHED, finished=run.finished or at), staged.policy)
    values = {"last_run": run.number, "next_number": staged.next_number, "policy": staged.policy, "current": run.number}
    work.rows(SHOW, values=values | {"settled": meta["turn"], "everything": False}, at=at, run=run.number)


def hold_run(work: Work, run: Run, policy: str) -> None:
    """Write the node of a run that may not be published, and give out its number."""
    refuse_known(work, run.number)
    _add_run(work, run, policy)
    put(work, last_run=run.number)


def _add_run(work: Work, run: Run, policy: str) -> None:
    work.rows(
        ADD_RUN,
        number=run.number,
        state=str(run.state),
        as_of=run.as_of,
        started=run.started,
        finished=run.finished,
        policy=policy,
        counts=json.dumps(run.counts),
        how=run.how,
        base=run.base,
    )


def _stage_members(hand: Hand, members: pa.Table, number: int) -> None:
    customers = [one for one in members["customer"].unique().to_pylist() if one]
    hand.each(CUSTOMERS, ([one, customer_id(one)] for one in customers))
    columns = [members[name].to_pylist() for name in ("identifier", "customer", "status", "reason")]
    rows = [[i, c, str(STATUSES[status]), reason or None] for i, c, status, reason in zip(*columns, strict=True)]
    hand.each(MEMBERS, (row for row in rows if row[1]), run=number)
    hand.each(NOBODYS, (row for row in rows if not row[1]), run=number)


def _stage_cuts(hand: Hand, staged: StagedRun) -> None:
    number = staged.run.number
    within = None if staged.scope is None else np.asarray(staged.scope).tolist()
    found = hand.rows(CUT) if within is None else hand.rows(CUT_AROUND, ids=within)
    columns = [staged.severed[name].to_pylist() for name in ("a", "b", "rule", "detail")]
    new, kept = list(zip(*columns, strict=True)), set(found)
    ended = kept - set(new)
    held = {(a, b) for a, b, _, _ in kept - ended}
    hand.each(END_CUT, (list(row[:2]) for row in sorted(ended)), run=number)
    hand.each(ADD_CUT, (list(row) for row in new if row[:2] not in held), run=number)
