"""Dates as people of a language write them. Moments are shown in the zone they carry."""

from __future__ import annotations

from datetime import datetime

from knotwork_visualise.words import words


def day(when: datetime, language: str) -> str:
    """Day, month and year.

    >>> day(datetime(2026, 8, 12), "en"), day(datetime(2026, 8, 12), "vi")
    ('12 Aug 2026', '12/8/2026')
    """
    return _said("moment", when, language, "")


def moment(when: datetime, language: str) -> str:
    """Day, month, year, hour and minute.

    >>> moment(datetime(2026, 8, 12, 20, 14), "en")
    '12 Aug 2026 20:14'
    """
    return _said("moment", when, language, f"{when:%H:%M}")


def short_day(when: datetime, language: str) -> str:
    """Day and month, for the ticks of an axis."""
    return _said("day", when, language, "")


def month(when: datetime, language: str) -> str:
    """Month and year, for the ticks of an axis."""
    return _said("month", when, language, "")


def _said(form: str, when: datetime, language: str, time: str) -> str:
    texts = words(language)
    name = texts["months"].split()[when.month - 1]
    return texts[form].format(day=when.day, month=name, number=when.month, year=when.year, time=time).strip()
