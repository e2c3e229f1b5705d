"""Keeping runs: membership differences, severed edges, redirects and changes, invisible until published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Run, RunState, customer_id
from knotwork_graph.neo4j.head import Meta
from knotwork_graph.neo4j.near import near
from knotwork_graph.neo4j.taking import PUT, Hand
from knotwork_graph.neo4j.words import CHANGES, STATUSES
from knotwork_graph.neo4j.work import Work, Write
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
ADD_RUN = "UNWIND $rows AS row CREATE (r:Run) SET r = row"
SHOWN = """
UNWIND $rows AS row
MATCH (k:Knotwork {name: 'graph'})
CREATE (:Publication {at: row[0], run: row[1], turn: k.turn})
"""


def heft(staged: StagedRun) -> int:
    """How many rows a run writes, about."""
    return 2 * len(staged.members) + len(staged.severed) + len(staged.redirects) + len(staged.changes)


def refuse_known(work: Work, meta: Meta, number: int) -> None:
    """Raise ``StoreError`` where there is such a run."""
    if number <= meta["last_run"] and work.rows(KNOWN_RUN, run=number):
        raise StoreError(f"there is a run {number} already, so it was not kept again.")


def member_rows(staged: StagedRun) -> Iterator[Write]:
    """The memberships and changes of a run; no reader sees them yet."""
    number = staged.run.number
    yield from _members(staged.members, number)
    columns = [staged.changes[name].to_pylist() for name in ("kind", "customer", "other", "identifiers", "cause")]
    rows = [[place, CHANGES[row[0]], *row[1:]] for place, row in enumerate(zip(*columns, strict=True))]
    yield Write(ADD_CHANGES, rows, {"run": number})


def run_kept(staged: StagedRun) -> Iterator[Write]:
    """The run itself, with which everything that bears its number becomes part of the graph."""
    yield Write(ADD_RUN, [_properties(staged.run, staged.policy)])
    yield Write(PUT, [_moved(staged)])


def run_published(meta: Meta, staged: StagedRun, at: datetime) -> Iterator[Write]:
    """The same, and readers see it at once; there is no later run that could be taken back.

    What is pending came before it looked.
    """
    run = replace(staged.run, state=RunState.PUBLISHED, finished=staged.run.finished or at)
    yield Write(ADD_RUN, [_properties(run, staged.policy)])
    shown = {"current": run.number, "settled": meta["turn"], "everything": False}
    yield Write(PUT, [_moved(staged) | shown])
    yield Write(SHOWN, [[at, run.number]])


def hold_run(work: Work, meta: Meta, run: Run, policy: str) -> None:
    """Write the node of a run that may not be published, and give out its number."""
    refuse_known(work, meta, run.number)
    work.all([Write(ADD_RUN, [_properties(run, policy)]), Write(PUT, [{"last_run": run.number}])])


def _moved(staged: StagedRun) -> dict[str, Any]:
    return {"last_run": staged.run.number, "next_number": staged.next_number, "policy": staged.policy}


def _properties(run: Run, policy: str) -> dict[str, Any]:
    told = {"number": run.number, "state": str(run.state), "policy": policy, "how": run.how, "base": run.base}
    moments = {"as_of": run.as_of, "started": run.started, "finished": run.finished}
    return told | moments | {"counts": json.dumps(run.counts)}


def _members(members: pa.Table, number: int) -> Iterator[Write]:
    customers = [one for one in members["customer"].unique().to_pylist() if one]
    yield Write(CUSTOMERS, [[one, customer_id(one)] for one in customers])
    columns = [members[name].to_pylist() for name in ("identifier", "customer", "status", "reason")]
    rows = [[i, c, str(STATUSES[status]), reason or None] for i, c, status, reason in zip(*columns, strict=True)]
    yield Write(MEMBERS, [row for row in rows if row[1]], {"run": number})
    yield Write(NOBODYS, [row for row in rows if not row[1]], {"run": number})


def cut_rows(hand: Hand, staged: StagedRun) -> Iterator[Write]:
    """Severed edges that end with this run, and those that begin with it."""
    kept = _open_cuts(hand, staged)
    columns = [staged.severed[name].to_pylist() for name in ("a", "b", "rule", "detail")]
    new = list(zip(*columns, strict=True))
    ended = kept - set(new)
    held = {(a, b) for a, b, _, _ in kept - ended}
    bound = {"run": staged.run.number}
    yield Write(END_CUT, [list(row[:2]) for row in sorted(ended)], bound)
    yield Write(ADD_CUT, [list(row) for row in new if row[:2] not in held], bound)


def _open_cuts(hand: Hand, staged: StagedRun) -> set[tuple[Any, ...]]:
    if staged.scope is None:
        return set(hand.rows(CUT))
    scope = np.asarray(staged.scope)
    if not len(scope):
        return set()
    ahead = near(hand) if isinstance(hand, Work) else None
    known = None if ahead is None else ahead.open_cuts(scope)
    return set(hand.rows(CUT_AROUND, ids=scope.tolist()) if known is None else known)
