"""Times as people type them and read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import typer


def moment(text: str) -> datetime:
    """The moment that ``text`` names; without an offset it is UTC, and a date alone is its midnight.

    >>> moment("2026-03-01T09:30:00+07:00").isoformat(), moment("2026-03-01").isoformat()
    ('2026-03-01T02:30:00+00:00', '2026-03-01T00:00:00+00:00')
    """
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time: write 2026-03-01 or 2026-03-01T09:30:00+07:00") from error
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def span(text: str) -> timedelta:
    """The time that a text such as 20h or 90d names."""
    from knotwork_graph.policy.durations import read_duration

    try:
        return read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def minute(when: datetime | None) -> str:
    """``when`` to the minute, in UTC; a dash for never.

    >>> minute(datetime(2026, 3, 1, 9, 30, tzinfo=UTC)), minute(None)
    ('2026-03-01 09:30', '-')
    """
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if when else "-"


def day(when: datetime | None) -> str:
    """The UTC day of ``when``; a dash for never."""
    return when.astimezone(UTC).date().isoformat() if when else "-"
