"""Customers that may be two people: very large ones, dense parts held by one link, two birth dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from knotwork_graph.desk import CaseKind, Finding
from knotwork_graph.model import customer_id
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.review.finding.bridges import DENSE, bridges_between_dense
from knotwork_resolvers.review.finding.scene import ReviewScene

BIRTH_DATES = 0.7
"""How likely it is that a customer with two birth dates is two people: the rest are slips of the pen."""

DOUBLE = 2.0


@dataclass(slots=True)
class Suspect:
    """What speaks for splitting one customer: a probability and a text for each ground."""

    scores: dict[str, float] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def add(self, ground: str, score: float, words: str) -> None:
        """One more ground."""
        self.scores[ground] = max(score, self.scores.get(ground, 0.0))
        self.words.append(words)

    @property
    def score(self) -> float:
        """All grounds together, as if each spoke for itself: 1 - the product of (1 - each)."""
        return round(1 - float(np.prod([1 - one for one in self.scores.values()])), 4)


def splits(scene: ReviewScene, large: int | None, birth_dates: Mapping[int, tuple[str, ...]]) -> Iterator[Finding]:
    """A finding for each customer that something speaks for splitting, by number.

    ``large``: more identifiers than this are many; ``birth_dates``: the different ones of each customer that has two or
    more. Near-linear in edges.
    """
    found: dict[int, Suspect] = {}
    if large is not None:
        _large(scene, large, found)
    _bridges(scene, found)
    for customer, dates in birth_dates.items():
        found.setdefault(customer, Suspect()).add("birth_dates", BIRTH_DATES, f"{len(dates)} birth dates")
    for customer in sorted(found):
        one, about = found[customer], (customer_id(customer),)
        grounds = tuple(sorted(one.scores))
        yield Finding(CaseKind.SPLIT, about, "resolver", grounds, one.score, "; ".join(one.words), (customer,))


def _large(scene: ReviewScene, large: int, found: dict[int, Suspect]) -> None:
    numbers, sizes = np.unique(scene.customer[scene.own & (scene.customer > 0)], return_counts=True)
    for number, size in zip(numbers[sizes > large].tolist(), sizes[sizes > large].tolist(), strict=True):
        score = min(0.9, 1 - 2 ** -(size / large / DOUBLE))
        found.setdefault(number, Suspect()).add("large", score, f"{size} identifiers")


def _bridges(scene: ReviewScene, found: dict[int, Suspect]) -> None:
    """The best balanced bridge of each customer; customers too small to have two dense parts are left out first."""
    edges, customer = scene.graph.edges, scene.customer
    size = np.bincount(customer[scene.own], minlength=int(customer.max(initial=0)) + 1)
    candidate = scene.inside & (size[customer[edges.a]] >= 2 * DENSE)
    rows = np.flatnonzero(candidate)
    if not len(rows):
        return
    nodes, ends = np.unique(np.concatenate([edges.a[rows], edges.b[rows]]), return_inverse=True)
    a, b = ends[: len(rows)].astype(np.int64), ends[len(rows) :].astype(np.int64)
    best = bridges_between_dense(len(nodes), a, b)
    _best(scene, rows[best.rows], np.minimum(best.below, best.above), best.below + best.above, found)


def _best(scene: ReviewScene, rows: Ints, smaller: Ints, whole: Ints, found: dict[int, Suspect]) -> None:
    owner = scene.customer[scene.graph.edges.a[rows]]
    for place in np.lexsort((rows, smaller)).tolist():  # the best balanced last, and that one is told
        share = float(smaller[place]) / float(whole[place])
        one = found.setdefault(int(owner[place]), Suspect())
        if "bridge" in one.scores:
            one.words.pop()
        one.add("bridge", 0.3 + share, f"one link holds {smaller[place]} and {whole[place] - smaller[place]} together")
