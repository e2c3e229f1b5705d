"""When people shop: the days of a year and the hours of a day, as whole-number weights."""

from __future__ import annotations

from datetime import date

import numpy as np

from knotwork_seeds.dice import Ints

# the first day of the lunar year (Tết)
TET = (
    date(2018, 2, 16), date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22),
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11),
)  # fmt: skip
SALES = (
    (11, 11),
    (12, 12),
    (9, 9),
    (10, 10),
    (3, 8),
    (10, 20),
    (6, 6),
)  # sale days; 8 March and 20 October are women's days
WEEKDAYS = (100, 96, 98, 102, 112, 128, 120)  # Monday first
ONLINE = (14, 7, 4, 2, 2, 5, 14, 28, 44, 58, 66, 72, 86, 70, 58, 58, 60, 62, 66, 84, 112, 122, 94, 46)
TILL = (0, 0, 0, 0, 0, 0, 0, 4, 22, 48, 70, 78, 60, 44, 46, 54, 62, 84, 104, 112, 92, 40, 0, 0)
OFFICE = (0, 0, 0, 0, 0, 0, 0, 6, 90, 110, 100, 84, 30, 70, 96, 90, 72, 34, 10, 4, 0, 0, 0, 0)
NIGHTLY = (0, 0, 70, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def day_weights(start: int, stop: int) -> Ints:
    """A weight for each day from start to before stop (days since 1970): weekdays, sales, Tết."""
    days = np.arange(start, stop, dtype=np.int64)
    weights = np.asarray(WEEKDAYS)[(days + 3) % 7]
    weights = np.where(np.isin(days, sale_days(start, stop)), weights * 4, weights)
    for tet in TET:
        until = (tet - date(1970, 1, 1)).days - days
        weights = np.where((until > 0) & (until <= 21), weights * 17 // 10, weights)
        weights = np.where((until <= 0) & (until > -6), weights * 3 // 10, weights)
    return weights


def sale_days(start: int, stop: int) -> Ints:
    """The days of the big sales within the period."""
    days = [date.fromordinal(day + date(1970, 1, 1).toordinal()) for day in range(start, stop)]
    return np.array(
        [day for day, on in zip(range(start, stop), days, strict=True) if (on.month, on.day) in SALES], dtype=np.int64
    )
