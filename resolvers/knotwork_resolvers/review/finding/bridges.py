"""Links that alone hold two dense parts of a customer together, found in all customers at once.

A link of a spanning tree is a bridge where no other link leads around it. Each link outside the tree is given a random
number, and each tree link the XOR of those that lead around it: it is a bridge exactly where that is 0 (but for a
chance of 2^-64). See Pritchard and Thurimella, "Fast computation of small cuts via cycle space sampling", 2011.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order

from knotwork_resolvers.identity.resolution import Ints, Mask

SEED = 20260301
DENSE = 3
"""A part is dense when it holds so many identifiers, and as many links as identifiers: no mere chain."""


@dataclass(frozen=True, slots=True)
class Bridges:
    """Bridges between two dense parts: the rows of the edges, and how many identifiers each holds on either side."""

    rows: Ints
    below: Ints
    above: Ints


def bridges_between_dense(nodes: int, a: Ints, b: Ints) -> Bridges:
    """The bridges of the graph with edges ``a``, ``b`` that have a dense part on both sides; near-linear in edges."""
    tree = _tree(nodes, a, b)
    around = _around(tree, a, b)
    size = _summed(tree, np.ones(nodes + 1, np.int64))
    degree = np.bincount(a, minlength=nodes + 1) + np.bincount(b, minlength=nodes + 1)
    links = _summed(tree, degree)
    child = tree.child
    held = around[child] == 0
    low, below = child[held], size[child[held]]
    inner = (links[low] - 1) // 2
    top = tree.root[low]
    above, outer = size[top] - below, links[top] // 2 - inner - 1
    dense = (below >= DENSE) & (inner >= below) & (above >= DENSE) & (outer >= above)
    return Bridges(tree.row[held][dense], below[dense], above[dense])


@dataclass(frozen=True, slots=True)
class Tree:
    """A spanning forest: nodes level by level from the leaves up, the parent and the top of each.

    ``child`` and ``row``: the lower end of each tree edge, and its row.
    """

    levels: tuple[Ints, ...]
    parent: Ints
    root: Ints
    child: Ints
    row: Ints
    outside: Mask


def _tree(nodes: int, a: Ints, b: Ints) -> Tree:
    """A forest by breadth-first search, all components at once: one more node leads to the first of each."""
    from knotwork_resolvers.identity import components

    label = components(nodes, a, b)
    first = np.full(int(label.max(initial=-1)) + 1, nodes, np.int64)
    np.minimum.at(first, label, np.arange(nodes))
    ends = np.r_[a, np.full(len(first), nodes)], np.r_[b, first]
    matrix = csr_array(coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(nodes + 1, nodes + 1)))
    found = breadth_first_order(matrix, nodes, directed=False)
    parent: Ints = np.asarray(found[1], np.int64)
    levels = _levels(np.asarray(found[0], np.int64), parent)
    chosen = np.full(nodes + 1, -1, np.int64)
    for child, other in ((a, b), (b, a)):
        rows = np.flatnonzero(parent[child] == other)
        chosen[child[rows]] = rows
    outside = np.ones(len(a), np.bool_)
    child = np.flatnonzero(chosen >= 0)
    outside[chosen[child]] = False
    return Tree(levels, parent, np.r_[first[label], nodes], child, chosen[child], outside)


def _levels(order: Ints, parent: Ints) -> tuple[Ints, ...]:
    """The nodes by their distance from the top, the farthest first, the top itself left out."""
    place = np.empty(len(parent), np.int64)
    place[order] = np.arange(len(order))
    above = place[parent[order[1:]]]  # never falls: a search by breadth meets the children of earlier nodes earlier
    found, start, end = [], 1, 1 + int(np.searchsorted(above, 1))
    while start < end:
        found.append(order[start:end])
        start, end = end, 1 + int(np.searchsorted(above, end))
    return tuple(reversed(found))


def _around(tree: Tree, a: Ints, b: Ints) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """For each node the XOR over the links that lead around the tree edge above it."""
    some = np.random.default_rng(SEED).integers(1, 2**63, size=int(tree.outside.sum()), dtype=np.uint64)
    value = np.zeros(len(tree.parent), np.uint64)
    np.bitwise_xor.at(value, a[tree.outside], some)
    np.bitwise_xor.at(value, b[tree.outside], some)
    for level in tree.levels:
        np.bitwise_xor.at(value, tree.parent[level], value[level])
    return value


def _summed(tree: Tree, values: Ints) -> Ints:
    """For each node the sum of ``values`` over all that is below it, itself included."""
    total = values.astype(np.int64)
    for level in tree.levels:
        np.add.at(total, tree.parent[level], total[level])
    return total
