"""The owner of every event, whole populations at once.

An identifier is *firm* when it belongs to a customer and nobody contests it: it is not shared, and not the end of a
severed edge (unless its type is limited to one per customer, as a user id is). An event is the customer's whose firm
identifiers it bears; several: the strongest type's. What bears none falls to the policy's ``shared_events``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import NOBODY, Resolution, StatusCode
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.ownership.reasons import Reason
from knotwork_resolvers.ownership.sharing import Doubtful, settle_doubtful


@dataclass(frozen=True, slots=True)
class Owned:
    """For each event that bears a usable identifier, by event id: its customer (``NOBODY`` for none) and why."""

    event: Ints
    customer: Ints
    reason: NDArray[np.int8]


def own_events(
    event: Ints, identifier: Ints, graph: GraphArrays, found: Resolution, policy: Policy, facts: list[Path]
) -> Owned:
    """The owners of all events. ``event`` and ``identifier`` (index) are the sightings, sorted by event.

    O(sightings) in compiled code; only events that bear a shared or contested identifier are looked up in ``facts``.
    """
    firm = firm_identifiers(graph, found, policy)
    doubtful = doubtful_identifiers(graph, found, policy)
    starts = np.flatnonzero(np.r_[True, event[1:] != event[:-1]][: len(event)])
    strength = strengths(graph, policy)
    owned = _by_firm(event, identifier, starts, np.where(firm, found.customer, NOBODY), strength)
    return _with_doubtful(owned, Doubtful(event, identifier, doubtful, strength), policy, facts)


def firm_identifiers(graph: GraphArrays, found: Resolution, policy: Policy) -> Mask:
    """Which identifiers say for themselves whose an event is."""
    linking = found.partition.status == StatusCode.LINKING
    return np.asarray((found.customer != NOBODY) & linking & ~_contested(graph, found, policy))


def doubtful_identifiers(graph: GraphArrays, found: Resolution, policy: Policy) -> Mask:
    """Which identifiers are shared or contested."""
    shared = found.partition.status == StatusCode.SHARED
    return np.asarray(shared | _contested(graph, found, policy))


def strengths(graph: GraphArrays, policy: Policy) -> Ints:
    """A rank for each identifier, all different: a stronger type (lower priority) first, then the older identifier."""
    names = graph.identifiers.type_names
    priority = np.array([policy.rule(name).priority for name in names] or [0], np.int64)
    count = len(graph.identifiers)
    return np.asarray(priority[graph.identifiers.types] * count + np.arange(count))


def _contested(graph: GraphArrays, found: Resolution, policy: Policy) -> Mask:
    names = graph.identifiers.type_names
    limited = np.array([policy.rule(name).max_per_customer == 1 for name in names] or [False], np.bool_)
    ends = np.zeros(len(graph.identifiers), np.bool_)
    rows = found.partition.severed.edges
    ends[graph.edges.a[rows]] = True
    ends[graph.edges.b[rows]] = True
    return np.asarray(ends & ~limited[graph.identifiers.types])


def _by_firm(event: Ints, identifier: Ints, starts: Ints, customer: Ints, strength: Ints) -> Owned:
    """The owners that firm identifiers tell, ``NOT_IDENTIFIED`` where there is none on the event."""
    if not len(starts):
        return Owned(event, event, np.empty(0, np.int8))
    holder = customer[identifier]
    never = np.iinfo(np.int64).max
    best = np.minimum.reduceat(np.where(holder != NOBODY, strength[identifier], never), starts)
    low = np.minimum.reduceat(np.where(holder != NOBODY, holder, never), starts)
    high = np.maximum.reduceat(holder, starts)
    known = best != never
    owner = np.full(len(starts), NOBODY, np.int64)
    owner[known] = customer[best[known] % len(strength)]
    reason = np.where(low == high, Reason.OWN, Reason.STRONGEST).astype(np.int8)
    reason[~known] = Reason.NOT_IDENTIFIED
    return Owned(event[starts], owner, reason)


def _with_doubtful(owned: Owned, doubtful: Doubtful, policy: Policy, facts: list[Path]) -> Owned:
    """The owners after ``shared_events`` had its say on events of shared or contested identifiers."""
    if not doubtful.any():
        return owned
    if policy.shared_events == "nobody":
        reason = owned.reason.copy()
        reason[owned.reason == Reason.NOT_IDENTIFIED] = Reason.POLICY_NOBODY
        return Owned(owned.event, owned.customer, reason)
    settled = settle_doubtful(doubtful, owned.event, owned.customer, policy.shared_events, facts)
    customer, reason = owned.customer.copy(), owned.reason.copy()
    customer[settled.place] = settled.customer
    reason[settled.place] = settled.reason
    return Owned(owned.event, customer, reason)
