"""Spans of time as people write them in a policy: ``180d``, ``12h``."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
WRITTEN = re.compile(r"([0-9]{1,12})([wdhms])")
LONGEST = timedelta(days=36_525)


def read_duration(text: str) -> timedelta:
    """The span that ``text`` names, in weeks, days, hours, minutes or seconds. Raises ``ValueError``.

    >>> read_duration("2w")
    datetime.timedelta(days=14)
    """
    found = WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError(f'{text!r} is no duration; write a whole number and a unit, such as "180d", "12h" or "30m"')
    seconds = int(found[1]) * UNITS[found[2]]
    if not 0 < seconds <= LONGEST.total_seconds():
        raise ValueError(
            f'{text!r} is out of range; a duration is longer than nothing and at most "36525d" (100 years)'
        )
    return timedelta(seconds=seconds)


def show_duration(span: timedelta) -> str:
    """``span`` as a policy has it, in the largest unit up to days that divides it.

    >>> show_duration(timedelta(days=14)), show_duration(timedelta(minutes=90))
    ('14d', '90m')
    """
    seconds = int(span.total_seconds())
    unit = next(unit for unit in "dhms" if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"
