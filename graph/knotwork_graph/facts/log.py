"""The fact log: the one module that knows how a workspace keeps its events."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knotwork_graph.facts import catalogue
from knotwork_graph.facts.disk import disk_errors
from knotwork_graph.facts.schema import GIVEN, schema
from knotwork_graph.facts.segment import SUFFIX, TEMPORARY, Segment, file_name, write_table
from knotwork_graph.model import from_micros, to_micros


class FactLog:
    """Append-only Parquet segments in ``folder``, with a catalogue of those that count.

    Reading never writes. One process at a time may append (the workspace's lock sees to that); before its first
    append it sweeps away what a killed one left behind.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._swept = False

    @property
    def dead_letters(self) -> Path:
        """The folder of refused rows, beside the log's own."""
        return self.folder.parent / "dead_letters"

    def segments(self) -> tuple[Segment, ...]:
        """All segments, by ascending number; O(segments)."""
        with disk_errors(self.folder):
            return catalogue.read(self.folder)

    def event_count(self) -> int:
        """How many events the log holds; reads the catalogue only."""
        return sum(segment.events for segment in self.segments())

    def newest_timestamp(self) -> datetime | None:
        """The latest time any event bears, aware, or None while there is none; reads the catalogue only."""
        return max((segment.last_timestamp for segment in self.segments()), default=None)

    def append(self, events: Any, received_at: datetime | None = None) -> Segment | None:
        """The new segment that holds the Arrow table ``events``, durably recorded; None where it has no rows.

        ``events`` has the columns ``GIVEN`` (any order, more are ignored), in the order received; nobody checks here
        that a key is new. O(rows). Raises ``DiskFullError`` or ``StoreError``; then nothing was appended.
        """
        if not len(events):
            return None
        with disk_errors(self.folder):
            self.sweep()
            segment = self._described(events, received_at or datetime.now(UTC))
            write_table(self._columns(events, segment), segment.path)
            catalogue.record(self.folder, segment)
        return segment

    def sweep(self) -> tuple[Path, ...]:
        """The leftovers of a killed writer, now removed; done once, and only by whoever may write."""
        if self._swept:
            return ()
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            known = {segment.path for segment in self.segments()}
            found = [path for path in self.folder.iterdir() if path.suffix in {SUFFIX, TEMPORARY} and path not in known]
            found += self.dead_letters.glob(f"*{TEMPORARY}")
            for path in found:
                path.unlink()
        self._swept = True
        return tuple(sorted(found))

    def _described(self, events: Any, received_at: datetime) -> Segment:
        """The segment that ``events`` will be, next in number and in event ids."""
        import pyarrow as pa
        import pyarrow.compute as pc

        last = self.segments()[-1:]
        number = last[0].number + 1 if last else 1
        first_event = last[0].last_event + 1 if last else 1
        ends = pc.min_max(events["timestamp"].cast(pa.timestamp("us")).cast(pa.int64())).as_py()
        return Segment(
            number=number,
            path=self.folder / file_name(number),
            events=len(events),
            first_event=first_event,
            last_event=first_event + len(events) - 1,
            first_timestamp=from_micros(ends["min"]),
            last_timestamp=from_micros(ends["max"]),
            created=received_at,
        )

    def _columns(self, events: Any, segment: Segment) -> Any:
        """``events`` with the columns that the log itself gives, typed and ordered as the schema says."""
        import numpy as np
        import pyarrow as pa

        wanted = schema()
        ids = pa.array(np.arange(segment.first_event, segment.last_event + 1, dtype=np.int64))
        moment = pa.repeat(pa.scalar(to_micros(segment.created), pa.int64()), len(events)).cast(pa.timestamp("us"))
        given = [events[name].cast(wanted.field(name).type) for name in GIVEN]
        return pa.table([ids, *given, moment], schema=wanted)
