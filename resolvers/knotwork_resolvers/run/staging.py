"""A resolution as the rows a store keeps: only the difference to what it holds already."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from knotwork_graph.model import GraphArrays, Run
from knotwork_graph.ports import StagedRun
from knotwork_resolvers.identity import NOBODY, Resolution, StatusCode
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.run.before import NO_ROW, OpenRows
from knotwork_resolvers.run.situation import Outcome

STEWARD_BLOCKED = "blocked: a steward said so"


def staged_run(run: Run, outcome: Outcome, held: OpenRows, *, policy: str, causes: pa.Array) -> StagedRun:
    """What to keep of ``outcome``, as the difference to ``held``; ``causes``: why, for each of its changes."""
    graph, found = outcome.graph, outcome.found
    reasons = _reasons(graph, found)
    rows = np.flatnonzero(_differs(found, held, reasons))
    return StagedRun(
        run=run,
        policy=policy,
        next_number=found.next_number,
        members=_members(graph, found, rows, reasons),
        severed=_severed(graph, found),
        redirects=[(one.customer, one.heirs) for one in found.redirects],
        revived=found.created[found.created < outcome.previous.next_number].tolist(),
        changes=_changes(found, causes),
        ended=graph.identifiers.ids[rows[held.customer[rows] != NO_ROW]],
    )


def _reasons(graph: GraphArrays, found: Resolution) -> dict[int, str]:
    """Why an identifier may not link, for each of which the run has to say."""
    blocked = np.flatnonzero((found.partition.status == StatusCode.BLOCKED) & graph.identifiers.usable)
    shared = zip(found.partition.shared.identifiers.tolist(), found.partition.shared.reasons, strict=True)
    return dict(shared) | dict.fromkeys(blocked.tolist(), STEWARD_BLOCKED)


def _members(graph: GraphArrays, found: Resolution, rows: Ints, reasons: dict[int, str]) -> pa.Table:
    return pa.table(
        {
            "identifier": graph.identifiers.ids[rows],
            "customer": found.customer[rows],
            "status": found.partition.status[rows].astype(np.int64),
            "reason": pa.array(
                [reasons.get(row) for row in rows.tolist()] if reasons else [None] * len(rows), pa.string()
            ),
        }
    )


def _differs(found: Resolution, held: OpenRows, reasons: dict[int, str]) -> Mask:
    """Which identifiers need a new row: those whose customer, status or reason is not what the open row says."""
    worth = (found.customer != NOBODY) | (held.customer != NO_ROW)
    worth[list(reasons)] = True
    changed = (found.customer != held.customer) | (found.partition.status != held.status)
    for index in reasons.keys() | held.reason.keys():
        changed[index] |= reasons.get(index) != held.reason.get(index)
    return np.asarray(worth & changed)


def _severed(graph: GraphArrays, found: Resolution) -> pa.Table:
    severed = found.partition.severed
    ids, edges = graph.identifiers.ids, graph.edges
    a, b = ids[edges.a[severed.edges]], ids[edges.b[severed.edges]]
    return pa.table(
        {
            "a": np.minimum(a, b),
            "b": np.maximum(a, b),
            "rule": pa.array(severed.rules, pa.string()),
            "detail": pa.array(severed.details, pa.string()),
        }
    )


def _changes(found: Resolution, causes: pa.Array) -> pa.Table:
    changes = found.changes
    return pa.table(
        {
            "kind": changes.kind.astype(np.int64),
            "customer": changes.customer,
            "other": changes.other,
            "identifiers": changes.identifiers,
            "cause": causes,
        }
    )
