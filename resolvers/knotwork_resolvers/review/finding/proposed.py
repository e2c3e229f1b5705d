"""What matching proposes and what it joined by itself, as findings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knotwork_graph.desk import CaseKind, Finding
from knotwork_graph.model import Identifier
from knotwork_graph.ports import GraphReader
from knotwork_graph.proposals import MatchBook, Matched, Proposal

MATCHING = "matching"
QUALITY = "quality"
OPEN = "linking"
MODEL, CHANGE, RENEWED = "seen_model", "seen_change", "seen_renewed"
"""What the desk keeps of the book as it was when cases were last looked for."""


@dataclass(frozen=True, slots=True)
class Said:
    """What matching says: pairs that it proposes, pairs that it joined. All of them, or those near a change.

    ``near``: the keys that were looked near, None for all; ``gone``: pairs that it took out or parted since.
    """

    proposals: Sequence[Proposal] = ()
    matched: Sequence[Matched] = ()
    near: frozenset[str] | None = frozenset()
    gone: frozenset[tuple[str, str]] = frozenset()

    def looked(self, a: str, b: str) -> bool:
        """Whether a case of these keys would be among them, if there still were a reason for it."""
        return self.near is None or a in self.near or b in self.near or (a, b) in self.gone

    @property
    def keys(self) -> frozenset[str]:
        """The keys of every case that may close, where not all were looked at."""
        return (self.near or frozenset()).union(*self.gone)


def figures_of(book: MatchBook) -> dict[str, int]:
    """The book as it is now: its last model and change, and how often it was renewed."""
    return {MODEL: book.latest(), CHANGE: book.change(), RENEWED: book.renewed()}


def said(book: MatchBook, near: frozenset[str] | None, seen: Callable[[str], int]) -> Said:
    """What the book says of the keys ``near`` (None: of all), and what came or went since it was as ``seen`` tells.

    O(what is told); all of it where it was renewed since.
    """
    if near is None or book.renewed() != seen(RENEWED):
        return Said(book.proposals(), book.matched(), None)
    model, change = seen(MODEL), seen(CHANGE)
    matched = {(one.a, one.b): one for one in (*book.among(near), *book.joined_since(change))}
    gone = book.withdrawn(model) | book.parted_since(change)
    return Said(book.near(near, model), [matched[pair] for pair in sorted(matched)], near, gone)


def proposed(store: GraphReader, book: Said, sample: float) -> list[Finding]:
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
