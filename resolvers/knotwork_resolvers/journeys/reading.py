"""What a customer did, row by row: events with their sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import to_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.generation.customer_events import BUT_RAW, CustomerEvents
from knotwork_resolvers.sessions import SESSION_GAP

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from knotwork_resolvers.home import Home


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a customer as the generation keeps it.

    ``identifiers`` are raw (type, value) pairs, where they are read; ``bears`` are the store ids of the usable ones.
    """

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
    event_id: int = 0
    customer: int = 0
    bears: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: an event's time in microseconds and its id. It holds nothing personal."""

    micros: int
    event_id: int

    def __str__(self) -> str:
        return f"{self.micros}.{self.event_id}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that ``text`` names. Raises ``ValueError``."""
        micros, _, event = text.strip().partition(".")
        if not (event.isascii() and event.isdigit() and micros.removeprefix("-").isdigit() and micros.isascii()):
            raise ValueError(f"{text!r} is no place in a journey; write the one that a page ended with")
        return cls(int(micros), int(event))


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of rows, and whether there are more."""

    rows: tuple[EventRow, ...]
    more: bool

    @property
    def end(self) -> Place | None:
        """Where it ends."""
        return Place(to_micros(self.rows[-1].timestamp), self.rows[-1].event_id) if self.rows else None


class JourneyReader:
    """Look-ups of what customers did; safe to call from several threads."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self._home, self._policy = home, policy
        self._events = CustomerEvents(home, policy)

    def events(
        self, customer: int, *, until: int | None = None, last: int | None = None, raw: bool = False
    ) -> tuple[EventRow, ...]:
        """The events of a customer, oldest first: all up to ``until`` (microseconds), or the ``last`` of these.

        With ``raw`` they hold their identifiers as they came, which takes as long again.
        """
        return _newest(self._events.rows(customer, None if raw else BUT_RAW), until, last)

    def several(
        self, customers: Sequence[int], *, until: int | None = None, last: int | None = None, raw: bool = False
    ) -> dict[int, tuple[EventRow, ...]]:
        """The same for several customers, at the statements of one."""
        found = self._events.rows_of(customers, None if raw else BUT_RAW)
        return {customer: _newest(rows, until, last) for customer, rows in found.items()}

    def newest(
        self, customers: Sequence[int], last: int | None, read: Mapping[int, pa.Table]
    ) -> dict[int, tuple[EventRow, ...]]:
        """The ``last`` events of several customers; those that were ``read`` a moment ago are not read again."""
        wanting = [one for one in customers if one not in read]
        found = {**read, **(self._events.rows_of(wanting, BUT_RAW) if wanting else {})}
        return {customer: _newest(found[customer], None, last) for customer in customers}

    def slice(self, customer: int, first: int, after: Place | None = None) -> Slice:
        """The next ``first`` events of a customer after a place, oldest first, and whether there are more."""
        return _slice(self._events.rows(customer, BUT_RAW), first, after)

    def of_devices(self, ids: Sequence[int], first: int, after: Place | None = None) -> Slice:
        """The next ``first`` events that bear one of some identifiers (store ids), whosever they are."""
        return _slice(bearing_rows(self._home, self._policy, ids), first, after)

    def close(self) -> None:
        """Give back the files; the next look-up opens them again."""
        self._events.close()


def bearing_rows(
    home: Home,
    policy: Policy,
    ids: Sequence[int],
    *,
    also: Sequence[int] | None = None,
    columns: Sequence[str] = BUT_RAW,
) -> pa.Table:
    """All events that bear one of ``ids``, as the current run has them, by (timestamp, source, message_id).

    With ``also`` those alone that bear one of these as well; ``columns`` are at least what they are ordered by.
    """
    import numpy as np
    import pyarrow as pa

    from knotwork_graph.since import ORDER, arrow_schema
    from knotwork_resolvers.generation.follow import follow

    follow(home, policy)
    opened, base = home.opened, home.store.state().base
    with opened.turn:
        file, since = opened.base(base), opened.since(base)
        every = [ids] if also is None else [ids, also]
        places = reduce(np.intersect1d, (np.unique(file.bearing(np.unique(some)).event) for some in every))
        told = set.intersection(*({event for _, _, event in since.bearing(sorted(some))} for some in every))
        early = file.at(places, columns).cast(arrow_schema(tuple(columns)))
        moved = since.moved(early["event_id"].to_pylist())
        later = since.of_events(sorted(told | moved), columns)
    kept = [event not in moved for event in early["event_id"].to_pylist()]
    return pa.concat_tables([early.filter(pa.array(kept, pa.bool_())), later]).sort_by(ORDER)


def _newest(rows: pa.Table, until: int | None, last: int | None) -> tuple[EventRow, ...]:
    """The rows up to ``until``, or the ``last`` of these, each with its session."""
    moments = _micros(rows)
    session = sessions(moments)
    end = len(rows) if until is None else int(moments.searchsorted(until, side="right"))
    start = 0 if last is None else max(0, end - last)
    numbers = session[start:end].tolist()
    shown = [name for name in rows.column_names if name != "vouched"]  # no journey tells it
    found = rows.select(shown).slice(start, end - start).to_pylist()
    return tuple(_event(row, number) for row, number in zip(found, numbers, strict=True))


def _slice(rows: pa.Table, first: int, after: Place | None) -> Slice:
    moments = _micros(rows)
    start = 0 if after is None else _beyond(rows, moments, after)
    end = min(start + max(0, first), len(rows))
    numbers = sessions(moments)[start:end].tolist()
    found = rows.slice(start, end - start).to_pylist()
    return Slice(tuple(_event(row, number) for row, number in zip(found, numbers, strict=True)), end < len(rows))


def _beyond(rows: pa.Table, moments: NDArray[np.int64], after: Place) -> int:
    """The first row beyond a place; where its event is gone, the first one of a later moment."""
    low, high = (int(moments.searchsorted(after.micros, side=side)) for side in ("left", "right"))
    events = rows["event_id"].slice(low, high - low).to_pylist()
    return low + events.index(after.event_id) + 1 if after.event_id in events else high


def sessions(moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """The session number, from 1, of each of the ascending ``moments`` (microseconds)."""
    import numpy as np

    begins = np.diff(moments, prepend=moments[:1]) > SESSION_GAP
    return np.asarray(1 + np.cumsum(begins), np.int64)


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
        identifiers=tuple((one["type"], one["value"]) for one in row.get("identifiers") or ()),
        traits=_object(row["traits"]),
        properties=_object(row["properties"]),
        consent=_object(row["consent"]),
        reason=row["reason"],
        session=session,
        event_id=row["event_id"],
        customer=row["customer"],
        bears=tuple(row["bears"] or ()),
    )


def _object(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text and text != "{}" else {}
    return found if isinstance(found, dict) else {}
