"""Dates as people and programs write them; what cannot be told is refused, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_resolvers.normalise.draft import Mask, Strings, as_strings

YEAR_FIRST = re.compile(r"(\d{4})(?:[-/. ](\d{1,2})[-/. ](\d{1,2})|(\d\d)(\d\d))(?:[T ]\d.*)?\Z")
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ,]+\d.*)?\Z")
SHORT_YEAR = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}\Z|\d{6}\Z")
YEARS = range(1880, 2101)  # what a birth date can be in; others are typing errors
REMEMBERED = 100_000  # birth dates: there are not many more that anybody has

# Days that programs put where nobody gave one, so that thousands share them and nothing follows.
PLACEHOLDERS = frozenset(
    {date(1900, 1, 1), date(1901, 1, 1), date(1970, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(2000, 1, 1)}
    | {date(1980, 1, 1), date(1990, 1, 1), date(1999, 12, 31), date(1911, 11, 11), date(2099, 12, 31)}
)

NO_DATE, TWO_DIGITS, NO_SUCH_DAY, OUT_OF_RANGE = "not a date", "a year of two digits", "no such day", "no likely year"


@dataclass(frozen=True, slots=True)
class Dates:
    """A row for each value: ``day`` (Arrow date32, null where none), ``placeholder``, ``reason`` (or empty)."""

    day: Any
    placeholder: Mask
    reason: Strings


def read_dates(values: Any) -> Dates:
    """The dates written y-m-d, yyyymmdd or d/m/y, a time behind them ignored; m/d/y where it can be nothing else.

    Years of two digits, days that do not exist and years outside 1880 to 2100 are refused with the reason. A few
    microseconds a distinct value.
    """
    encoded = as_strings(values).dictionary_encode()
    found = [read_date(text) for text in encoded.dictionary.to_pylist()]
    day = pa.array([one for one, _ in found], pa.date32()).take(encoded.indices)
    fake = np.array([one in PLACEHOLDERS for one, _ in found], np.bool_)
    reason = pa.array([why for _, why in found], pa.string()).take(encoded.indices)
    return Dates(day, fake[encoded.indices.to_numpy()], reason)


@lru_cache(maxsize=REMEMBERED)
def read_date(text: str) -> tuple[date | None, str]:
    """One date, or None and why there is none.

    >>> read_date("9/3/1985")[0] == read_date("1985-03-09T00:00:00")[0]
    True
    >>> read_date("9/3/85")
    (None, 'a year of two digits')
    """
    plain = text.strip()
    if not plain.isascii():
        return None, NO_DATE
    if found := YEAR_FIRST.match(plain):
        year, *parts = (int(part) for part in found.groups() if part)
        return on_day(year, parts[0], parts[1])
    if found := DAY_FIRST.match(plain):
        first, second, year = map(int, found.groups())
        return on_day(year, first, second) if second > 12 >= first else on_day(year, second, first)
    return None, "" if not plain else TWO_DIGITS if SHORT_YEAR.match(plain) else NO_DATE


def on_day(year: int, month: int, day: int) -> tuple[date | None, str]:
    """The day, or why there is none."""
    if year not in YEARS:
        return None, OUT_OF_RANGE
    try:
        return date(year, month, day), ""
    except ValueError:
        return None, NO_SUCH_DAY


def swapped(days: Any) -> Any:
    """Each day (date32) with day and month exchanged, null where that is none: 1985-03-09 for 1985-09-03."""
    found = [turned(one) for one in days.to_pylist()]
    return pa.array(found, pa.date32())


def turned(day: date | None) -> date | None:
    """One day with day and month exchanged."""
    return day.replace(month=day.day, day=day.month) if day and day.day <= 12 else None
