"""The fact log: the one module that knows how a workspace keeps its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from knotwork_graph.facts.catalogue import EMPTY, Catalogue, Mark
from knotwork_graph.facts.disk import disk_errors
from knotwork_graph.facts.erasing import Erasure, spans_kept, without
from knotwork_graph.facts.inbox import Inbox, Row, as_table
from knotwork_graph.facts.keys import KeyIndex
from knotwork_graph.facts.lookup import fetched
from knotwork_graph.facts.schema import GIVEN, schema
from knotwork_graph.facts.segment import SUFFIX, TEMPORARY, Segment, file_name, write_table
from knotwork_graph.facts.turn import Turn
from knotwork_graph.model import from_micros, to_micros

Waiting = TypeVar("Waiting")


class FactLog:
    """Append-only Parquet segments in ``folder``, a catalogue of those that count, and an inbox for single events.

    Event ids ascend over all segments and then the inbox, in the order received, and are never given out twice.
    Reading never writes. Any process may collect at any time. One at a time may append, pack or erase (the workspace's
    lock sees to that); before it first does, it sweeps away what a killed one left behind. All take turns.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._swept = False
        self._inbox = Inbox(folder)
        self._keys = KeyIndex(folder)
        self._turn = Turn(folder)
        self._packing = RLock()
        self._catalogue = Catalogue(folder)
        self._known: tuple[Mark, tuple[Segment, ...]] = (EMPTY, ())
        self._told: tuple[Mark | None, tuple[Erasure, ...], Any] = (None, (), None)

    @property
    def dead_letters(self) -> Path:
        """The folder of refused rows, beside the log's own."""
        return self.folder.parent / "dead_letters"

    def segments(self) -> tuple[Segment, ...]:
        """All segments, by ascending number; O(segments) when one is new, else one look at the catalogue."""
        with disk_errors(self.folder):
            mark = self._catalogue.mark()
            if mark != self._known[0]:
                self._known = (mark, self._catalogue.read())
            return self._known[1]

    def inbox(self, after: int = 0) -> Any:
        """The single events that no segment holds, with ids above ``after``: Arrow, ``EVENT_COLUMNS``, by id."""
        return self.snapshot(after)[1]

    def snapshot(self, after: int = 0) -> tuple[tuple[Segment, ...], Any]:
        """All segments, and the inbox beyond them (and beyond ``after``), as they stood at one moment.

        Read apart, a pack between the two would hide events or show them twice.
        """
        return self._waiting(after, self._inbox.table)

    def waiting(self, after: int = 0) -> tuple[tuple[Segment, ...], list[dict[str, Any]]]:
        """The same with the inbox as rows, mappings of ``EVENT_COLUMNS`` (times naive, in UTC): sooner made of few."""
        return self._waiting(after, self._inbox.after)

    def _waiting(self, after: int, read: Callable[[int], Waiting]) -> tuple[tuple[Segment, ...], Waiting]:
        return self._beside(lambda last: read(max(after, last)))

    def beyond(self, segment: Segment, after: int) -> Any:
        """The events of ``segment`` with ids above ``after``, as Arrow with ``EVENT_COLUMNS``, by id; reads it whole.

        For a packed segment of which the graph took the first events singly, and then not the others.
        """
        import pyarrow.parquet as pq

        with disk_errors(self.folder):
            table = pq.read_table(segment.path, filters=[("event_id", ">", after)])
            return table.select(schema().names).cast(schema()).sort_by("event_id")

    def event_count(self, upto: int | None = None) -> int:
        """How many events the log holds, of single ones those with ids up to ``upto``; reads figures and an index."""
        segments, waiting = self._beside(lambda last: self._inbox.count(last, upto))
        return sum(segment.events for segment in segments) + waiting

    def inbox_count(self) -> int:
        """How many events wait in the inbox to be packed."""
        return self._beside(self._inbox.count)[1]

    def last_single(self) -> int:
        """The last event id in the inbox, 0 where there is none; one look-up."""
        return self._inbox.last()

    def unpacked(self) -> int:
        """How many events wait in the inbox at most; two look-ups, however many there are."""
        return max(0, self._inbox.last() - _last_event(self.segments()))

    def last_event(self) -> int:
        """The last event id that was given out, 0 before the first."""
        return self._beside(self._inbox.ends)[1][0]

    def newest_timestamp(self) -> datetime | None:
        """The latest time any event bears, aware, or None while there is none; reads the catalogue and the inbox."""
        segments, (_, newest) = self._beside(self._inbox.ends)
        times = [segment.last_timestamp for segment in segments]
        return max([*times, *([] if newest is None else [from_micros(newest)])], default=None)

    def stored(self, connection: Any, keys: Any) -> Any:
        """The events whose key is among the Arrow array ``keys``, from segments and inbox: ``event_id`` and ``GIVEN``.

        ``connection`` is one of DuckDB that nobody else uses meanwhile. Only whoever may append asks.
        """
        import pyarrow as pa

        with disk_errors(self.folder):
            segments = self.segments()
            found = fetched(connection, segments, self._keys.find(segments, keys.to_numpy()))
            waiting = as_table(self._inbox.with_keys(keys, _last_event(segments)))
            return pa.concat_tables([found, waiting.select(found.column_names)])

    def with_keys(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        """The same for some keys, as rows; where no segment holds any of them, without the start of an engine."""
        with disk_errors(self.folder):
            segments = self.segments()
            found = self._keys.find(segments, keys)
            rows = self._fetched(segments, found) if len(found) else []
            return rows + self._inbox.with_keys(keys, _last_event(segments))

    def append(self, events: Any, received_at: datetime | None = None) -> Segment | None:
        """The new segment that holds the Arrow table ``events``, durably recorded; None where it has no rows.

        ``events`` has the columns ``GIVEN`` (any order, more are ignored), in the order received; nobody checks here
        that a key is new. What waits in the inbox is packed first, so that ids ascend. O(rows). Raises
        ``DiskFullError`` or ``StoreError``; then nothing was appended.
        """
        if not len(events):
            return None
        with self.appending(), disk_errors(self.folder):
            self.pack()
            return self._record(_columns(events, self.last_event() + 1, received_at or datetime.now(UTC)), received_at)

    def collect(self, rows: Sequence[Row], received_at: datetime | None = None) -> Any:
        """The single events ``rows``, now durable, as Arrow with ``EVENT_COLUMNS``; see ``keep``."""
        return as_table(self.keep(rows, received_at))

    def keep(self, rows: Sequence[Row], received_at: datetime | None = None) -> list[dict[str, Any]]:
        """The single events ``rows``, now durable, with their ids: a millisecond or two.

        A row is a mapping with the columns ``GIVEN``, as Arrow's ``to_pylist`` has them (times naive, in UTC); nobody
        checks here that a key is new. All or none is kept. Raises ``DiskFullError`` or ``StoreError``.
        """
        moment = (received_at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
        with self._turn, disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            first = max(_last_event(self.segments()), self._inbox.last()) + 1
            kept = [{**row, "event_id": first + place, "received_at": moment} for place, row in enumerate(rows)]
            if kept:
                self._inbox.add(kept)
        return kept

    def pack(self, upto: int | None = None) -> Segment | None:
        """The new segment that holds what was in the inbox (with ids up to ``upto``), under the same event ids.

        None where there was nothing. Recording the segment is what counts: until then the events are the inbox's, from
        then on the segment's. So a crash at any point loses nothing and doubles nothing. O(rows); single events are
        collected while the file is written, and wait for the recording alone.
        """
        with self._packing, disk_errors(self.folder):
            self.sweep()
            waiting = _until(self.inbox(), upto)
            segment = self._written(waiting, None) if len(waiting) else None
            with self._turn:
                if segment is not None:
                    self._recorded(segment, waiting)
                packed = _last_event(self.segments())
                if self._inbox.first() <= packed:
                    self._inbox.drop(packed)
            return segment

    def erase(self, events: Any, erasure: Erasure) -> Erasure:
        """Take the events with these ids (numpy, any order) out for good; the erasure as it is kept, not yet finished.

        Recording is one step: until then all events are there, from then on those are gone, and the files that held
        them are removed. The inbox must be packed. O(segments that hold one of them).
        """
        import numpy as np

        with self.appending(), disk_errors(self.folder):
            self.sweep()
            segments, number = self.segments(), len(self.erasures()) + 1
            parts = list(without(segments, np.unique(events), number))
            kept = spans_kept(segments, {old.number: left for old, left, _ in parts})
            keys = np.concatenate([np.empty(0, np.uint64), *(keys for _, _, keys in parts)])
            kept_as = replace(erasure, number=number, events=len(keys))
            self._catalogue.replace(kept, kept_as, keys.view(np.int64).tolist())
            for old, _, _ in parts:
                old.path.unlink(missing_ok=True)
            self._inbox.vacuum()
        return kept_as

    def erasures(self) -> tuple[Erasure, ...]:
        """Every erasure there ever was, by number; one look at the catalogue where there is none new."""
        return self._about_erasures()[0]

    def erased(self, keys: Any) -> Any:
        """Which of ``keys`` (numpy, unsigned) are of events that were erased: a mask; O(log erased) for each."""
        import numpy as np

        gone = self._about_erasures()[1]
        return np.isin(keys, gone) if len(gone) else np.zeros(len(keys), np.bool_)

    def finish_erasures(self) -> None:
        """Nothing comes back; it is kept that nothing is left anywhere of what was erased."""
        with self._turn, disk_errors(self.folder):
            self._catalogue.finish()
        self._told = (None, (), None)

    def turn(self) -> AbstractContextManager[None]:
        """A block in which nobody else, thread or process, changes the log; a thread may enter it again."""
        return self._turn

    @contextmanager
    def appending(self) -> Iterator[None]:
        """The same for whoever appends in it, which packs first."""
        with self._packing, self._turn:
            yield

    def sweep(self) -> tuple[Path, ...]:
        """The leftovers of a killed writer, now removed; done once, and only by whoever may write."""
        if self._swept:
            return ()
        with self._turn, disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            known = {segment.path for segment in self.segments()}
            found = [path for path in self.folder.iterdir() if path.suffix in {SUFFIX, TEMPORARY} and path not in known]
            found += self.dead_letters.glob(f"*{TEMPORARY}")
            for path in found:
                path.unlink()
        self._swept = True
        return tuple(sorted(found))

    def close(self) -> None:
        """Give files back; the log opens them again when it is used again."""
        self._inbox.close()
        self._catalogue.close()
        self._turn.close()

    def _about_erasures(self) -> tuple[tuple[Erasure, ...], Any]:
        """All erasures, and the keys of what was erased, as they stand in the catalogue."""
        import numpy as np

        with disk_errors(self.folder):
            mark = self._catalogue.mark()
            if mark != self._told[0]:
                told = self._catalogue.erasures()
                keys = np.array(self._catalogue.erased() if told else [], np.int64).view(np.uint64)
                self._told = (mark, told, keys)
        return self._told[1], self._told[2]

    def _beside(self, read: Callable[[int], Waiting]) -> tuple[tuple[Segment, ...], Waiting]:
        """All segments, and what ``read`` finds in the inbox beyond their last event, as they stood at one moment."""
        with disk_errors(self.folder):
            while True:
                segments = self.segments()
                found = read(_last_event(segments))
                if self.segments() == segments:
                    return segments, found

    def _fetched(self, segments: Sequence[Segment], events: Any) -> list[dict[str, Any]]:
        import duckdb

        with duckdb.connect() as connection:
            rows: list[dict[str, Any]] = fetched(connection, segments, events).to_pylist()
            return rows

    def _record(self, events: Any, received_at: datetime | None) -> Segment:
        """The next segment, of ``events`` (columns as in the schema), written and recorded, durably."""
        segment = self._written(events, received_at)
        self._recorded(segment, events)
        return segment

    def _written(self, events: Any, received_at: datetime | None) -> Segment:
        """The next segment, whose file holds ``events``; as long as it is not recorded it counts for nothing."""
        segment = _described(events, self.folder, self.segments(), received_at or datetime.now(UTC))
        write_table(events, segment.path)
        return segment

    def _recorded(self, segment: Segment, events: Any) -> None:
        self._catalogue.record(segment)
        self._keys.add(segment, events["key"].to_numpy(), events["event_id"].to_numpy())


def _last_event(segments: Sequence[Segment]) -> int:
    """The last event id that a segment holds, 0 where there is none."""
    return segments[-1].last_event if segments else 0


def _until(events: Any, upto: int | None) -> Any:
    """The first of ``events`` (by id), those up to ``upto``."""
    import pyarrow.compute as pc

    return events if upto is None else events.filter(pc.less_equal(events["event_id"], upto))


def _described(events: Any, folder: Path, segments: Sequence[Segment], created: datetime) -> Segment:
    """The segment that ``events`` will be, next in number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    number = segments[-1].number + 1 if segments else 1
    times = pc.min_max(events["timestamp"].cast(pa.timestamp("us")).cast(pa.int64())).as_py()
    ids = pc.min_max(events["event_id"]).as_py()
    return Segment(
        number=number,
        path=folder / file_name(number),
        events=len(events),
        first_event=ids["min"],
        last_event=ids["max"],
        first_timestamp=from_micros(times["min"]),
        last_timestamp=from_micros(times["max"]),
        created=created,
    )


def _columns(events: Any, first_event: int, received_at: datetime) -> Any:
    """``events`` with the columns that the log itself gives, typed and ordered as the schema says."""
    import numpy as np
    import pyarrow as pa

    wanted = schema()
    ids = pa.array(np.arange(first_event, first_event + len(events), dtype=np.int64))
    moment = pa.repeat(pa.scalar(to_micros(received_at), pa.int64()), len(events)).cast(pa.timestamp("us"))
    given = [events[name].cast(wanted.field(name).type) for name in GIVEN]
    return pa.table([ids, *given, moment], schema=wanted)
