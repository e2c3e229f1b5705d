"""The pairs that matching has joined, as runs need them: all of them, those of some identifiers, and what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from knotwork_graph.facts import Segment, scan
from knotwork_graph.model import Decision, DecisionKind, Identifier, Recorded
from knotwork_graph.ports import GraphStore
from knotwork_graph.proposals import MatchBook, Matched
from knotwork_resolvers.engine import engine
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints

STRAY = "event"
"""The type in the key of an event that bears no usable identifier: ``event:SOURCE/MESSAGE_ID``."""

NAMED = "SELECT event_id, name FROM {facts} AS f JOIN wanted ON wanted.name = f.source || '/' || f.message_id"

COUNT = "matches"
"""Under which name a run's counts have the change of the match book that it obeyed."""


def matches_in(home: Home) -> tuple[Matched, ...]:
    """Every joined pair; none where nothing was ever matched."""
    return () if home.matches is None else home.matches.matched()


def change_in(home: Home) -> int:
    """The change of the match book that a run which begins now obeys."""
    return 0 if home.matches is None else home.matches.change()


def keys_since(home: Home, counts: Mapping[str, int]) -> frozenset[str]:
    """The keys of pairs that were joined or parted since the run with these ``counts``."""
    known = counts.get(COUNT, 0)
    return frozenset() if change_in(home) == known or home.matches is None else home.matches.touched(known)


def adopted_in(home: Home, segments: Sequence[Segment], decisions: Iterable[Decision] = ()) -> tuple[Ints, Ints]:
    """The events of ``segments`` that matching or a steward gave to somebody: event ids, and ids of an identifier.

    A steward's word goes before a model's. O(events) where a steward named one.
    """
    found = {} if home.matches is None else {one.event: one.key for one in home.matches.adopted()}
    found |= _given(home, segments, decisions)
    if not found or not segments:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first, last = min(one.first_event for one in segments), max(one.last_event for one in segments)
    place = home.store.ids_of([Identifier.parse(key) for key in sorted(set(found.values()))])
    rows = [(event, place[key]) for event, key in found.items() if key in place and first <= event <= last]
    events, ids = np.array(sorted(rows), np.int64).reshape(-1, 2).T
    return events, ids


def is_stray(key: str) -> bool:
    """Whether a key names an event that bears no usable identifier: ``event:SOURCE/MESSAGE_ID``."""
    return key.startswith(f"{STRAY}:")


def speaks_of_strays(records: Iterable[Recorded]) -> bool:
    """Whether one of some decisions gives such an event to somebody, or is the undoing of one."""
    return any(is_stray(one.a) or is_stray(one.b) for one in records)


def _given(home: Home, segments: Sequence[Segment], decisions: Iterable[Decision]) -> dict[int, str]:
    """The event ids that must-links name, each with the key that it is linked to."""
    wanted: dict[str, str] = {}
    for one in decisions:
        if one.kind is DecisionKind.MUST_LINK and one.b is not None and is_stray(one.a) != is_stray(one.b):
            stray, key = (one.a, one.b) if is_stray(one.a) else (one.b, one.a)
            wanted[stray.removeprefix(f"{STRAY}:")] = key
    if not wanted or not segments:
        return {}
    with engine(home.scratch) as connection:
        connection.register("wanted", pa.table({"name": pa.array(sorted(wanted), pa.string())}))
        rows = connection.sql(NAMED.format(facts=scan([one.path for one in segments]))).to_arrow_table()
    return {
        event: wanted[name] for event, name in zip(rows["event_id"].to_pylist(), rows["name"].to_pylist(), strict=True)
    }


def ids_of(store: GraphStore, keys: Iterable[str]) -> Ints:
    """The ids of the keys that were ever seen, ascending."""
    wanted = [Identifier.parse(key) for key in sorted(keys)]
    return np.array(sorted(store.ids_of(wanted).values()) if wanted else [], np.int64)


class Guessed:
    """Joined pairs met on a walk through the graph: those of the identifiers that were met, and where they lead."""

    def __init__(self, store: GraphStore, book: MatchBook | None) -> None:
        self._store = store
        self._book = book if book is not None and book.change() else None
        self._found: dict[tuple[str, str], Matched] = {}
        self._ends = np.empty((0, 2), np.int64)

    def meet(self, met: Callable[[], Mapping[str, int]]) -> None:
        """Look for pairs of the identifiers ``met``, by key with their ids; asks nothing where no pair is joined."""
        if self._book is None:
            return
        keys = met()
        new = [one for one in self._book.among(keys) if (one.a, one.b) not in self._found]
        far = {key for one in new for key in (one.a, one.b)} - keys.keys()
        place = dict(keys) | self._store.ids_of([Identifier.parse(key) for key in sorted(far)])
        known = [(place[one.a], place[one.b]) for one in new if one.a in place and one.b in place]
        self._found |= {(one.a, one.b): one for one in new}
        self._ends = np.concatenate([self._ends, np.array(known, np.int64).reshape(-1, 2)])

    def ends(self) -> Ints:
        """Both ends of each pair that was met, as ids, a row each."""
        return self._ends

    def matches(self) -> tuple[Matched, ...]:
        """The pairs that were met, by their keys."""
        return tuple(self._found[pair] for pair in sorted(self._found))
