"""What a customer did, row by row: events with their sessions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import from_micros, to_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.generation.customer_events import BUT_RAW, CustomerEvents
from knotwork_resolvers.sessions import SESSION_GAP

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from knotwork_resolvers.home import Home


BARE = ("event_id", "customer", "timestamp", "reason", "bears")
"""What every journey is made of."""
TEXTS = ("source", "message_id", "channel", "event", "traits", "properties", "consent")
"""What it shows beside: each takes its time to read, and is read for whoever shows it."""
RAW = ("identifiers", "vouched")
"""What an event said of identifiers, for who looks at the past."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a customer as the generation keeps it; what was not read is empty.

    ``identifiers`` are raw (type, value) pairs, and ``vouched`` the types that its source vouches for, where they are
    read; ``bears`` are the store ids of the usable ones.
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
    vouched: tuple[str, ...] = ()


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
        self, customers: Sequence[int], last: int | None, read: Mapping[int, pa.Table], texts: Collection[str] = TEXTS
    ) -> dict[int, tuple[EventRow, ...]]:
        """The ``last`` events of several customers with these ``texts``.

        Those that were ``read`` a moment ago, with all these, are not read again.
        """
        columns = columns_with(texts)
        wanting = [one for one in customers if one not in read or not set(columns) <= set(read[one].column_names)]
        found = {**read, **(self._events.rows_of(wanting, columns) if wanting else {})}
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


def columns_with(texts: Collection[str]) -> tuple[str, ...]:
    """The columns of which a journey that shows these ``texts`` is made."""
    return *BARE, *(name for name in TEXTS if name in texts)


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
    return tuple(map(_event, _told(rows.slice(start, end - start)), numbers))


def _slice(rows: pa.Table, first: int, after: Place | None) -> Slice:
    moments = _micros(rows)
    start = 0 if after is None else _beyond(rows, moments, after)
    end = min(start + max(0, first), len(rows))
    numbers = sessions(moments)[start:end].tolist()
    return Slice(tuple(map(_event, _told(rows.slice(start, end - start)), numbers)), end < len(rows))


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


def _told(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as Python's values: what journeys are made of, the moment in microseconds first; None for what is not
    there.
    """
    told, nothing = {*rows.column_names}, [None] * len(rows)
    told -= set() if RAW[0] in told else {*RAW}

    def values(name: str) -> list[Any]:
        if name == "timestamp":
            found: list[int] = _micros(rows).tolist()  # moments of Python's own take ten times as long
            return found
        return rows[name].to_pylist() if name in told else nothing

    return zip(*map(values, (*BARE, *TEXTS, *RAW)), strict=True)


def _event(told: tuple[Any, ...], session: int) -> EventRow:
    event_id, customer, at, reason, bears, source, message_id, channel, event, *objects, identifiers, vouched = told
    traits, properties, consent = map(_object, objects)
    return EventRow(
        timestamp=from_micros(at),
        source=source or "",
        message_id=message_id or "",
        channel=channel or "",
        event=event or "",
        identifiers=tuple((one["type"], one["value"]) for one in identifiers or ()),
        traits=traits,
        properties=properties,
        consent=consent,
        reason=reason,
        session=session,
        event_id=event_id,
        customer=customer,
        bears=tuple(bears or ()),
        vouched=tuple(vouched or ()),
    )


def _object(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text and text != "{}" else {}
    return found if isinstance(found, dict) else {}
