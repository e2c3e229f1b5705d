"""Finding stored events again by id: the rows that the key index names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knotwork_graph.facts.schema import GIVEN, scan
from knotwork_graph.facts.segment import Segment

FETCH = """
SELECT event_id, {columns} FROM {segments}
WHERE event_id BETWEEN {low} AND {high} AND event_id IN (SELECT event_id FROM found_events)
"""


def fetched(connection: Any, segments: Sequence[Segment], events: Any) -> Any:
    """The stored events with these ids (ascending, as numpy has them), as Arrow: ``event_id`` and ``GIVEN``.

    Reads the row groups that hold one of them, and no segment that holds none.
    """
    import pyarrow as pa

    columns = ", ".join(GIVEN)
    paths = [segment.path for segment in segments if _any_within(events, segment)]
    low, high = (int(events[0]), int(events[-1])) if len(events) else (0, 0)
    connection.register("found_events", pa.table({"event_id": events}))
    try:
        query = FETCH.format(columns=columns, segments=scan(paths), low=low, high=high)
        return connection.sql(query).to_arrow_table()
    finally:
        connection.unregister("found_events")


def _any_within(events: Any, segment: Segment) -> bool:
    """Whether one of the ids, which ascend, may be of this segment."""
    first, after = events.searchsorted([segment.first_event, segment.last_event + 1])
    return bool(first < after)
