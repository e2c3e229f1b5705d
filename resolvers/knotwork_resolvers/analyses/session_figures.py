"""Sessions: how many there are, how long they last, and how many a customer has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from knotwork_resolvers.analyses.cell import Cell, named
from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.names import why_empty
from knotwork_resolvers.analyses.options import Option, micros, some_time
from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.sessions import SESSION_GAP

BANDS = ("1", "2", "3", "4", "5-10", "11-25", "26+")
BAND = "CASE WHEN n <= 4 THEN n::VARCHAR WHEN n <= 10 THEN '5-10' WHEN n <= 25 THEN '11-25' ELSE '26+' END"
TOTALS = """
SELECT count(*), count(DISTINCT customer), coalesce(sum(events), 0)::BIGINT, avg(events), median(events),
    avg(lasted) / 1e6, median(lasted) / 1e6 FROM sessions
"""
CHANNELS = """
SELECT channel, count(*), count(DISTINCT customer), sum(events)::BIGINT, median(lasted) / 1e6 FROM sessions
GROUP BY channel ORDER BY 2 DESC, channel
"""
BANDED = f"SELECT customer, n, {BAND} AS band FROM (SELECT customer, count(*) AS n FROM sessions GROUP BY customer)"
PER_CUSTOMER = f"SELECT band, count(*), sum(n)::BIGINT FROM ({BANDED}) GROUP BY band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """How many sessions there are, and what they are like."""

    gap: Annotated[timedelta, Option("The pause after which a session ends.", metavar="TIME")] = timedelta(
        microseconds=SESSION_GAP
    )

    def __post_init__(self) -> None:
        some_time(gap=self.gap)


@dataclass(frozen=True, slots=True)
class Band:
    """The customers who have so many sessions, and the sessions they have."""

    sessions_each: str
    customers: int
    sessions: int


@dataclass(frozen=True, slots=True)
class ChannelSessions:
    """The sessions that began on one channel; ``median`` is in seconds from the first event to the last."""

    channel: str
    sessions: int
    customers: int
    events: int
    median: float


@dataclass(frozen=True, slots=True)
class SessionsAnswer:
    """Averages are None where there is no session; lengths are seconds from a session's first event to its last."""

    sessions: int
    customers: int
    events: int
    events_mean: float | None
    events_median: float | None
    length_mean: float | None
    length_median: float | None
    bands: tuple[Band, ...]
    channels: tuple[ChannelSessions, ...]
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Customers by their number of sessions; the channels; the figures of all."""
        bands = tuple((one.sessions_each, one.customers, one.sessions) for one in self.bands)
        columns = (("sessions each", Form.KEY), ("customers", Form.COUNT), ("sessions", Form.COUNT))
        return (Table("sessions", columns, bands), self._channels(), self._totals())

    def _channels(self) -> Table:
        columns = (
            ("first channel", Form.KEY),
            ("sessions", Form.COUNT),
            ("customers", Form.COUNT),
            ("events", Form.COUNT),
            ("median length", Form.SECONDS),
        )
        rows = tuple((one.channel, one.sessions, one.customers, one.events, one.median) for one in self.channels)
        return Table("channels", columns, rows)

    def _totals(self) -> Table:
        rows = (
            ("sessions", self.sessions),
            ("customers", self.customers),
            ("events", self.events),
            ("events of a session, mean", self.events_mean),
            ("events of a session, median", self.events_median),
            ("seconds of a session, mean", self.length_mean),
            ("seconds of a session, median", self.length_median),
        )
        return Table("figures", (("figure", Form.KEY), ("value", Form.NUMBER)), rows)


def sessions(log: EventLog, asked: Sessions) -> SessionsAnswer:
    """The sessions of what the log looks at; O(n). A pause of exactly the gap ends no session."""
    _gather(log, asked)
    found = {band: (customers, count) for band, customers, count in log.run(PER_CUSTOMER)}
    bands = tuple(Band(name, *found[name]) for name in BANDS if name in found)
    channels = tuple(ChannelSessions(*row) for row in log.run(CHANNELS))
    return SessionsAnswer(*(*log.row(TOTALS), bands, channels, why_empty(log)))


def session_people(log: EventLog, asked: Sessions, cell: Cell) -> str:
    """A query for the customers who have so many sessions: one of ``BANDS``."""
    (band,) = named(cell, "sessions each")
    _gather(log, asked)
    return f"SELECT customer FROM ({BANDED}) WHERE band = {text(band)}"


def _gather(log: EventLog, asked: Sessions) -> None:
    """Register ``sessions``: customer, events, how long each lasted (microseconds), and the first event's channel."""
    import numpy as np
    import pyarrow as pa

    told = log.course.within(log.scope).of_customers()
    starts = told.sessions(micros(asked.gap))
    ends = np.append(starts[1:], len(told.customer)) - 1 if len(starts) else starts
    columns = {
        "customer": told.customer[starts],
        "events": ends - starts + 1,
        "lasted": told.moment[ends] - told.moment[starts],
        "channel": pa.DictionaryArray.from_arrays(told.channel[starts], pa.array(told.channels, pa.string())),
    }
    log.connection.register("sessions", pa.table(columns))
