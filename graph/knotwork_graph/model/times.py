"""One place where a moment changes its form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROS_PER_SECOND = 1_000_000


def to_micros(moment: datetime) -> int:
    """The whole microseconds from 1970 to an aware ``moment``; a naive one raises ``ValueError``.

    >>> to_micros(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    if moment.tzinfo is None:
        raise ValueError("a time without its zone could be any of 38 moments")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment, in UTC, that lies ``micros`` microseconds after 1970.

    >>> from_micros(86_400_000_000).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    return EPOCH + timedelta(microseconds=int(micros))
