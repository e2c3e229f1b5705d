"""Where a customer falls apart most easily: the cut with the least evidence, by several ways of looking, explained.

First the minimum cut between what contradicts itself (two birth dates, say), for that is a reason and not only an
opportunity; else a bridge between two dense parts; else the best cut along the Fiedler vector, which parts communities
(Shi and Malik, 2000). Of several the one of least conductance: the evidence it cuts, as a share of all evidence on its
smaller side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, laplacian, maximum_flow

from knotwork_graph.errors import UsageError
from knotwork_graph.model import from_micros
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.review.finding.bridges import bridges_between_dense
from knotwork_resolvers.review.finding.scene import ReviewScene

CAPACITY = 1_000
"""Evidence in whole numbers, for the flow: three decimals."""

MOST = 2_000
"""Larger customers than this are not looked at whole: the eigenvector of a dense matrix would take too long."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Severing:
    """One link that the split cuts, with how often and when it was seen."""

    a: str
    b: str
    count: int
    vouched: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class SplitProposal:
    """Two sides of a customer (keys, sorted; the larger first), the links between them, and why this cut.

    ``evidence``: what was seen of the links cut; ``share``: that, as a share of all evidence on the smaller side.
    ``ground``: contradiction, bridge, communities, or by hand; ``words`` explain it.
    """

    sides: tuple[tuple[str, ...], tuple[str, ...]]
    cut: tuple[Severing, ...]
    ground: str
    evidence: float
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class Network:
    """The links of one customer: ends (places among ``keys``), evidence, and rows in the scene's edges."""

    keys: tuple[str, ...]
    a: Ints
    b: Ints
    weight: Floats
    rows: Ints


def network_of(scene: ReviewScene, customer: int) -> Network:
    """The identifiers of a customer that link, and the links that hold it together."""
    nodes = np.flatnonzero(scene.customer == customer)
    edges = scene.graph.edges
    rows = np.flatnonzero(scene.inside & (scene.customer[edges.a] == customer))
    weight = np.log2(1.0 + edges.count[rows]) + 2 * np.log2(1.0 + edges.vouched[rows])
    keys = tuple(scene.key(int(node)) for node in nodes)
    return Network(keys, np.searchsorted(nodes, edges.a[rows]), np.searchsorted(nodes, edges.b[rows]), weight, rows)


def suggest_split(scene: ReviewScene, customer: int, against: Mapping[str, str]) -> SplitProposal:
    """The cut with the least evidence. ``against``: for some keys a word that contradicts the words of others.

    Raises ``UsageError`` for a customer that cannot be parted. O(n^3) in compiled code for n identifiers, at most
    2,000 of them: a tenth of a second for 500.
    """
    network = network_of(scene, customer)
    if len(network.keys) < 2 or not len(network.rows):
        raise UsageError("this customer cannot be split: no link holds two identifiers of it together.")
    ways = list(_contradictions(network, against)) or list(_bridges(network)) or list(_communities(network))
    ranked = [
        (_share(network, side), place) for place, (_, side, _) in enumerate(ways) if side.any() and not side.all()
    ]
    if not ranked:
        raise UsageError("no cut was found that leaves something on both sides. Name the identifiers of one side.")
    ground, side, words = ways[min(ranked)[1]]
    return _told(scene, network, side, ground, words)


def split_by_hand(scene: ReviewScene, customer: int, side: Iterable[str]) -> SplitProposal:
    """The cut between the keys of ``side`` and all others of the customer. Raises ``UsageError`` for a strange key."""
    network = network_of(scene, customer)
    wanted = set(side)
    strange = wanted - set(network.keys)
    if strange or not wanted or len(wanted) == len(network.keys):
        words = "name some identifiers of the customer, and not all of them"
        raise UsageError(
            f"{len(strange)} of the identifiers are not this customer's; {words}." if strange else f"{words}."
        )
    mask = np.array([key in wanted for key in network.keys], np.bool_)
    return _told(scene, network, mask, "by hand", "a person chose the sides")


Way = tuple[str, Mask, str]


def _contradictions(network: Network, against: Mapping[str, str]) -> Iterator[Way]:
    """The minimum cut between the keys of each contradicting word and those of all others."""
    words = {against[key] for key in network.keys if key in against}
    for word in sorted(words) if len(words) > 1 else ():
        mine = np.array([against.get(key) == word for key in network.keys], np.bool_)
        theirs = np.array([key in against and against[key] != word for key in network.keys], np.bool_)
        told = f"{int(mine.sum())} identifiers say one thing, and {int(theirs.sum())} what contradicts it"
        yield "contradiction", _minimum_cut(network, mine, theirs), told


def _minimum_cut(network: Network, sources: Mask, sinks: Mask) -> Mask:
    """The nodes on the side of ``sources`` of a minimum cut (Dinic's algorithm)."""
    nodes = len(network.keys)
    top, bottom = nodes, nodes + 1
    much = min(int(network.weight.sum() * CAPACITY) + 1, np.iinfo(np.int32).max)
    starts, ends = np.flatnonzero(sources), np.flatnonzero(sinks)
    a = np.r_[network.a, network.b, np.full(len(starts), top), ends]
    b = np.r_[network.b, network.a, starts, np.full(len(ends), bottom)]
    capacity = np.rint(network.weight * CAPACITY).astype(np.int64)
    flow = np.r_[capacity, capacity, np.full(len(starts) + len(ends), much)].astype(np.int32)
    graph = csr_array(coo_array((flow, (a, b)), shape=(nodes + 2, nodes + 2)))
    rest = csr_array(graph - maximum_flow(graph, top, bottom).flow)
    rest.data[rest.data < 0] = 0
    rest.eliminate_zeros()
    reached = breadth_first_order(rest, top, directed=True, return_predecessors=False)
    side = np.zeros(nodes + 2, np.bool_)
    side[reached] = True
    return np.asarray(side[:nodes])


def _bridges(network: Network) -> Iterator[Way]:
    nodes = len(network.keys)
    for row in bridges_between_dense(nodes, network.a, network.b).rows.tolist():
        others = np.arange(len(network.a)) != row
        side = _side_of(nodes, network.a[others], network.b[others], int(network.a[row]))
        yield "bridge", side, "one link alone holds two dense parts together"


def _side_of(nodes: int, a: Ints, b: Ints, start: int) -> Mask:
    from knotwork_resolvers.identity import components

    label = components(nodes, a, b)
    return np.asarray(label == label[start])


def _communities(network: Network) -> Iterator[Way]:
    """The best cut along the second eigenvector of the normalised Laplacian, a sweep over its order."""
    nodes = len(network.keys)
    if nodes < 3 or nodes > MOST:
        first = np.zeros(nodes, np.bool_)
        first[0] = True
        yield from [("communities", first, "its two identifiers are parted")] if nodes < 3 else []
        return
    both = np.r_[network.a, network.b], np.r_[network.b, network.a]
    matrix = coo_array((np.r_[network.weight, network.weight], both), shape=(nodes, nodes)).toarray()
    _, vectors = eigh(np.asarray(laplacian(matrix, normed=True)), subset_by_index=[0, 1])
    degree = matrix.sum(axis=1)
    fiedler = vectors[:, 1] / np.sqrt(np.where(degree > 0, degree, 1.0))
    yield (
        "communities",
        _sweep(matrix, np.argsort(np.round(fiedler, 9), kind="stable")),
        "two groups that are seen together little",
    )


def _sweep(matrix: Floats, order: Ints) -> Mask:
    """Of all first parts of ``order`` the one of least conductance."""
    sorted_matrix = matrix[np.ix_(order, order)]
    volume = np.cumsum(sorted_matrix.sum(axis=1))
    inside = np.cumsum(np.cumsum(sorted_matrix, axis=0), axis=1).diagonal()
    cut, total = volume - inside, float(volume[-1])
    share = cut[:-1] / np.maximum(1e-12, np.minimum(volume[:-1], total - volume[:-1]))
    side = np.zeros(len(order), np.bool_)
    side[order[: int(np.argmin(np.round(share, 9))) + 1]] = True
    return side


def _share(network: Network, side: Mask) -> float:
    """The conductance of a cut: its evidence as a share of all evidence on the side that has less."""
    crossing = side[network.a] != side[network.b]
    cut = float(network.weight[crossing].sum())
    mine = float((network.weight * (side[network.a].astype(int) + side[network.b].astype(int))).sum())
    return round(cut / max(1e-12, min(mine, 2 * float(network.weight.sum()) - mine)), 9)


def _told(scene: ReviewScene, network: Network, side: Mask, ground: str, words: str) -> SplitProposal:
    keys = np.array(network.keys, object)
    parts = sorted((tuple(sorted(keys[side])), tuple(sorted(keys[~side]))), key=lambda one: (-len(one), one))
    crossing = side[network.a] != side[network.b]
    cut = sorted(_severings(scene, network, crossing), key=lambda one: (one.a, one.b))
    evidence = float(network.weight[crossing].sum())
    share = _share(network, side)
    told = f"{words}: it cuts {len(cut)} of {len(network.rows)} links, {share:.0%} of the evidence on the smaller side"
    return SplitProposal((parts[0], parts[1]), tuple(cut), ground, round(evidence, 6), share, told)


def _severings(scene: ReviewScene, network: Network, crossing: Mask) -> Iterator[Severing]:
    edges = scene.graph.edges
    for place in np.flatnonzero(crossing).tolist():
        row = int(network.rows[place])
        a, b = sorted((network.keys[int(network.a[place])], network.keys[int(network.b[place])]))
        first, last = (from_micros(int(moments[row])) for moments in (edges.first_seen, edges.last_seen))
        yield Severing(a, b, int(edges.count[row]), int(edges.vouched[row]), first, last)
