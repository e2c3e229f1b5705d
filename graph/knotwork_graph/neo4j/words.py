"""The words that stand in the graph for the codes that pass through the port, and what they must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from knotwork_graph.model import Status

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints

STATUSES = (Status.LINKING, Status.BLOCKED, Status.INVALID, Status.SHARED)
STATUS_CODES = {str(status): code for code, status in enumerate(STATUSES)}
CHANGES = ("", "created", "merged", "split", "moved", "retired")
CHANGE_CODES = {word: code for code, word in enumerate(CHANGES)}

OTHERS = "others"
OTHER_SOURCES = 62
"""An increment's sources beyond its first 62 share one bit of its masks; the facts still know each by name."""

# a subtraction rather than a comparison: else the planner starts from the index on from_run, and reads everything
VISIBLE = "current - {row}.from_run >= 0 AND ({row}.to_run IS NULL OR {row}.to_run > current)"
"""The rows that a reader of the run ``current`` sees."""
# collected, so that it is read once: while a query runs, others may move the pointer
POINTER = "MATCH (k:Knotwork {name: 'graph'}) WITH collect(k.current)[0] AS current, collect(k.sources)[0] AS known"
"""What a query on the current run begins with."""
MICROS = "{at}.epochSeconds * 1000000 + {at}.microsecond"
"""One of the server's own times in microseconds since 1970."""


def seen(row: str) -> str:
    """The condition under which readers see the relationship that a query calls ``row``."""
    return VISIBLE.format(row=row)


def masked(mask: int, names: tuple[str, ...]) -> list[str]:
    """The names of the sources in a mask over an increment's ``names``."""
    own = [name for place, name in enumerate(names[:OTHER_SOURCES]) if mask >> place & 1]
    return [*own, OTHERS] if mask >> OTHER_SOURCES & 1 else own


def in_order(sources: list[str], known: list[str]) -> tuple[str, ...]:
    """Sources by when the graph first met them, ``others`` last."""
    place = {name: code for code, name in enumerate(known)}
    return tuple(sorted(sources, key=lambda name: place.get(name, len(known))))


def ints(values: Any) -> Ints:
    """A list of integers as an array."""
    return np.asarray(values, np.int64)


def texts(values: list[str]) -> pa.LargeStringArray:
    """A list of texts as an Arrow array."""
    import pyarrow as pa

    return pa.array(values, pa.large_string())
