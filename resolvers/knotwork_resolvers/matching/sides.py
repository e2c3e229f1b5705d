"""The customers as they would be without joined pairs: what a model compares must not be what a model has joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import Decision, DecisionKind, GraphArrays, Identifier, in_force
from knotwork_graph.model.arrays import EdgeArrays, places
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Matched
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import components
from knotwork_resolvers.identity.decided import decided
from knotwork_resolvers.identity.matched import among
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.identity.shared import unexpired
from knotwork_resolvers.run.guessed import ids_of, matches_in

if TYPE_CHECKING:
    import pyarrow as pa


def nothing() -> Ints:
    """No numbers."""
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Sides:
    """The customers that joined pairs hold together, taken apart: identifier ids (ascending), keys, and their sides.

    A side has a record number of its own, above every customer's; ``customer``: the one that each was taken from.
    """

    identifier: Ints = field(default_factory=nothing)
    keys: tuple[str, ...] = ()
    side: Ints = field(default_factory=nothing)
    customer: Ints = field(default_factory=nothing)

    def table(self) -> pa.Table:
        """Arrow ``identifier, type, value, side, customer``."""
        import pyarrow as pa

        parsed = [Identifier.parse(key) for key in self.keys]
        return pa.table(
            {
                "identifier": self.identifier,
                "type": pa.array([one.type for one in parsed], pa.string()),
                "value": pa.array([one.value for one in parsed], pa.string()),
                "side": self.side,
                "customer": self.customer,
            }
        )


def sides_in(home: Home, policy: Policy) -> Sides:
    """The sides of every customer that a joined pair lies in; O(identifiers and edges of these customers).

    Joined pairs are taken after all that was seen, so a customer with some is the union of whole sides.
    """
    matches = matches_in(home)
    return sides_of(home, policy, matches) if matches else Sides()


def sides_of(home: Home, policy: Policy, matches: Iterable[Matched]) -> Sides:
    """The same for some joined pairs."""
    state, found = home.store.state(), list(matches)
    ids = ids_of(home.store, {key for one in found for key in (one.a, one.b)})
    members = home.store.together_with(ids)
    rows = home.store.memberships(members)
    now = rows.seen_by(state.current)
    customer = np.zeros(len(members), np.int64)
    customer[places(members, rows.identifier[now])] = rows.customer[now]
    free = np.zeros(len(members), np.bool_)
    free[places(members, rows.identifier[now])] = rows.status[now] == 0
    graph = _graph(home, members)
    label = _parts(home, policy, graph, customer, free, state.as_of)
    number = state.next_number + np.unique(label, return_inverse=True)[1]
    held = np.flatnonzero(customer > 0)
    keys = tuple(graph.identifiers.key(int(row)) for row in held)
    return Sides(members[held], keys, number[held], customer[held])


def _graph(home: Home, members: Ints) -> GraphArrays:
    """The identifiers ``members`` and the edges among them, but for those that the current run severed."""
    identifiers, edges = home.store.identifiers_of(members), home.store.edges_of_ids(members)
    inside = np.isin(edges.a, members) & np.isin(edges.b, members)
    kept = edges.take(inside)
    cut = home.store.severed_of(members)
    pairs = np.column_stack([np.asarray(cut[name].to_numpy(), np.int64) for name in ("a", "b")])
    span = int(members.max(initial=0)) + 1
    ends = np.column_stack([kept.a, kept.b])
    known = pairs[(pairs < span).all(axis=1)]
    kept = kept.take(~among(ends, np.sort(known, axis=1), span)) if len(ends) else kept
    placed = EdgeArrays(
        places(members, kept.a), places(members, kept.b), kept.count, kept.vouched, kept.first_seen, kept.last_seen
    )
    return GraphArrays(identifiers, placed)


def _parts(home: Home, policy: Policy, graph: GraphArrays, customer: Ints, free: Mask, moment: int) -> Ints:
    """What hangs together by edges and stewards' links, within each customer."""
    said = decided(graph, _links(in_force(home.store.decisions())))
    edges = graph.edges
    linking = unexpired(graph, policy, moment) & free[edges.a] & free[edges.b]
    linking &= customer[edges.a] == customer[edges.b]
    if len(edges):
        linking &= ~among(np.column_stack([edges.a, edges.b]), said.cannot, len(graph.identifiers))
    a = np.concatenate([edges.a[linking], said.must[:, 0]])
    b = np.concatenate([edges.b[linking], said.must[:, 1]])
    return components(len(graph.identifiers), a, b)


def _links(decisions: Iterable[Decision]) -> list[Decision]:
    pairwise = (DecisionKind.MUST_LINK, DecisionKind.CANNOT_LINK)
    return [one for one in decisions if one.kind in pairwise and one.b and Identifier.parse(one.a)]


def numbers(table: pa.Table, name: str) -> Ints:
    """A column of whole numbers as an array."""
    return np.asarray(table[name].to_numpy(), np.int64)
