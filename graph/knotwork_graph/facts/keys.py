"""The key index: which event bears a key, without reading the segments.

A cache: each file holds the sorted keys of some neighbouring segments, and the event behind each. Files are mapped, not
read, so that a look-up touches some pages of each. Small ones are merged into larger ones, so that there are few: about
the logarithm of what was loaded, and one more for each four million events. What is missing, torn or of other segments
is made again from the segments themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_graph.facts.disk import put_in_place
from knotwork_graph.facts.segment import TEMPORARY, Segment
from knotwork_graph.facts.sieve import Sieve
from knotwork_graph.model import to_micros

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Ints = NDArray[np.int64]

FOLDER = "keys"
SUFFIX = ".keys"
MARK_BYTES, KEY_BYTES, EVENT_BYTES = 16, 8, 8
MANY = 20_000
"""From so many keys on, telling first which ones are surely new costs less than looking each of them up."""

MOST_EVENTS = 4_000_000
"""No larger files are made by merging: from there on it costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Part:
    """The keys of some neighbouring segments, ascending, and the event id beside each."""

    segments: tuple[Segment, ...]
    keys: Keys
    events: Ints

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.segments[0].number:08d}-{self.segments[-1].number:08d}{SUFFIX}"


class KeyIndex:
    """The keys of all segments of the log in ``folder``. Only whoever may append asks or adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._parts: list[Part] = []
        self._sieve: Sieve | None = None

    def find(self, segments: Sequence[Segment], keys: Any) -> Ints:
        """The ids of the events of ``segments`` whose key is among ``keys`` (unsigned 64 bits, any order), ascending.

        O(log events) for each key and file, where they are many O(1) for each that is new; where the index is behind,
        it is made first, at 5 million events a second.
        """
        import numpy as np

        self._cover(tuple(segments))
        wanted = np.asarray(keys, np.uint64)
        wanted = np.unique(self._sieved(wanted) if len(wanted) > MANY else wanted)
        found = [part.events[row] for part in self._parts for row in _rows(part.keys, wanted)]
        return np.sort(np.array(found, np.int64))

    def add(self, segment: Segment, keys: Any, events: Any) -> None:
        """Nothing comes back; the index holds ``segment``, just recorded, whose ``keys`` and event ids these are."""
        if sum(len(part.segments) for part in self._parts) == segment.number - 1:
            self._take(_sorted((segment,), keys, events))

    def _sieved(self, wanted: Keys) -> Keys:
        """Those of ``wanted`` that the index may hold: the sieve is made once, and then kept up."""
        if self._sieve is None:
            self._sieve = Sieve(sum(len(part.keys) for part in self._parts))
            for part in self._parts:
                self._sieve.add(part.keys)
        return self._sieve.passing(wanted)

    def _cover(self, segments: tuple[Segment, ...]) -> None:
        """Make the parts those of ``segments``: what is known, then what lies on the disk, then what must be made."""
        known = tuple(segment for part in self._parts for segment in part.segments)
        if known == segments:
            return
        # another process went on with it, and merged files: mapping them all anew costs less than making one
        self._parts, self._sieve, missing = [], None, segments
        while missing:
            part = self._longest(missing)
            if part is not None:
                self._parts.append(part)
            else:
                part = _made(missing[0])
                self._take(part)
            missing = missing[len(part.segments) :]
        self._tidy()

    def _tidy(self) -> None:
        """Remove what a merge that was killed left behind, and what is of no segment any more."""
        names = {part.name for part in self._parts}
        for path in self.folder.glob("*"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def _longest(self, segments: tuple[Segment, ...]) -> Part | None:
        """The part on the disk that begins with the first of ``segments`` and holds the most of them."""
        first = f"{segments[0].number:08d}-"
        for path in sorted(self.folder.glob(f"{first}*{SUFFIX}"), reverse=True):
            number = int(path.stem.removeprefix(first))
            held = tuple(segment for segment in segments if segment.number <= number)
            part = _mapped(path, held) if held[-1].number == number else None
            if part is not None:
                return part
        return None

    def _take(self, part: Part) -> None:
        """Keep a part that comes after all others, merged with its neighbours while they are not much larger."""
        if self._sieve is not None and not self._sieve.add(part.keys):
            self._sieve = None
        gone = []
        while self._parts and _worth_merging(self._parts[-1], part):
            gone.append(self._parts.pop())
            part = _merged(gone[-1], part)
        # a cache: where the disk refuses it, it is made again another time
        with suppress(OSError):
            part = self._written(part)
            for one in gone:
                (self.folder / one.name).unlink(missing_ok=True)
        self._parts.append(part)

    def _written(self, part: Part) -> Part:
        """The same part, from its file, which is on the disk itself."""
        self.folder.mkdir(parents=True, exist_ok=True)
        final = self.folder / part.name
        temporary = final.with_name(final.name + TEMPORARY)
        with temporary.open("wb") as out:
            out.write(_mark(part.segments))
            out.write(part.keys.data)
            out.write(part.events.data)
        put_in_place(temporary, final)
        return _mapped(final, part.segments) or part


def _rows(keys: Keys, wanted: Keys) -> Iterator[int]:
    """Where one of ``wanted`` (ascending) stands in ``keys``; two events may bear one key."""
    import numpy as np

    place = keys.searchsorted(wanted)
    if len(wanted) == 1 and (place[0] == len(keys) or keys[place[0]] != wanted[0]):
        return  # one event that is new, as nearly all are, pays for no more than this
    place[place == len(keys)] = 0
    hits = wanted[keys[place] == wanted]
    starts, ends = np.searchsorted(keys, hits), np.searchsorted(keys, hits, side="right")
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        yield from range(start, end)


def _worth_merging(before: Part, after: Part) -> bool:
    larger, smaller = len(before.keys), len(after.keys)
    return larger <= 2 * smaller and larger + smaller <= MOST_EVENTS


def _merged(before: Part, after: Part) -> Part:
    import numpy as np

    keys, events = np.concatenate([before.keys, after.keys]), np.concatenate([before.events, after.events])
    return _sorted(before.segments + after.segments, keys, events)


def _sorted(segments: tuple[Segment, ...], keys: Any, events: Any) -> Part:
    """A part in memory; two runs that are in order cost one pass."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    return Part(segments, np.asarray(keys, np.uint64)[order], np.asarray(events, np.int64)[order])


def _made(segment: Segment) -> Part:
    """The part of one segment, from its own file."""
    import pyarrow.parquet as pq

    table = pq.read_table(segment.path, columns=["key", "event_id"])
    return _sorted((segment,), table["key"].to_numpy(), table["event_id"].to_numpy())


def _mapped(path: Path, segments: tuple[Segment, ...]) -> Part | None:
    """The part that the file holds; None where it is torn, or holds other segments of these numbers."""
    import numpy as np

    count = sum(segment.events for segment in segments)
    whole = MARK_BYTES + count * (KEY_BYTES + EVENT_BYTES)
    if not path.exists() or path.stat().st_size != whole:
        return None
    content = np.memmap(path, np.uint8, "r")
    if content[:MARK_BYTES].tobytes() != _mark(segments):
        return None
    middle = MARK_BYTES + count * KEY_BYTES
    # plain arrays over the mapped bytes: numpy's own class for such files makes every step slower
    keys, events = np.asarray(content[MARK_BYTES:middle]), np.asarray(content[middle:])
    return Part(segments, keys.view(np.uint64), events.view(np.int64))


def _mark(segments: Sequence[Segment]) -> bytes:
    """What tells these segments from any others that ever bore their numbers."""
    said = [(one.number, one.events, one.first_event, one.last_event, to_micros(one.created)) for one in segments]
    return hashlib.md5(repr(said).encode(), usedforsecurity=False).digest()
