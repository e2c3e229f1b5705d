"""Resolving an event that adds to customers or makes one of several: what ``resolve`` finds, without the walk to it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from knotwork_graph.model import EdgeArrays, GraphArrays, IdentifierArrays
from knotwork_graph.ports import OPEN, Memberships, Stood
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY, Partition, Previous, Redirect, Resolution, Severed, Shared, StatusCode
from knotwork_resolvers.identity.changes import changes_between
from knotwork_resolvers.identity.plainly import Joining, claims, joins_plainly, obeys
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.identity.sets import among, union, without
from knotwork_resolvers.projection.reading import counted_traits
from knotwork_resolvers.run.pieces import placed
from knotwork_resolvers.run.situation import Outcome, Situation
from knotwork_resolvers.run.touched import ttls_of

FEW = 20
"""More touched identifiers than one event may bear are no single event's."""


def joined_plainly(home: Home, at: Situation, inside: Ints) -> Outcome | None:
    """What ``resolve`` finds where customers and new identifiers become one and no rule has a say; None where it may.

    ``inside``: those that were touched, and all who are in a customer with one of them. Two look-ups, or up to six
    where others are near, a trait is counted, decisions are in force, or customers have like claims.
    """
    touched = at.touched
    if touched is None or at.matched or len(touched) != len(touched.event) or not 0 < len(touched) <= FEW:
        return None
    stood = home.store.stood(inside, at.state.current)
    new = inside > at.counts.get("identifiers", 0)  # ids are given out in a row: no run has seen these
    if not _calm(stood, new) or not obeys(_kinds(inside, stood).values(), at.policy):
        return None
    if ttls_of(at.policy) or _spoken_of(home, at, inside):
        return None
    edges = home.store.edges_of_ids(touched.event)
    case = _case(home, at, inside, stood, new, edges)
    if not joins_plainly(case, at.policy):
        return None
    here = among(edges.a, inside) & among(edges.b, inside)
    keeps = _heir(home, at, case)
    return _outcome(at, placed(_identifiers(inside, stood), edges.take(here)), stood, keeps)


def _calm(stood: Stood, new: Mask) -> bool:
    """Whether all but the ``new`` ones, one at least, are in a customer, may link, and are at no severed edge."""
    held = ~new
    calm = held.any() and not stood.cut.any() and (stood.status[held] == StatusCode.LINKING).all()
    return bool(calm and (stood.customer[held] != NOBODY).all())


def _heir(home: Home, at: Situation, case: Joining) -> int:
    """The customer that keeps its id, as ``number_parts`` tells: who brings most, who held it longest, the oldest."""
    alike = claims(case, at.policy)
    if len(alike) == 1:
        return alike[0]
    rows = home.store.memberships(np.array([one for one, of in case.held.items() if of in alike], np.int64))
    now = rows.seen_by(at.state.current)
    since = zip(rows.from_run[now].tolist(), rows.customer[now].tolist(), strict=True)
    return int(min(since)[1])


def _spoken_of(home: Home, at: Situation, ids: Ints) -> bool:
    """Whether a decision in force names one of ``ids``."""
    if not at.decisions:
        return False
    return len(home.store.decisions_on(sorted(home.store.keys_of(ids.tolist()).values()))) > 0


def _case(home: Home, at: Situation, inside: Ints, stood: Stood, new: Mask, edges: EdgeArrays) -> Joining:
    touched = at.touched.event if at.touched is not None else inside
    kinds = _kinds(inside, stood)
    others = without(union(edges.a, edges.b), inside)
    if len(others):
        kinds |= _kinds(others, home.store.stood(others, at.state.current))
    pairs = list(zip(edges.a.tolist(), edges.b.tolist(), strict=True))
    counted = counted_traits(at.policy, {kinds[one] for one in touched.tolist()})
    found = home.store.trait_counts(touched) if counted else {}
    traits = {name: dict(zip(touched.tolist(), count.tolist(), strict=True)) for name, count in found.items()}
    held = dict(zip(inside[~new].tolist(), stood.customer[~new].tolist(), strict=True))
    return Joining(kinds, held, inside[new].tolist(), touched.tolist(), pairs, traits)


def _kinds(ids: Ints, stood: Stood) -> dict[int, str]:
    return {one: stood.type_names[code] for one, code in zip(ids.tolist(), stood.types.tolist(), strict=True)}


def _identifiers(ids: Ints, stood: Stood) -> IdentifierArrays:
    """All of them may link; of their values nothing is asked any more, so they were not read."""
    usable = np.ones(len(ids), np.bool_)
    return IdentifierArrays(ids, stood.types, pa.nulls(len(ids), pa.large_string()), usable, stood.type_names)


def _outcome(at: Situation, graph: GraphArrays, stood: Stood, keeps: int) -> Outcome:
    """All of ``graph`` is the one customer's, who ``keeps`` the id, and links."""
    none, held = np.empty(0, np.int64), np.flatnonzero(stood.customer != NOBODY)
    now = np.full(len(stood.customer), keeps, np.int64)
    gone = sorted(set(stood.customer[held].tolist()) - {keeps})
    changes = changes_between(stood.customer, now, at.state.next_number)
    previous = Previous(stood.customer, np.zeros_like(now), none, none, at.state.next_number)
    redirects = tuple(Redirect(customer, (keeps,)) for customer in gone)
    found = Resolution(_partition(graph), now, none, redirects, changes, at.state.next_number)
    return Outcome(graph, found, previous, _memberships(at, graph.identifiers.ids[held], stood.customer[held]))


def _memberships(at: Situation, ids: Ints, customer: Ints) -> Memberships:
    """The open rows of those whom the customer held; since when, and who held them before, plays no part."""
    since, still = np.full(len(ids), at.state.current, np.int64), np.full(len(ids), OPEN, np.int64)
    return Memberships(
        ids, since, still, customer, np.zeros(len(ids), np.int8), pa.array([""] * len(ids), pa.large_string())
    )


def _partition(graph: GraphArrays) -> Partition:
    none, size = np.empty(0, np.int64), len(graph.identifiers)
    return Partition(
        label=np.zeros(size, np.int64),
        status=np.full(size, StatusCode.LINKING, np.int8),
        shared=Shared(none, ()),
        severed=Severed(none, (), ()),
        linking=np.ones(len(graph.edges), np.bool_),
    )
