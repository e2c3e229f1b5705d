"""Reading a generation: the rows of one customer lie together, so a look-up reads a row group or two.

Single customers are read through Arrow, whose cost does not grow with the file; a query engine plans over every row
group of it first, which alone takes longer than all this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import from_micros
from knotwork_resolvers.sessions import SESSION_GAP

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

FIGURE_COLUMNS = ("customer", "timestamp", "source", "traits")


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a customer as the generation keeps it; ``identifiers`` are raw (type, value) pairs."""

    timestamp: datetime
    source: str
    message_id: str
    channel: str
    event: str
    identifiers: tuple[tuple[str, str], ...]
    traits: dict[str, Any]
    properties: dict[str, Any]
    consent: dict[str, Any]
    reason: int
    session: int


@dataclass(frozen=True, slots=True)
class EventFigures:
    """How many events a customer has, when the first and the last were, and the latest value of each trait."""

    events: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    profile: dict[str, Any] = field(default_factory=dict)


class GenerationReader:
    """Look-ups in generations; safe to call from several threads, which take turns. Keeps one file open."""

    def __init__(self) -> None:
        self._file: _File | None = None
        self._turn = Lock()

    def events(
        self, path: Path, customer: int, *, until: int | None = None, last: int | None = None
    ) -> tuple[EventRow, ...]:
        """The events of a customer, oldest first: all up to ``until`` (microseconds), or the ``last`` of these."""
        rows = self._rows(path, customer, None)
        moments = _micros(rows)
        session = sessions(moments)
        end = len(rows) if until is None else int(moments.searchsorted(until, side="right"))
        start = 0 if last is None else max(0, end - last)
        numbers = session[start:end].tolist()
        found = rows.slice(start, end - start).to_pylist()
        return tuple(_event(row, number) for row, number in zip(found, numbers, strict=True))

    def figures(self, path: Path, customers: Sequence[int]) -> dict[int, EventFigures]:
        """The figures and the latest traits of each of ``customers`` that has an event."""
        found = {customer: self._rows(path, customer, FIGURE_COLUMNS) for customer in customers}
        return {customer: _figures(rows) for customer, rows in found.items() if len(rows)}

    def close(self) -> None:
        """Give back the file; the next look-up opens it again."""
        with self._turn:
            if self._file is not None:
                self._file.parquet.close()
                self._file = None

    def _rows(self, path: Path, customer: int, columns: Sequence[str] | None) -> pa.Table:
        with self._turn:
            if self._file is None or self._file.path != path:
                self._file = _opened(path)
            return self._file.rows(customer, columns)


@dataclass(slots=True)
class _File:
    """An open events file and the first and last customer of each of its row groups."""

    path: Path
    parquet: pq.ParquetFile
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    recent: tuple[tuple[int, ...], tuple[str, ...] | None, Any] = ((), None, None)

    def rows(self, customer: int, columns: Sequence[str] | None) -> pa.Table:
        """The rows of one customer, oldest first."""
        groups = tuple(range(int(self.high.searchsorted(customer)), int(self.low.searchsorted(customer, side="right"))))
        wanted = None if columns is None else tuple(columns)
        if self.recent[:2] != (groups, wanted):  # the neighbours on a page of customers mostly share their group
            read = self.parquet.read_row_groups(list(groups), columns=columns, use_threads=False)
            self.recent = (groups, wanted, read)
        found = self.recent[2]
        start, end = found["customer"].to_numpy().searchsorted([customer, customer + 1])
        return found.slice(int(start), int(end - start))


def sessions(moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """The session number, from 1, of each of the ascending ``moments`` (microseconds)."""
    import numpy as np

    begins = np.diff(moments, prepend=moments[:1]) > SESSION_GAP
    return np.asarray(1 + np.cumsum(begins), np.int64)


def latest_traits(rows: Iterator[tuple[Any, str, str]]) -> dict[str, Any]:
    """For each trait the value seen last, by (time, source, value); absent and empty ones say nothing.

    ``rows`` are (time, source, JSON text).
    """
    best: dict[str, tuple[Any, str, str]] = {}
    values: dict[str, Any] = {}
    for moment, source, text in rows:
        for name, value in _object(text).items():
            claim = (moment, source, json.dumps(value, sort_keys=True, ensure_ascii=False))
            if value not in (None, "") and (name not in best or claim > best[name]):
                best[name], values[name] = claim, value
    return dict(sorted(values.items()))


def _opened(path: Path) -> _File:
    import numpy as np
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(path)
    ends = [parquet.metadata.row_group(number).column(0).statistics for number in range(parquet.num_row_groups)]
    low = np.array([one.min for one in ends], np.int64)
    return _File(path, parquet, low, np.array([one.max for one in ends], np.int64))


def _figures(rows: pa.Table) -> EventFigures:
    import pyarrow.compute as pc

    moments = _micros(rows)
    told = rows.filter(pc.is_valid(rows["traits"]))
    claims = zip(*(told[name].to_pylist() for name in FIGURE_COLUMNS[1:]), strict=True)
    return EventFigures(len(rows), from_micros(moments[0]), from_micros(moments[-1]), latest_traits(claims))


def _micros(rows: pa.Table) -> NDArray[np.int64]:
    import numpy as np

    return np.asarray(rows["timestamp"].to_numpy().astype("datetime64[us]").astype(np.int64))


def _event(row: Mapping[str, Any], session: int) -> EventRow:
    return EventRow(
        timestamp=row["timestamp"].replace(tzinfo=UTC),
        source=row["source"],
        message_id=row["message_id"],
        channel=row["channel"] or "",
        event=row["event"] or "",
        identifiers=tuple((one["type"], one["value"]) for one in row["identifiers"] or ()),
        traits=_object(row["traits"]),
        properties=_object(row["properties"]),
        consent=_object(row["consent"]),
        reason=row["reason"],
        session=session,
    )


def _object(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
