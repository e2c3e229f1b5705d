"""Dates that are told apart or refused, and numbers with hidden digits."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.normalise.dates import read_date, read_dates, swapped
from knotwork_resolvers.normalise.masks import masked_phone


@pytest.mark.parametrize(
    "text", ["1985-03-09", "09/03/1985", "9.3.1985", "1985/3/9", "19850309", "1985-03-09T10:00:00", "9-3-1985 00:00:00"]
)
def test_one_day_in_many_writings(text: str) -> None:
    assert read_date(text) == (date(1985, 3, 9), "")


def test_month_first_only_where_it_can_be_nothing_else() -> None:
    assert read_date("03/25/1985") == (date(1985, 3, 25), "")
    assert read_date("03/04/1985") == (date(1985, 4, 3), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("9/3/85", "a year of two digits"),
        ("850309", "a year of two digits"),
        ("31/02/1985", "no such day"),
        ("19853109", "no such day"),
        ("01/01/0001", "no likely year"),
        ("soon", "not a date"),
        ("٠٩/٠٣/١٩٨٥", "not a date"),
        ("", ""),
    ],
)
def test_what_is_refused_says_why(text: str, reason: str) -> None:
    assert read_date(text) == (None, reason)


def test_columns_and_placeholders() -> None:
    found = read_dates(pa.array(["01/01/1900", None, "1985-03-09", "1985-03-09"]))
    assert found.day.to_pylist() == [date(1900, 1, 1), None, date(1985, 3, 9), date(1985, 3, 9)]
    assert found.placeholder.tolist() == [True, False, False, False]
    assert swapped(found.day).to_pylist() == [date(1900, 1, 1), None, date(1985, 9, 3), date(1985, 9, 3)]


@settings(max_examples=60)
@given(st.dates(date(1880, 1, 1), date(2100, 12, 31)))
def test_every_day_comes_back_from_both_writings(day: date) -> None:
    assert read_date(day.isoformat())[0] == day
    assert read_date(f"{day.day}/{day.month}/{day.year}")[0] == day


@settings(max_examples=60)
@given(st.text(max_size=20))
def test_total(text: str) -> None:
    assert (read_date(text)[0] is None) or read_date(text)[1] == ""
    assert masked_phone(text).digits >= 0


def test_masked_numbers_show_what_they_show() -> None:
    texts = ["038*****80", "(+84) 38x xxx x80", "0168****580", "*******680", "0389123456"]
    shown = [masked_phone(text) for text in texts]
    assert [one.head for one in shown] == ["+8438", "+8438", "+8438", "", ""]
    assert [one.tail for one in shown] == ["80", "80", "580", "680", ""]
    assert [one.digits for one in shown] == [11, 11, 11, 10, 0]


def test_too_little_shown_is_nothing() -> None:
    assert masked_phone("0********1").digits == 0
    assert masked_phone("09**").digits == 0
