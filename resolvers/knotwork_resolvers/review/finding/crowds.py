"""Identifiers that many use: shared ones near their limit, and values that look as if they were nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from knotwork_graph.desk import CaseKind, Finding
from knotwork_resolvers.identity import NOBODY, StatusCode
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.review.finding.scene import ReviewScene

LIMIT = re.compile(r"more than (\d+) different")
FAR_ABOVE = 20
"""So many times its limit, a shared identifier is hardly a family's: its value had better be blocked."""

LINKS_NOTHING = 0.02
"""How likely it is that much goes wrong by a value that is shared already."""

UNGUARDED = 100
"""So many neighbours of an identifier that links, and that no guard looks at, are more than a person has."""


def crowds(scene: ReviewScene) -> Iterator[Finding]:
    """A finding for each shared identifier, and for those that should be blocked; by identifier. O(edges)."""
    edges = scene.graph.edges
    degree = np.bincount(edges.a, minlength=len(scene.status)) + np.bincount(edges.b, minlength=len(scene.status))
    shared = np.flatnonzero(scene.own & (scene.status == StatusCode.SHARED))
    for index, words in zip(shared.tolist(), scene.reason.take(shared).to_pylist(), strict=True):
        limit = LIMIT.search(words or "")
        if limit:
            yield _shared(scene, index, int(limit[1]), int(degree[index]))
    free = scene.own & (scene.status == StatusCode.LINKING) & (degree > UNGUARDED) & _unguarded(scene)
    for index in np.flatnonzero(free).tolist():
        yield _block(scene, index, int(degree[index]), "unguarded", min(0.9, degree[index] / (UNGUARDED * 10)))


def _shared(scene: ReviewScene, index: int, limit: int, degree: int) -> Finding:
    if degree > FAR_ABOVE * limit:
        return _block(scene, index, degree, "far_above", LINKS_NOTHING)
    # just above the limit a family looks like a crowd; far above it nobody is wronged
    score = round(min(0.5, (limit + 1) / (2 * max(degree, limit + 1))), 4)
    return Finding(
        CaseKind.SHARED,
        (scene.key(index),),
        "resolver",
        ("guard",),
        score,
        f"{scene.reason[index].as_py()}; {degree} neighbours",
        _customers(scene, index),
    )


def _block(scene: ReviewScene, index: int, degree: int, ground: str, score: float) -> Finding:
    about, customers = (scene.key(index),), _customers(scene, index)
    return Finding(
        CaseKind.BLOCK, about, "resolver", (ground,), round(score, 4), f"seen with {degree} identifiers", customers
    )


MOST = 20
"""So many customers of a crowd are named."""


def _customers(scene: ReviewScene, index: int) -> tuple[int, ...]:
    edges = scene.graph.edges
    if scene.status[index] == StatusCode.LINKING:
        return (int(scene.customer[index]),)
    rows = _edges_at(scene, index)
    ends = np.where(edges.a[rows] == index, edges.b[rows], edges.a[rows])
    found = {*scene.customer[ends].tolist()} - {NOBODY}  # of few values a set is made in a tenth of the time
    return tuple(sorted(found)[:MOST])


def _edges_at(scene: ReviewScene, index: int) -> Ints:
    order, starts = scene.incidence
    return np.asarray(order[starts[index] : starts[index + 1]] % max(1, len(scene.graph.edges)))


def _unguarded(scene: ReviewScene) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    names = scene.graph.identifiers.type_names
    bare = np.array([not scene.policy.rule(name).shared_above for name in names], np.bool_)
    return np.asarray(bare[scene.graph.identifiers.types]) if len(names) else np.zeros(0, np.bool_)
