"""The ticks of an axis of time: days, weeks, months or years, so many that they can be read."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST = 9
DAYS = (1, 2, 7, 14)
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def ticks(first: datetime, last: datetime) -> tuple[list[datetime], bool]:
    """Moments between both ends at the start of a day or month, at most about ``MOST``; and whether they are months."""
    days = (last - first) / timedelta(days=1)
    for step in DAYS:
        if days / step <= MOST:
            return _days(first, last, step), False
    span = days / 30.4
    step = next((step for step in MONTHS if span / step <= MOST), MONTHS[-1])
    return _months(first, last, step), True


def _days(first: datetime, last: datetime, step: int) -> list[datetime]:
    tick = first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = []
    while tick <= last:
        found.append(tick)
        tick += timedelta(days=step)
    return found


def _months(first: datetime, last: datetime, step: int) -> list[datetime]:
    """The first of each ``step``-th month, counted from January of year 0, so that ticks fall on quarters and years."""
    number = first.year * 12 + first.month
    number += -number % step
    found = []
    while number < last.year * 12 + last.month:
        found.append(
            first.replace(year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
        )
        number += step
    return [tick for tick in found if first <= tick <= last]
