"""Which identifiers each event bears, kept beside the graph: one small file for each projected segment.

A cache of the projection: written anew whenever its segment is projected, so it never says anything else than the
graph does. Columns ``event_id, identifier`` (the graph's id), usable identifiers only, sorted by event.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from knotwork_graph.facts import Segment, disk_errors
from knotwork_graph.facts.disk import put_in_place


class SightingFiles:
    """The sightings of one workspace, by segment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, segment: Segment) -> Path:
        """The file that holds, or will hold, the sightings of ``segment``."""
        return self.folder / f"{segment.number:08d}.parquet"

    def write(self, segments: Sequence[Segment], event_ids: Any, identifiers: Any) -> None:
        """Keep the sightings (two arrays, sorted by event) of ``segments``, a file each, durably."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for segment in segments:
                start, end = np.searchsorted(event_ids, [segment.first_event, segment.last_event + 1])
                rows = pa.table({"event_id": event_ids[start:end], "identifier": identifiers[start:end]})
                temporary = self.path(segment).with_suffix(".tmp")
                pq.write_table(rows, temporary, compression="zstd", compression_level=1)
                put_in_place(temporary, self.path(segment))

    def read(self, segments: Sequence[Segment]) -> tuple[Any, Any]:
        """The sightings of ``segments`` in their order: event ids and identifier ids, two arrays of one length."""
        import numpy as np
        import pyarrow.parquet as pq

        tables = [pq.read_table(self.path(segment)) for segment in segments]
        columns = [
            np.concatenate(
                [np.asarray(table[name].to_numpy(), np.int64) for table in tables] or [np.empty(0, np.int64)]
            )
            for name in ("event_id", "identifier")
        ]
        return columns[0], columns[1]
