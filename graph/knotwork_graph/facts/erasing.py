"""Taking events out of the log for good: segments written anew without them, and a note that they were there once.

The note says when, by whom and why, how many events of which types of identifiers, and nothing of who they were of. Of
each event only its key is kept (64 bits of a hash of source and message id), so that the same message loaded again is
known as a duplicate and does not bring back what was erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knotwork_graph.facts.segment import SUFFIX, Segment, write_table


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure: ``identifiers`` counts what was asked for by type, ``events`` what was taken out of the log.

    ``finished`` once nothing of it is left in the graph and in what is made of the events. ``number`` is from 1.
    """

    by: str
    reason: str
    identifiers: Mapping[str, int] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    events: int = 0
    number: int = 0
    finished: bool = False


def without(segments: Sequence[Segment], events: Any, number: int) -> Iterator[tuple[Segment, Segment | None, Any]]:
    """For each segment that holds one of ``events`` (ids, ascending): it, what is left of it, the keys that went.

    What is left stands, durably, in a file of its own, named after the erasure ``number``; None where nothing is.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    for segment in segments:
        first, after = np.searchsorted(events, [segment.first_event, segment.last_event + 1])
        if first == after:
            continue
        table = pq.read_table(segment.path)
        gone = np.isin(table["event_id"].to_numpy(), events[first:after])
        rest = table.filter(pa.array(~gone))
        yield segment, _left(segment, rest, number), table["key"].to_numpy()[gone]


def _left(segment: Segment, rest: Any, number: int) -> Segment | None:
    """The segment of the events in ``rest``; it keeps its number and the span of its ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from knotwork_graph.model import from_micros

    if not len(rest):
        return None
    path = _path(segment.path.parent, segment.number, number)
    write_table(rest, path)
    times = pc.min_max(rest["timestamp"].cast(pa.timestamp("us")).cast(pa.int64())).as_py()
    return replace(
        segment,
        path=path,
        events=len(rest),
        first_timestamp=from_micros(times["min"]),
        last_timestamp=from_micros(times["max"]),
        created=datetime.now(UTC),
    )


def _path(folder: Path, segment: int, erasure: int) -> Path:
    """The file of what an erasure left of a segment.

    >>> _path(Path("facts"), 12, 3).name
    '00000012-3.parquet'
    """
    return folder / f"{segment:08d}-{erasure}{SUFFIX}"


def spans_kept(before: Sequence[Segment], left: Mapping[int, Segment | None]) -> list[Segment]:
    """The segments that stay, by number, so that no event id that was given out is given out again.

    The last one takes over the ids of those behind it of which nothing is left.
    """
    found = [one for old in before if (one := left.get(old.number, old)) is not None]
    if found and before[-1].last_event > found[-1].last_event:
        found[-1] = replace(found[-1], last_event=before[-1].last_event)
    return found
