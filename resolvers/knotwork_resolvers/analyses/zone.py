"""Days, weeks and months are those of a time zone."""

from __future__ import annotations

from knotwork_resolvers.analyses.log import EventLog, text

QUARTER = 900_000_000
"""Microseconds in a quarter of an hour: no zone of our days is off by a part of one, so quarters tell the day."""
CLOCKS = """
CREATE OR REPLACE TEMP TABLE clocks AS SELECT quarter, date_trunc('{period}', {clock})::DATE AS bucket
FROM (SELECT DISTINCT {moment} // {quarter} AS quarter FROM {rows} WHERE customer > 0)
"""


def local(column: str, zone: str) -> str:
    """The wall clock of ``zone`` at the microseconds in ``column``, in a query.

    >>> local("t", "UTC")
    'make_timestamp(t)'
    """
    moment = f"make_timestamp({column})"
    return moment if zone == "UTC" else f"timezone({text(zone)}, timezone('UTC', {moment}))"


def clocks(period: str, zone: str, log: EventLog) -> str:
    """The statement that makes the table ``clocks`` of everybody's events: quarter, and its day, week or month.

    Zones are asked once for each quarter of an hour, not for each event, which is ten times as fast.
    """
    clock = local(f"quarter * {QUARTER}", zone)
    rows, moment = ("log", "t") if log.filled else (log.everybody, 'epoch_us("timestamp")')
    return CLOCKS.format(period=period, clock=clock, quarter=QUARTER, rows=rows, moment=moment)


def zone_note(zone: str) -> tuple[str, ...]:
    """What is said where nobody chose a zone."""
    return ("days begin at midnight UTC; choose another zone with --zone",) if zone == "UTC" else ()
