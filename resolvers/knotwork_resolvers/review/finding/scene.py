"""The part of the world that is looked over: identifiers, edges, whose they are, and what was severed or shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.model.arrays import places
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphReader
from knotwork_resolvers.identity import NOBODY, StatusCode
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.identity.shared import unexpired
from knotwork_resolvers.run.pieces import placed

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Cut:
    """Severed edges: both ends (indices), and the rule and the values that collided, as Arrow texts."""

    a: Ints
    b: Ints
    rule: pa.Array
    detail: pa.Array


@dataclass(frozen=True)
class ReviewScene:
    """Identifiers and edges with the customer and the status that readers see; ``own`` marks those looked over.

    The others are only the far ends of edges. ``reason`` is an Arrow text each.
    """

    policy: Policy
    moment: int
    graph: GraphArrays
    customer: Ints
    status: np.ndarray[tuple[int], np.dtype[np.int8]]
    reason: pa.Array
    cut: Cut
    own: Mask

    @cached_property
    def inside(self) -> Mask:
        """For each edge whether it holds its customer together."""
        edges = self.graph.edges
        free = self.status == StatusCode.LINKING
        same = (self.customer[edges.a] == self.customer[edges.b]) & (self.customer[edges.a] != NOBODY)
        inside = same & free[edges.a] & free[edges.b] & unexpired(self.graph, self.policy, self.moment)
        return np.asarray(inside)

    @cached_property
    def customers(self) -> Ints:
        """The numbers of the customers that are looked over, ascending."""
        return np.unique(self.customer[self.own & (self.customer != NOBODY)])

    @cached_property
    def incidence(self) -> tuple[Ints, Ints]:
        """The edges at each identifier: ends by identifier (an end is its edge, plus the number of edges for ``b``),
        and where those of each begin; O(edges log edges) once.
        """
        ends = np.concatenate([self.graph.edges.a, self.graph.edges.b])
        counts = np.bincount(ends, minlength=len(self.graph.identifiers))
        return np.argsort(ends, kind="stable"), np.r_[0, np.cumsum(counts)]

    def key(self, index: int) -> str:
        """``type:value`` of an identifier."""
        return self.graph.identifiers.key(index)


def scene_of(
    store: GraphReader, policy: Policy, ids: Ints | None = None, whole: Callable[[], GraphArrays] | None = None
) -> ReviewScene:
    """What readers see of everybody, or of the customers that hold one of ``ids``; O(what is read).

    ``whole`` gives the store's graph to whoever asks for everybody, as ``store.graph`` does where it is absent.
    """
    state = store.state()
    if ids is None:
        graph = (whole or store.graph)()
        own = np.ones(len(graph.identifiers), np.bool_)
    else:
        wanted = store.together_with(ids)
        edges = store.edges_of_ids(wanted)
        identifiers = store.identifiers_of(np.union1d(wanted, np.union1d(edges.a, edges.b)))
        graph = placed(identifiers, edges)
        own = np.isin(identifiers.ids, wanted)
    return _scene(store, policy, graph, own, whole=ids is None, run=state.current, moment=state.as_of)


def _scene(
    store: GraphReader, policy: Policy, graph: GraphArrays, own: Mask, *, whole: bool, run: int, moment: int
) -> ReviewScene:
    import pyarrow as pa

    ids = graph.identifiers.ids
    rows = store.memberships() if whole else store.memberships(ids)
    seen = np.flatnonzero(rows.seen_by(run))
    at = places(ids, rows.identifier[seen])
    customer = np.full(len(ids), NOBODY, np.int64)
    status = np.where(graph.identifiers.usable, StatusCode.LINKING, StatusCode.BLOCKED).astype(np.int8)
    customer[at], status[at] = rows.customer[seen], rows.status[seen]
    worded = np.flatnonzero(rows.status[seen] != StatusCode.LINKING)
    reason = np.full(len(ids), "", object)
    reason[at[worded]] = rows.reason.take(pa.array(seen[worded])).to_numpy(zero_copy_only=False)
    return ReviewScene(
        policy, moment, graph, customer, status, pa.array(reason, pa.string()), _cut(store, ids, own), own
    )


def _cut(store: GraphReader, ids: Ints, own: Mask) -> Cut:
    rows = store.severed_of(ids[own])
    a, b = (np.asarray(rows[name].to_numpy(), np.int64) for name in ("a", "b"))
    return Cut(places(ids, a), places(ids, b), rows["rule"].combine_chunks(), rows["detail"].combine_chunks())
