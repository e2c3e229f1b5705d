"""One segment: a Parquet file of events that is written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knotwork_graph.facts.disk import put_in_place

ROW_GROUP = 100_000
TEMPORARY = ".tmp"
SUFFIX = ".parquet"
# few distinct values: a dictionary pays; elsewhere building one costs more than it saves
DICTIONARY = ["source", "channel", "event", "identifiers.list.element.type", "vouched.list.element"]
STATISTICS = ["event_id", "timestamp", "received_at"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of the log: ``events`` rows whose ids run from ``first_event`` to ``last_event``, with gaps.

    ``first_timestamp`` and ``last_timestamp`` are the earliest and latest times of its events, aware, in UTC.
    """

    number: int
    path: Path
    events: int
    first_event: int
    last_event: int
    first_timestamp: datetime
    last_timestamp: datetime
    created: datetime


def file_name(number: int) -> str:
    """The name of the file that holds segment ``number``; names sort as numbers do.

    >>> file_name(12)
    '00000012.parquet'
    """
    return f"{number:08d}{SUFFIX}"


def write_table(table: Any, path: Path) -> None:
    """Nothing comes back; the Arrow ``table`` stands in the file ``path``, durably, or not at all."""
    import pyarrow.parquet as pq

    temporary = path.with_name(path.name + TEMPORARY)
    # keys are hashes, so compressing them is work without gain
    codecs = {name: "none" if name == "key" else "zstd" for name in leaves(table)}
    levels = {name: 1 for name, codec in codecs.items() if codec == "zstd"}
    pq.write_table(
        table,
        temporary,
        row_group_size=ROW_GROUP,
        compression=codecs,
        compression_level=levels,
        use_dictionary=DICTIONARY,
        write_statistics=STATISTICS,
    )
    put_in_place(temporary, path)


def leaves(table: Any) -> list[str]:
    """The Parquet column paths of ``table``, nested ones written out."""
    nested = {
        "identifiers": ["identifiers.list.element.type", "identifiers.list.element.value"],
        "vouched": ["vouched.list.element"],
    }
    return [leaf for name in table.column_names for leaf in nested.get(name, [name])]
