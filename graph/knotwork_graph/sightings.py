"""Which identifiers each event bears, kept beside the graph: a file for each projected segment, one for single events.

A cache of the projection: written anew whenever its events are projected, so it never says anything else than the
graph does. Columns ``event_id, identifier`` (the graph's id), usable identifiers only, sorted by event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from typing import Any

from knotwork_graph.facts import Segment, disk_errors
from knotwork_graph.facts.disk import put_in_place
from knotwork_graph.recent import RecentSightings

AT_ONCE = 4
"""So many files are written at a time: each waits for the disk."""


class SightingFiles:
    """The sightings of one workspace, by segment, and those of single events that lie in none yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._recent = RecentSightings(folder)

    def path(self, segment: Segment) -> Path:
        """The file that holds, or will hold, the sightings of ``segment``."""
        return self.folder / f"{segment.number:08d}.parquet"

    def write(self, segments: Sequence[Segment], event_ids: Any, identifiers: Any) -> None:
        """Keep the sightings (two arrays, sorted by event) of ``segments``, a file each, durably; some at a time."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        def keep(segment: Segment) -> None:
            start, end = np.searchsorted(event_ids, [segment.first_event, segment.last_event + 1])
            rows = pa.table({"event_id": event_ids[start:end], "identifier": identifiers[start:end]})
            temporary = self.path(segment).with_suffix(".tmp")
            pq.write_table(rows, temporary, compression="zstd", compression_level=1)
            put_in_place(temporary, self.path(segment))

        with disk_errors(self.folder), ThreadPoolExecutor(AT_ONCE) as others:
            self.folder.mkdir(parents=True, exist_ok=True)
            list(others.map(keep, segments))

    def read(self, segments: Sequence[Segment]) -> tuple[Any, Any]:
        """The sightings of ``segments`` in their order: event ids and identifier ids, two arrays of one length.

        A segment packed from single events may have no file of its own yet; it is read from theirs.
        """
        import numpy as np

        none = np.empty(0, np.int64)
        with disk_errors(self.folder):
            parts = [(none, none), *(self._read(segment) for segment in segments)]
        return np.concatenate([events for events, _ in parts]), np.concatenate([ids for _, ids in parts])

    def add(self, event_ids: Iterable[int], identifiers: Iterable[int], *, after: int, upto: int) -> None:
        """Keep the sightings of the single events above ``after`` and up to ``upto``, all there are, by event.

        To be called before the graph commits them: it replaces what an attempt that failed left behind. ``after`` is
        the last event that the graph held before, as a single one or in a segment: the greater of both.
        """
        with disk_errors(self.folder):
            self._recent.add(map(int, event_ids), map(int, identifiers), after=after, upto=upto)

    def recent(self, after: int, upto: int) -> tuple[Any, Any]:
        """The sightings of single events above ``after`` and up to ``upto``: event ids, identifier ids, by event."""
        with disk_errors(self.folder):
            return self._recent.between(after, upto)

    def holds(self, after: int, upto: int) -> bool:
        """Whether the sightings of all single events above ``after`` and up to ``upto`` are kept.

        Where they are not, observe these events again and ``add`` them.
        """
        with disk_errors(self.folder):
            return self._recent.holds(after, upto)

    def pack(self, segments: Sequence[Segment]) -> None:
        """Nothing comes back; what single events bore that lie in ``segments`` (all there are) lies in files of theirs.

        It is looked up one by one no longer, up to the first segment of which not everything is known.
        """
        for segment in segments:
            if not self.path(segment).exists() and self._is_recent(segment):
                self.write([segment], *self.recent(segment.first_event - 1, segment.last_event))
        there = list(takewhile(lambda one: self.path(one).exists(), segments))
        with disk_errors(self.folder):
            self._recent.forget(there[-1].last_event if there else 0)

    def clear(self) -> None:
        """Nothing comes back; no single event's sightings are kept, as the graph holds none of them any more.

        To be called with ``GraphStore.clear_projection``; files of segments are written over one by one.
        """
        with disk_errors(self.folder):
            self._recent.clear()

    def close(self) -> None:
        """Give files back; they are opened again when they are needed again."""
        self._recent.close()

    def _is_recent(self, segment: Segment) -> bool:
        return self.holds(segment.first_event - 1, segment.last_event)

    def _read(self, segment: Segment) -> tuple[Any, Any]:
        import numpy as np
        import pyarrow.parquet as pq

        if not self.path(segment).exists() and self._is_recent(segment):
            return self._recent.between(segment.first_event - 1, segment.last_event)
        table = pq.read_table(self.path(segment))
        events, ids = (np.asarray(table[name].to_numpy(), np.int64) for name in ("event_id", "identifier"))
        return events, ids
