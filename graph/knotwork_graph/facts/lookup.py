"""Finding stored events again by key, without an index: a scan of one narrow column, then the rows it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knotwork_graph.facts.schema import GIVEN, scan
from knotwork_graph.facts.segment import Segment

# the wanted keys are the small side of the join, so nothing grows with the log but the time of the scan
FIND = "SELECT event_id FROM {segments} WHERE key IN (SELECT key FROM wanted_keys)"
FETCH = """
SELECT event_id, {columns} FROM {segments}
WHERE event_id BETWEEN {low} AND {high} AND event_id IN (SELECT event_id FROM found_events)
"""


def stored(connection: Any, segments: Sequence[Segment], keys: Any) -> Any:
    """The stored events whose key is among ``keys`` (an Arrow array), as Arrow: ``event_id`` and ``GIVEN``.

    O(events in ``segments``) for 8 bytes each, plus the row groups that hold a found one.
    """
    import pyarrow as pa

    with _view(connection, "wanted_keys", pa.table({"key": keys})):
        found = connection.sql(FIND.format(segments=scan([segment.path for segment in segments]))).to_arrow_table()
    ids = found["event_id"].to_numpy()
    low, high = (int(ids.min()), int(ids.max())) if len(ids) else (0, 0)
    near = [
        segment.path for segment in segments if len(ids) and segment.first_event <= high and low <= segment.last_event
    ]
    query = FETCH.format(columns=", ".join(GIVEN), segments=scan(near), low=low, high=high)
    with _view(connection, "found_events", found):
        return connection.sql(query).to_arrow_table()


class _view:  # noqa: N801 - read as a verb in a with statement
    """A registered Arrow table, for as long as the block runs."""

    def __init__(self, connection: Any, name: str, table: Any) -> None:
        self.connection, self.name = connection, name
        connection.register(name, table)

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        self.connection.unregister(self.name)
