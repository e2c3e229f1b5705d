"""Steps 2 to 5: which identifiers belong to one customer.

Whole populations go through arrays; only clusters that break the policy go, all together, through ``joining``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.conflict import by_key, conflict_order
from knotwork_resolvers.identity.decided import Decided, decided
from knotwork_resolvers.identity.joining import ISOLATE, Limits, Parts, Refusal, join_in_order
from knotwork_resolvers.identity.matched import Guesses, guesses
from knotwork_resolvers.identity.resolution import (
    Circumstances,
    Ints,
    Judged,
    Mask,
    Partition,
    Refused,
    Severed,
    Shared,
    StatusCode,
)
from knotwork_resolvers.identity.sets import FEW
from knotwork_resolvers.identity.shared import find_shared, unexpired


def partition(graph: GraphArrays, policy: Policy, now: Circumstances, judged: Judged | None = None) -> Partition:
    """The parts that are customers, with every identifier and edge that links nothing, and why.

    Near-linear in edges; see ``resolution.md`` for the rules. Pure: the same values give the same answer, whatever the
    order of the edges was. ``judged`` tells what each identifier may do, where ``graph`` is a part of a larger one and
    so cannot say it; None: it is found out here.
    """
    said = decided(graph, now.decisions)
    live = unexpired(graph, policy, now.as_of)
    shared, status = judge(graph, policy, now) if judged is None else judged
    linking = live & _both_linking(graph, status) & ~_forbidden(graph, said)
    links = Links(linking, said, guesses(graph, now.matches, status, said))
    cluster = components(len(graph.identifiers), *_ends(graph, links))
    settled = settle(graph, policy, links, cluster, _contested(graph, cluster, policy, said))
    return Partition(
        label=_labels(settled.cluster, status, said),
        status=status,
        shared=shared,
        severed=settled.severed,
        linking=linking,
        unknown_decisions=said.unknown,
        matched=len(links.guesses),
        refused=settled.refused,
    )


def judge(graph: GraphArrays, policy: Policy, now: Circumstances) -> Judged:
    """Step 2 and the stewards' word: which identifiers may link, and which are shared; O(edges).

    What is said of an identifier hangs on its own edges alone, so a part of a graph that holds them all will do.
    """
    said = decided(graph, now.decisions)
    shared = _overruled(find_shared(graph, policy, unexpired(graph, policy, now.as_of), now), said)
    return Judged(shared, _status(graph, shared, said))


def components(nodes: int, a: Ints, b: Ints) -> Ints:
    """The number of each node's connected component, by the first node of each; O(nodes + edges)."""
    if nodes + len(a) <= FEW:
        return _few_components(nodes, a, b)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    matrix = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(nodes, nodes))
    labels = connected_components(matrix, directed=False)[1]
    return np.asarray(labels, np.int64)


def _few_components(nodes: int, a: Ints, b: Ints) -> Ints:
    """The same without a matrix, which takes longer to make than some nodes to walk through."""
    lead = list(range(nodes))
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        while lead[one] != one:
            one = lead[one]
        while lead[other] != other:
            other = lead[other]
        lead[max(one, other)] = min(one, other)
    numbers: dict[int, int] = {}
    for node in range(nodes):  # each is led by one that comes before it, whose own lead is known by now
        lead[node] = lead[lead[node]]
        numbers.setdefault(lead[node], len(numbers))
    return np.array([numbers[one] for one in lead], np.int64)


@dataclass(frozen=True, slots=True)
class Links:
    """All that may hold identifiers together: the edges that link (a mask), the stewards' word, and matched pairs."""

    linking: Mask
    said: Decided
    guesses: Guesses


@dataclass(frozen=True, slots=True)
class Settled:
    """Clusters after conflicts: a component number for each identifier, what was severed, and guesses refused."""

    cluster: Ints
    severed: Severed
    refused: Refused


def settle(graph: GraphArrays, policy: Policy, links: Links, cluster: Ints, contested: Mask) -> Settled:
    """The clusters, those marked in ``contested`` (a mask over cluster numbers) cut into parts that obey the policy."""
    if not contested.any():
        return Settled(cluster, Severed(np.empty(0, np.int64), (), ()), Refused())
    nodes = by_key(graph, np.flatnonzero(contested[cluster]))
    place = np.full(len(cluster), -1, np.int64)
    place[nodes] = np.arange(len(nodes))
    rows = np.flatnonzero(links.linking & (place[graph.edges.a] >= 0))
    rows = conflict_order(graph, rows, cluster[graph.edges.a[rows]], place, policy)
    case = Contest(graph, policy, nodes, place, rows, links.said, links.guesses.within(place >= 0))
    parts = case.prepared()
    refused = join_in_order(parts, case.ends())
    doubted = join_in_order(parts, case.guessed()) if len(case.guesses) else {}
    found, reasons = _isolated(case, parts, refused) if policy.conflict == "isolate" else _joined(case, parts, refused)
    merged = cluster.copy()
    merged[nodes] = found + len(cluster)  # beyond every number in use, so that no part meets an untouched cluster
    return Settled(merged, _severed(rows, reasons), _refused(case, doubted))


@dataclass(frozen=True, slots=True)
class Contest:
    """All contested clusters together: their ``nodes``, each one's ``place`` among them, their edges in order.

    Places follow the keys, and whatever is done to pairs is done from the lower place to the higher in their order, so
    what is told of a conflict does not depend on which identifier came first. ``guesses`` are matched pairs, in order.
    """

    graph: GraphArrays
    policy: Policy
    nodes: Ints
    place: Ints
    rows: Ints
    said: Decided
    guesses: Ints

    def ends(self) -> list[tuple[int, int]]:
        """Both ends of each edge, as places, the lower first."""
        a, b = self.place[self.graph.edges.a[self.rows]], self.place[self.graph.edges.b[self.rows]]
        return list(zip(np.minimum(a, b).tolist(), np.maximum(a, b).tolist(), strict=True))

    def guessed(self) -> list[tuple[int, int]]:
        """Both ends of each matched pair, as places, the lower first."""
        low, high = np.sort(self.place[self.guesses], axis=1).T
        return list(zip(low.tolist(), high.tolist(), strict=True))

    def local(self, pairs: Ints) -> list[tuple[int, int]]:
        """Those of the index ``pairs`` that lie within the contest, as places in ascending order."""
        here = np.sort(self.place[pairs], axis=1)
        return sorted((int(a), int(b)) for a, b in here[(here >= 0).all(axis=1)])

    def prepared(self) -> Parts:
        """Every identifier on its own, but for the must-links, which come first and ask no one."""
        names = self.graph.identifiers.type_names
        caps = {code: limit for code, name in enumerate(names) if (limit := self.policy.rule(name).max_per_customer)}
        limits = Limits(caps, names, self.policy.max_cluster_size)
        parts = Parts(self.graph.identifiers.types[self.nodes].tolist(), limits)
        for a, b in self.local(self.said.must):
            left, right = parts.find(a), parts.find(b)
            if left != right:
                parts.join(left, right)
        for a, b in self.local(self.said.cannot):
            parts.forbid(a, b)
        return parts

    def named(self, places: tuple[int, ...]) -> str:
        """The keys of some places, for a reader."""
        return ", ".join(sorted(self.graph.identifiers.key(int(self.nodes[place])) for place in places))


def _joined(case: Contest, parts: Parts, refused: dict[int, Refusal]) -> tuple[Ints, dict[int, tuple[str, str]]]:
    roots = np.fromiter((parts.find(node) for node in range(len(case.nodes))), np.int64, len(case.nodes))
    return roots, {row: (why.rule, _collision(case, why)) for row, why in refused.items()}


def _collision(case: Contest, why: Refusal) -> str:
    return " | ".join(side for side in (case.named(why.left), case.named(why.right)) if side)


def _isolated(case: Contest, parts: Parts, refused: dict[int, Refusal]) -> tuple[Ints, dict[int, tuple[str, str]]]:
    """As ``strongest``; then every end of a severed edge whose type is not limited to one stands alone."""
    roots, reasons = _joined(case, parts, refused)
    names = case.graph.identifiers.type_names
    to_one = np.array([case.policy.rule(name).max_per_customer == 1 for name in names], np.bool_)
    single = to_one[case.graph.identifiers.types[case.nodes]]
    ends = np.array(case.ends(), np.int64).reshape(-1, 2)
    alone = np.zeros(len(case.nodes), np.bool_)
    alone[ends[sorted(refused)].ravel()] = True
    alone &= ~single
    touched = alone[ends].any(axis=1)
    for row in np.flatnonzero(touched):
        lone = tuple(int(end) for end in ends[row] if alone[end])
        reasons.setdefault(int(row), (ISOLATE, case.named(lone)))
    keep = ends[~touched & (roots[ends[:, 0]] == roots[ends[:, 1]])]
    must = np.array(case.local(case.said.must), np.int64).reshape(-1, 2)
    guessed = np.array(case.guessed(), np.int64).reshape(-1, 2)
    taken = ~alone[guessed].any(axis=1) & (roots[guessed[:, 0]] == roots[guessed[:, 1]])
    joined = np.concatenate([keep, must, guessed[taken]])
    return components(len(case.nodes), joined[:, 0], joined[:, 1]), reasons


def _severed(rows: Ints, reasons: dict[int, tuple[str, str]]) -> Severed:
    places = sorted(reasons, key=lambda place: int(rows[place]))
    edges = rows[np.array(places, np.int64)]
    return Severed(edges, tuple(reasons[p][0] for p in places), tuple(reasons[p][1] for p in places))


def _refused(case: Contest, doubted: dict[int, Refusal]) -> Refused:
    places = sorted(doubted)
    whys = [doubted[place] for place in places]
    pairs = case.guesses[np.array(places, np.int64)]
    return Refused(pairs, tuple(why.rule for why in whys), tuple(_collision(case, why) for why in whys))


def _overruled(shared: Shared, said: Decided) -> Shared:
    """The shared identifiers after the stewards' word: keep linking, or mark shared."""
    kept = set(said.keep.tolist())
    reasons = {int(i): why for i, why in zip(shared.identifiers, shared.reasons, strict=True) if int(i) not in kept}
    for index in said.shared.tolist():
        reasons[index] = "shared: a steward said so"  # first, so that the reason does not hang on when it came
    order = sorted(reasons)
    return Shared(np.array(order, np.int64), tuple(reasons[index] for index in order))


def _status(graph: GraphArrays, shared: Shared, said: Decided) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    status = np.where(graph.identifiers.usable, StatusCode.LINKING, StatusCode.BLOCKED).astype(np.int8)
    status[shared.identifiers] = StatusCode.SHARED
    status[said.block] = StatusCode.BLOCKED
    return status


def _both_linking(graph: GraphArrays, status: np.ndarray[tuple[int], np.dtype[np.int8]]) -> Mask:
    free = status == StatusCode.LINKING
    return np.asarray(free[graph.edges.a] & free[graph.edges.b])


def _forbidden(graph: GraphArrays, said: Decided) -> Mask:
    """The edges on which a cannot-link was said of that very pair."""
    if not len(said.cannot):
        return np.zeros(len(graph.edges), np.bool_)
    span = len(graph.identifiers)
    low, high = np.minimum(graph.edges.a, graph.edges.b), np.maximum(graph.edges.a, graph.edges.b)
    return np.isin(low * span + high, said.cannot[:, 0] * span + said.cannot[:, 1])


def _ends(graph: GraphArrays, links: Links) -> tuple[Ints, Ints]:
    edges, must, guessed = graph.edges, links.said.must, links.guesses.pairs
    return (
        np.concatenate([edges.a[links.linking], must[:, 0], guessed[:, 0]]),
        np.concatenate([edges.b[links.linking], must[:, 1], guessed[:, 1]]),
    )


def _contested(graph: GraphArrays, cluster: Ints, policy: Policy, said: Decided) -> Mask:
    """Which clusters break the policy: a mask over cluster numbers."""
    count = int(cluster.max(initial=-1)) + 1
    broken = np.zeros(count, np.bool_)
    if policy.max_cluster_size is not None:
        broken |= np.bincount(cluster, minlength=count) > policy.max_cluster_size
    types, names = graph.identifiers.types, graph.identifiers.type_names
    for code, held in enumerate(np.bincount(types).tolist()):
        limit = policy.rule(names[code]).max_per_customer
        if limit is not None and held > limit:
            broken |= np.bincount(cluster[types == code], minlength=count) > limit
    ends = cluster[said.cannot]
    broken[ends[ends[:, 0] == ends[:, 1], 0]] = True
    return broken


def _labels(cluster: Ints, status: np.ndarray[tuple[int], np.dtype[np.int8]], said: Decided) -> Ints:
    """Parts numbered by their first identifier; nobody's are those that may not link and that no steward linked."""
    member = status == StatusCode.LINKING
    member[said.must.ravel()] = True
    held = np.flatnonzero(member)
    chosen, order = cluster[held], np.arange(len(held))
    first = np.empty(int(chosen.max(initial=-1)) + 1, np.int64)
    first[chosen[::-1]] = order[::-1]  # the last one written is the first that there is
    leads = first[chosen] == order
    number = np.empty(len(first), np.int64)
    number[chosen[leads]] = np.arange(np.count_nonzero(leads))
    label = np.full(len(cluster), -1, np.int64)
    label[held] = number[chosen]
    return label
