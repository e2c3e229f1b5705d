"""What matching proposes and what it joined by itself, as findings."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from knotwork_graph.desk import CaseKind, Finding
from knotwork_graph.model import Identifier
from knotwork_graph.ports import GraphReader
from knotwork_graph.proposals import Matched, Proposal

MATCHING = "matching"
QUALITY = "quality"
OPEN = "linking"


@dataclass(frozen=True, slots=True)
class Book:
    """What matching says now: the pairs that it proposes, and those that it joined."""

    proposals: Sequence[Proposal] = ()
    matched: Sequence[Matched] = ()

    @property
    def model(self) -> int:
        """The number of the last model that proposed anything, 0 for none."""
        return max((one.model for one in self.proposals), default=0)

    def near(self, keys: Container[str], after: int) -> Book:
        """The proposals alone that have one of ``keys``, or that a model after that one made; O(proposals)."""
        some = [one for one in self.proposals if one.model > after or one.a in keys or one.b in keys]
        return replace(self, proposals=some)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The keys of each proposal, as a case has them."""
        return frozenset(_about(one) for one in self.proposals)


def proposed(store: GraphReader, book: Book, sample: float) -> list[Finding]:
    """A finding for each proposed pair that is two customers, and for the ``sample`` of the joined ones.

    Which ones are in the sample hangs on their keys alone, so it is the same ones every day.
    """
    chosen = [one for one in book.matched if drawn(one.a, one.b, sample)]
    pairs = [*((one.a, one.b) for one in book.proposals), *((one.a, one.b) for one in chosen)]
    owner = owners(store, {key for pair in pairs for key in pair})
    return [*_proposals(book.proposals, owner), *_samples(chosen, owner)]


def drawn(a: str, b: str, sample: float) -> bool:
    """Whether a pair is in the sample.

    >>> drawn("a:1", "b:1", 1.0), drawn("a:1", "b:1", 0.0)
    (True, False)
    """
    digest = hashlib.sha256(f"{a}\n{b}".encode()).digest()
    return int.from_bytes(digest[:8]) < sample * 2**64


def owners(store: GraphReader, keys: Iterable[str]) -> Mapping[str, int]:
    """The customer number of each of ``keys`` that is somebody's, read all at once."""
    import numpy as np

    ids = store.ids_of([Identifier.parse(key) for key in sorted(keys)])
    wanted = np.array(sorted(ids.values()), np.int64)
    if not len(wanted):
        return {}
    rows, current = store.memberships(wanted), store.state().current
    seen = rows.seen_by(current)
    held = dict(zip(rows.identifier[seen].tolist(), rows.customer[seen].tolist(), strict=True))
    return {key: held[one] for key, one in ids.items() if held.get(one)}


def _proposals(proposals: Iterable[Proposal], owner: Mapping[str, int]) -> Iterator[Finding]:
    for one in proposals:
        a, b = owner.get(one.a, 0), owner.get(one.b, 0)
        if a and b and a != b:
            customers, grounds = tuple(sorted((a, b))), (str(one.band).replace(" ", "_"),)
            yield Finding(CaseKind.MERGE, _about(one), MATCHING, grounds, clipped(one.score), "", customers)


def _about(one: Proposal) -> tuple[str, str]:
    return (one.a, one.b) if one.a < one.b else (one.b, one.a)


def _samples(chosen: Iterable[Matched], owner: Mapping[str, int]) -> Iterator[Finding]:
    for one in chosen:
        a, b = owner.get(one.a, 0), owner.get(one.b, 0)
        if a and a == b:
            doubt = clipped(1 - one.score)
            yield Finding(CaseKind.MERGE, (one.a, one.b), QUALITY, ("sample",), doubt, "", (a,))


def clipped(score: float) -> float:
    """The score as a probability of four decimals."""
    return round(min(1.0, max(0.0, float(score))), 4)
