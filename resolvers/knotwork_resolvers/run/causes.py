"""Why customers changed: what was touched in the cluster that each change happened in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from knotwork_graph.model import GraphArrays
from knotwork_graph.model.arrays import places
from knotwork_graph.ports import StoreState
from knotwork_resolvers.identity import NOBODY, Previous, Resolution, StatusCode, components
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.identity.sets import among, union
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.touched import Touched

# the last that applies is told: a steward's word weighs more than an event that happened to come at the same time
CAUSES = ("policy change", "expiry", "event", "matching", "decision", "erasure")
POLICY, EXPIRY, EVENT, MATCHING, DECISION, ERASURE = range(len(CAUSES))


def causes_of(
    graph: GraphArrays,
    found: Resolution,
    previous: Previous,
    touched: Touched | None,
    *,
    new_policy: bool,
    erased: bool = False,
) -> pa.Array:
    """The cause of each of the changes of ``found``, as text; O(graph) where there is more than one to choose from.

    ``touched`` is None where everything was touched by events (a first run, say). Under a new policy all that no event
    or decision touched changed because of it; after something was ``erased``, everything did because of that.
    """
    changes = found.changes
    if erased or touched is None or not len(changes):
        code = ERASURE if erased else POLICY if new_policy else EVENT
        return pa.array([CAUSES[code]] * len(changes), pa.string())
    cause = np.full(len(graph.identifiers), POLICY if new_policy else EXPIRY, np.int8)
    ids = graph.identifiers.ids
    for code, some in ((EVENT, touched.event), (MATCHING, touched.matching), (DECISION, touched.decision)):
        here = some[among(some, ids)]
        cause[np.searchsorted(ids, here)] = code
    group = _groups(graph, found, previous)
    of_group = np.zeros(int(group.max(initial=-1)) + 1, np.int8)
    np.maximum.at(of_group, group, cause)
    of_customer = np.zeros(found.next_number, np.int8)
    for customer in (previous.customer, found.customer):
        np.maximum.at(of_customer, customer, of_group[group])
    of_customer[NOBODY] = 0
    told = np.maximum(of_customer[changes.customer], of_customer[changes.other])
    return pa.array(np.array(CAUSES, object)[told], pa.string())


def touched_by(at: Situation, outcome: Outcome) -> Touched | None:
    """What had touched the identifiers before a full run; None where that is everything, by events.

    After a run for a moment that had passed, the events that it left out count as new.
    """
    if at.touched is None or at.until is not None or not at.counts.get("until_moment"):
        return at.touched if at.until is None else None
    return replace(at.touched, event=union(at.touched.event, _left_out(outcome, at.state)))


def _left_out(outcome: Outcome, last: StoreState) -> Ints:
    """The ids (ascending) that events after the ``last`` run's moment bear, where it did not count these events.

    They are the ends of what was seen since, and whatever that run had not seen at all; O(graph).
    """
    graph, rows = outcome.graph, outcome.memberships
    later = graph.edges.last_seen > last.as_of
    news = graph.identifiers.usable.copy()
    known = rows.seen_by(last.current) & np.isin(rows.status, (StatusCode.LINKING, StatusCode.SHARED))
    news[places(graph.identifiers.ids, rows.identifier[known])] = False
    news[graph.edges.a[later]] = news[graph.edges.b[later]] = True
    return graph.identifiers.ids[news]


def _groups(graph: GraphArrays, found: Resolution, previous: Previous) -> Ints:
    """A number for all that hangs together: by a linking edge, or in a customer before or after."""
    a, b = graph.edges.a[found.partition.linking], graph.edges.b[found.partition.linking]
    chains = [_chain(previous.customer), _chain(found.customer)]
    ends = [np.concatenate([one, *(chain[side] for chain in chains)]) for side, one in enumerate((a, b))]
    return components(len(graph.identifiers), ends[0], ends[1])


def _chain(customer: Ints) -> tuple[Ints, Ints]:
    """Pairs that hold the members of each customer together, nobody's left out."""
    held = np.flatnonzero(customer != NOBODY)
    order = held[np.argsort(customer[held], kind="stable")]
    same = customer[order[1:]] == customer[order[:-1]]
    return order[:-1][same], order[1:][same]
