"""What one identifier type does to the customers that all others make: counts on arrays, near-linear in edges."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import Circumstances, components, partition
from knotwork_resolvers.identity.resolution import Ints, Mask


@dataclass(frozen=True, slots=True)
class Touching:
    """Which customers the values of a type touch: distinct (``value``, ``customer``) rows.

    ``value`` is an index of the graph's identifiers; ``customer`` a part made without the type; ``parts`` how many
    parts there are, and ``size`` the identifiers of each. ``person`` marks the parts that hold more than machines: an
    identifier of a type that the policy limits per customer.
    """

    value: Ints
    customer: Ints
    parts: int
    size: Ints
    person: Mask

    def per_value(self, identifiers: int) -> Ints:
        """For each of so many identifiers the customers it touches."""
        return np.bincount(self.value, minlength=identifiers)

    def per_customer(self, kept: Mask) -> Ints:
        """For each customer that any of the ``kept`` values (a mask of identifiers) touches, how many do.

        A till on its own is no customer that has sixty accounts, so parts of machines alone do not count; but where
        no part that is touched holds more, all do.
        """
        counts = np.bincount(self.customer[kept[self.value]], minlength=self.parts)
        touched = counts > 0
        return np.asarray(counts[touched & self.person] if (touched & self.person).any() else counts[touched])


def touching(graph: GraphArrays, policy: Policy, now: Circumstances, code: int) -> Touching:
    """What the type ``code`` touches: one partition of everything else, and one pass over the edges."""
    label = partition(without(graph, graph.identifiers.types == code), policy, now).label
    parts = int(label.max(initial=-1)) + 1
    own = usable_of(graph, code)
    rows = [_touched(own, label, ends) for ends in _both_ways(graph)]
    key = np.unique(np.concatenate([value * max(parts, 1) + customer for value, customer in rows]))
    size = np.bincount(label[label >= 0], minlength=parts)
    person = np.zeros(parts, np.bool_)
    person[label[_limited(graph, policy) & (label >= 0)]] = True
    return Touching(key // max(parts, 1), key % max(parts, 1), parts, size, person)


def unlimited(graph: GraphArrays, found: Touching, code: int) -> tuple[int, int]:
    """The largest cluster if every value of the type linked: its identifiers, and the most customers in one."""
    own = np.flatnonzero(usable_of(graph, code))
    place = np.full(len(graph.identifiers), -1, np.int64)
    place[own] = np.arange(len(own)) + found.parts
    a, b = place[graph.edges.a], place[graph.edges.b]
    among = (a >= 0) & (b >= 0)
    ends = np.concatenate([place[found.value], a[among]]), np.concatenate([found.customer, b[among]])
    cluster = components(found.parts + len(own), *ends)
    weight = np.concatenate([found.size, np.ones(len(own), np.int64)])
    size = np.bincount(cluster, weights=weight)
    return int(size.max(initial=0)), int(np.bincount(cluster[: found.parts]).max(initial=0))


def largest(graph: GraphArrays, policy: Policy, now: Circumstances) -> int:
    """The identifiers of the largest customer under ``policy``."""
    label = partition(graph, policy, now).label
    return int(np.bincount(label[label >= 0]).max(initial=0))


def without(graph: GraphArrays, gone: Mask) -> GraphArrays:
    """The graph in which the identifiers of the mask ``gone`` link nothing."""
    identifiers = graph.identifiers
    return replace(graph, identifiers=replace(identifiers, usable=identifiers.usable & ~gone))


def _limited(graph: GraphArrays, policy: Policy) -> Mask:
    names = graph.identifiers.type_names
    limited = np.array([policy.rule(name).max_per_customer is not None for name in names] or [False], np.bool_)
    return np.asarray(limited[graph.identifiers.types])


def usable_of(graph: GraphArrays, code: int) -> Mask:
    """Which identifiers are of the type ``code`` and may link."""
    return np.asarray((graph.identifiers.types == code) & graph.identifiers.usable)


def _both_ways(graph: GraphArrays) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    edges = graph.edges
    return (edges.a, edges.b), (edges.b, edges.a)


def _touched(own: Mask, label: Ints, ends: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    value, other = ends
    rows = own[value] & (label[other] >= 0)
    return value[rows], label[other[rows]]
