"""What has changed since the last run looked: the identifiers it reaches first, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from knotwork_graph.model import Identifier, Recorded
from knotwork_graph.model.times import MICROS_PER_SECOND
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphStore, StoreState
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.identity.sets import union


@dataclass(frozen=True, slots=True)
class Touched:
    """The ids (ascending) that events, expiring edges, decisions and matching have touched since the last run."""

    event: Ints
    expiry: Ints
    decision: Ints
    matching: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def ids(self) -> Ints:
        """All of them, ascending."""
        return union(self.event, self.expiry, self.decision, self.matching)

    def __len__(self) -> int:
        return len(self.ids)


def touched_since(
    store: GraphStore, state: StoreState, policy: Policy, moment: int, records: Iterable[Recorded]
) -> Touched | None:
    """What was touched since the run that readers see, up to ``moment``; None where that is everything.

    ``records`` are the decisions, and undoings of some, that the run has not seen.
    """
    pending = store.pending(ages=bool(ttls_of(policy)))
    if pending is None:
        return None
    return Touched(pending, expired_between(store, policy, state.as_of, moment), _spoken_of(store, records))


def expired_between(store: GraphStore, policy: Policy, earlier: int, later: int) -> Ints:
    """The ends of the edges that linked at ``earlier`` and are too old at ``later`` (microseconds), ascending."""
    return union(*(_expired(store, policy, ttl, earlier, later) for ttl in ttls_of(policy)))


def ttls_of(policy: Policy) -> list[int]:
    """The different ttls that the policy names, in microseconds."""
    rules = (*policy.identifiers.values(), policy.default)
    return sorted({_micros(rule.ttl.total_seconds()) for rule in rules if rule.ttl is not None})


def _micros(seconds: float) -> int:
    return int(seconds * MICROS_PER_SECOND)


def _expired(store: GraphStore, policy: Policy, ttl: int, earlier: int, later: int) -> Ints:
    """The ends of edges of this very ttl (the shorter of both types') that expire between both moments."""
    edges = store.edges_last_seen(earlier - ttl - 1, later - ttl - 1)
    ends = store.identifiers_of(union(edges.a, edges.b))
    never = np.iinfo(np.int64).max
    rules = [policy.rule(name).ttl for name in ends.type_names]
    limits = np.array([never if one is None else _micros(one.total_seconds()) for one in rules] or [never], np.int64)
    of_end = limits[ends.types]
    a, b = np.searchsorted(ends.ids, edges.a), np.searchsorted(ends.ids, edges.b)
    own = np.minimum(of_end[a], of_end[b]) == ttl if len(edges) else np.empty(0, np.bool_)
    return union(edges.a[own], edges.b[own])


def _spoken_of(store: GraphStore, records: Iterable[Recorded]) -> Ints:
    keys = {key for one in records for key in (one.a, one.b) if key}
    if not keys:
        return np.empty(0, np.int64)
    return np.array(sorted(store.ids_of([Identifier.parse(key) for key in sorted(keys)]).values()), np.int64)


def unseen(records: tuple[Recorded, ...], known: int) -> tuple[Recorded, ...]:
    """Those of ``records`` after the first ``known``, and the earlier ones that they undo."""
    by_number = {one.number: one for one in records}
    new = [one for one in records if one.number > known]
    return (*new, *(by_number[one.undoes] for one in new if one.undoes))
