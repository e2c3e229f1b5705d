"""The owner of every event, whole populations at once.

An identifier is *firm* when it belongs to a customer and nobody contests it: it is not shared, and not the end of a
severed edge (unless its type is limited to one per customer, as a user id is). An event is the customer's whose firm
identifiers it bears; several: the strongest type's. What bears none falls to the policy's ``shared_events``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy, SharedEvents
from knotwork_graph.ports import Stood
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


@dataclass(frozen=True, slots=True)
class Sighted:
    """Which identifiers (index) events bear: two arrays of one length, sorted by event."""

    event: Ints
    identifier: Ints

    @property
    def starts(self) -> Ints:
        """Where each event's rows begin."""
        return np.flatnonzero(np.r_[True, self.event[1:] != self.event[:-1]][: len(self.event)])


@dataclass(frozen=True, slots=True)
class Standing:
    """What each identifier says of an event that bears it.

    ``customer``: its customer (``NOBODY`` for none); ``firm``: it tells for itself whose an event is; ``doubtful``: it
    is shared or contested; ``strength``: a rank, all different, a stronger type first, then the older identifier.
    """

    customer: Ints
    firm: Mask
    doubtful: Mask
    strength: Ints


def standing_of(graph: GraphArrays, found: Resolution, policy: Policy) -> Standing:
    """The standing of each identifier of a resolved graph."""
    ends = np.zeros(len(graph.identifiers), np.bool_)
    rows = found.partition.severed.edges
    ends[graph.edges.a[rows]] = True
    ends[graph.edges.b[rows]] = True
    held = graph.identifiers
    return standing_in(Stood(held.types, found.customer, found.partition.status, ends, held.type_names), policy)


def standing_in(stood: Stood, policy: Policy) -> Standing:
    """The standing of some identifiers as a run has them."""
    rules = [policy.rule(name) for name in stood.type_names]
    limited = np.array([rule.max_per_customer == 1 for rule in rules] or [False], np.bool_)
    priority = np.array([rule.priority for rule in rules] or [0], np.int64)
    contested = stood.cut & ~limited[stood.types]
    firm = (stood.customer != NOBODY) & (stood.status == StatusCode.LINKING) & ~contested
    doubtful = (stood.status == StatusCode.SHARED) | contested
    strength = priority[stood.types] * len(stood.types) + np.arange(len(stood.types))
    return Standing(stood.customer, np.asarray(firm), np.asarray(doubtful), np.asarray(strength))


def own_events(sighted: Sighted, standing: Standing, rule: SharedEvents, facts: str | pa.Table) -> Owned:
    """The owners of all events of ``sighted``.

    O(sightings) in compiled code; only events that bear a shared or contested identifier are looked up in ``facts``
    (what stands after FROM in a query, or a table), for ``event_id, timestamp, source, message_id``.
    """
    firm = np.where(standing.firm, standing.customer, NOBODY)
    owned = _by_firm(sighted, firm, standing.strength)
    doubtful = Doubtful(sighted.event, sighted.identifier, standing.doubtful, standing.strength)
    return _with_doubtful(owned, doubtful, rule, facts)


def _by_firm(sighted: Sighted, customer: Ints, strength: Ints) -> Owned:
    """The owners that firm identifiers tell, ``NOT_IDENTIFIED`` where there is none on the event."""
    event, identifier, starts = sighted.event, sighted.identifier, sighted.starts
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


def _with_doubtful(owned: Owned, doubtful: Doubtful, rule: SharedEvents, facts: str | pa.Table) -> Owned:
    """The owners after ``shared_events`` had its say on events of shared or contested identifiers."""
    if not doubtful.any():
        return owned
    if rule == "nobody":
        reason = owned.reason.copy()
        reason[owned.reason == Reason.NOT_IDENTIFIED] = Reason.POLICY_NOBODY
        return Owned(owned.event, owned.customer, reason)
    settled = settle_doubtful(doubtful, owned.event, owned.customer, rule, facts)
    customer, reason = owned.customer.copy(), owned.reason.copy()
    customer[settled.place] = settled.customer
    reason[settled.place] = settled.reason
    return Owned(owned.event, customer, reason)
