"""The clusters that a change reaches: from the touched identifiers along linking edges, and no further.

An identifier that links nothing is met, and never walked through, however many edges it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.model import Decision, DecisionKind, GraphArrays, Identifier, empty_edges
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore, Memberships, StoreState
from knotwork_graph.proposals import MatchBook, Matched
from knotwork_resolvers.identity import Circumstances, Judged, Shared, StatusCode, judge
from knotwork_resolvers.identity.decided import near
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.identity.sets import among, union, without
from knotwork_resolvers.identity.shared import unexpired
from knotwork_resolvers.run.guessed import Guessed
from knotwork_resolvers.run.pieces import (
    all_memberships,
    both_identifiers,
    new_edges,
    no_identifiers,
    placed,
    some_identifiers,
    some_memberships,
)
from knotwork_resolvers.run.touched import Touched


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the graph that holds whole clusters: what may link in it, and the memberships of its identifiers.

    ``matches``: the joined pairs that touch it.
    """

    graph: GraphArrays
    judged: Judged
    memberships: Memberships
    matches: tuple[Matched, ...]


def reach(
    store: GraphStore,
    policy: Policy,
    now: Circumstances,
    touched: Touched,
    state: StoreState,
    inside: Ints,
    *,
    book: MatchBook | None = None,
) -> Part:
    """The clusters that a change of ``touched`` reaches, the old ones and the new ones.

    ``inside``: those that were touched, and all who are in a customer with one of them.
    Reads O(edges of these clusters), and the edges of those identifiers whose status changes. A steward's links, and
    the joined pairs of ``book``, are followed wherever they lead.
    """
    walk = Walk(store, policy, now, state, Guessed(store, book))
    walk.meet(inside)
    doubted = walk.in_question(touched)
    walk.read(union(walk.free(inside), doubted))
    changed = walk.judge(doubted)
    fresh = without(union(walk.beside(changed), walk.linked(inside)), inside)
    while len(fresh):
        new = without(store.together_with(fresh), inside)
        inside = union(inside, new)
        walk.meet(new)
        walk.read(walk.free(new))
        fresh = without(walk.linked(inside), inside)
    return walk.part(inside)


class Walk:
    """What was met on the way: identifiers (by id) with what each may do, and the edges that were read."""

    def __init__(
        self, store: GraphStore, policy: Policy, now: Circumstances, state: StoreState, guessed: Guessed
    ) -> None:
        self._store, self._policy, self._now, self._current = store, policy, now, state.current
        self._guessed = guessed
        self._must = must_links(store, now.decisions)
        self._identifiers = no_identifiers()
        self._status = np.empty(0, np.int8)
        self._reason: dict[int, str] = {}
        self._rows: list[Memberships] = []
        self._edges = empty_edges()

    def meet(self, ids: Ints) -> None:
        """Learn of those of ``ids`` that were not met yet what they are and what the current run says of them."""
        new = without(ids, self._identifiers.ids)
        if not len(new):
            return
        found, rows = self._store.identifiers_of(new), self._store.memberships(new)
        self._guessed.meet(lambda: {found.key(row): int(one) for row, one in enumerate(found.ids)})
        status = np.where(found.usable, StatusCode.LINKING, StatusCode.BLOCKED).astype(np.int8)
        now = np.flatnonzero(rows.seen_by(self._current))
        status[np.searchsorted(found.ids, rows.identifier[now])] = rows.status[now]
        self._reason |= {int(rows.identifier[row]): rows.reason[int(row)].as_py() for row in now if rows.status[row]}
        order = np.argsort(np.concatenate([self._identifiers.ids, found.ids]), kind="stable")
        self._status = np.concatenate([self._status, status])[order]
        self._identifiers = both_identifiers(self._identifiers, found, order)
        self._rows.append(rows)

    def read(self, ids: Ints) -> None:
        """Read the edges of ``ids``, and meet their other ends."""
        found = self._store.edges_of_ids(ids)
        self._edges = new_edges(self._edges, found)
        self.meet(union(found.a, found.b))

    def free(self, ids: Ints) -> Ints:
        """Those of ``ids``, all met, that may link."""
        return np.asarray(ids[self._status_of(ids) == StatusCode.LINKING])

    def in_question(self, touched: Touched) -> Ints:
        """The touched identifiers that may link, or may come to: events alone never set free one that links nothing."""
        ids = touched.ids
        heard = among(ids, touched.expiry) | among(ids, touched.decision)
        return np.asarray(ids[heard | (self._status_of(ids) == StatusCode.LINKING)])

    def judge(self, ids: Ints) -> Ints:
        """Find out what each of ``ids``, whose edges were read, may do; those for which it has changed, ascending."""
        place = np.searchsorted(self._identifiers.ids, ids)
        traits: dict[str, Ints] = {}
        for name, count in self._store.trait_counts(ids).items():
            traits[name] = np.zeros(len(self._status), np.int64)
            traits[name][place] = count
        now = Circumstances(self._now.as_of, near(self._identifiers, self._now.decisions), traits)
        found = judge(placed(self._identifiers, self._edges), self._policy, now)
        told = dict(zip(found.shared.identifiers.tolist(), found.shared.reasons, strict=True))
        self._reason |= {one: told.get(row, "") for one, row in zip(ids.tolist(), place.tolist(), strict=True)}
        before = self._status[place]
        self._status[place] = found.status[place]
        return np.asarray(ids[before != found.status[place]])

    def beside(self, ids: Ints) -> Ints:
        """The other ends, free to link, of the edges at ``ids``."""
        at_a, at_b = among(self._edges.a, ids), among(self._edges.b, ids)
        return self.free(union(self._edges.b[at_a], self._edges.a[at_b]))

    def linked(self, inside: Ints) -> Ints:
        """The ends of the linking edges, of the stewards' links and of joined pairs, that touch ``inside``."""
        graph = placed(self._identifiers, self._edges)
        free = self._status == StatusCode.LINKING
        linking = unexpired(graph, self._policy, self._now.as_of) & free[graph.edges.a] & free[graph.edges.b]
        more = np.concatenate([self._must, self._guessed.ends()])
        a = np.concatenate([self._edges.a[linking], more[:, 0]])
        b = np.concatenate([self._edges.b[linking], more[:, 1]])
        touching = among(a, inside) | among(b, inside)
        return union(a[touching], b[touching])

    def part(self, inside: Ints) -> Part:
        """The identifiers ``inside`` and the edges among them."""
        edges = self._edges.take(among(self._edges.a, inside) & among(self._edges.b, inside))
        rows = all_memberships(self._rows)
        return Part(
            placed(some_identifiers(self._identifiers, inside), edges),
            Judged(self._shared(inside), self._status_of(inside)),
            some_memberships(rows, among(rows.identifier, inside)),
            self._guessed.matches(),
        )

    def _status_of(self, ids: Ints) -> NDArray[np.int8]:
        return self._status[np.searchsorted(self._identifiers.ids, ids)]

    def _shared(self, inside: Ints) -> Shared:
        rows = np.flatnonzero(self._status_of(inside) == StatusCode.SHARED)
        return Shared(rows, tuple(self._reason[int(one)] for one in inside[rows]))


def must_links(store: GraphStore, decisions: Iterable[Decision]) -> Ints:
    """The ends of the stewards' links as ids, a row each; links to identifiers never seen are left out."""
    said = [one for one in decisions if one.kind == DecisionKind.MUST_LINK and one.b is not None]
    if not said:
        return np.empty((0, 2), np.int64)
    ids = store.ids_of([Identifier.parse(key) for key in sorted({key for one in said for key in one.about})])
    pairs = [[ids[key] for key in one.about] for one in said if all(key in ids for key in one.about)]
    return np.array(pairs, np.int64).reshape(-1, 2)
