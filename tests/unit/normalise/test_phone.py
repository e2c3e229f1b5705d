"""Telephone numbers as people write them."""

from __future__ import annotations

import random
import re

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise import normalise_one, normalise_values
from knotwork_resolvers.normalise.dialling import country_codes, shapes

PHONE = IdentifierRule("phone", normaliser="phone")


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("0903123456", "+84903123456"),
        (" 0903 123 456 ", "+84903123456"),
        ("+84 903-123-456", "+84903123456"),
        ("84903123456", "+84903123456"),
        ("0084 903 123 456", "+84903123456"),
        ("903123456", "+84903123456"),
        ("+84(0)903123456", "+84903123456"),
        ("tel:+84903123456", "+84903123456"),
        ("０９０３\u3000１２３\u3000４５６", "+84903123456"),
        ("\u200e0903\u2011123\u2011456", "+84903123456"),
        ("0903123456 (Zalo, gọi sau giờ làm)", "+84903123456"),
        ("٠٩٠٣١٢٣٤٥٦", "+84903123456"),
        ("01683123456", "+84383123456"),
        ("+84 168 312 3456", "+84383123456"),
        ("1683123456", "+84383123456"),
        ("0841234567", "+84841234567"),
        ("841234567", "+84841234567"),
        ("84841234567", "+84841234567"),
        ("024 3826 1234", "+842438261234"),
        ("04 3826 1234", "+842438261234"),
        ("+84 4 3826 1234", "+842438261234"),
        ("0511 3826123", "+842363826123"),
        ("061.3826123", "+842513826123"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+39 06 1234 5678", "+390612345678"),
    ],
)
def test_one_form_for_all_ways_of_writing(written: str, e164: str) -> None:
    assert normalise_one(PHONE, written) == (e164, 0, "")


@pytest.mark.parametrize(
    ("written", "status", "reason"),
    [
        ("09xxxx1234", 2, "masked"),
        ("+84 90 *** **21", 2, "masked"),
        ("0903•••456", 2, "masked"),
        ("0903 123 4x6", 2, "masked"),
        ("0903＊＊＊456", 2, "masked"),
        ("0999999999", 1, "repeated"),
        ("+84 900 000 000", 1, "repeated"),
        ("1111111111", 1, "repeated"),
        ("+12222222222", 1, "repeated"),
        ("0123456789", 1, "keyboard"),
        ("0987654321", 1, "keyboard"),
        ("113", 2, "service"),
        ("1900 1234", 2, "service"),
        ("1800 599 999", 2, "service"),
        ("+1 800 555 0123", 2, "service"),
        ("0903123", 2, "too short"),
        ("+84 903", 2, "too short"),
        ("09031234567890", 2, "too long"),
        ("0242345678", 2, "no telephone number"),
        ("+999 123 456 789", 2, "no telephone number"),
        ("6505551234", 2, "no telephone number"),
        ("028 3826 1234 ext. 12", 2, "extension"),
        ("0903123456 / máy 0903123457", 2, "not a telephone number"),
        ("abc", 2, "not a telephone number"),
        ("", 1, "empty"),
        ("9" * 5000 + "a", 2, "too long"),
    ],
)
def test_what_is_no_persons_number(written: str, status: int, reason: str) -> None:
    value, said, why = normalise_one(PHONE, written)
    assert (value, said) == (written, status)
    assert reason in why


def test_another_region_reads_its_own_numbers() -> None:
    british = IdentifierRule("phone", normaliser="phone", region="GB")
    assert normalise_one(british, "020 7946 0958")[0] == "+442079460958"
    assert normalise_one(british, "+84 168 312 3456")[0] == "+84383123456"


def test_every_plan_of_the_library_can_be_run_by_re2() -> None:
    for code in country_codes():
        for expression in filter(None, shapes(code)):
            pc.match_substring_regex(pa.array(["123"]), expression)


def test_what_the_library_holds_valid_is_valid_here() -> None:
    """For each region of the world its example number, mobile and fixed: the same E.164 as the library's."""
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    examples = [phonenumbers.example_number_for_type(region, kind) for region in regions for kind in kinds]
    written = [phonenumbers.format_number(one, phonenumbers.PhoneNumberFormat.E164) for one in examples if one]
    done = normalise_values(PHONE, pa.array(written))
    refused = [text for text, status in zip(written, done.status, strict=True) if status == 2]
    assert len(written) > 400
    assert refused == []


def test_vietnams_numbers_of_today_agree_with_the_library() -> None:
    chance = random.Random(7)  # noqa: S311  numbers to try, no secrets
    written = [f"0{chance.randrange(10**8, 10**9)}" for _ in range(3000)]
    valid = [text for text in written if phonenumbers.is_valid_number(phonenumbers.parse(text, "VN"))]
    mobile = [text for text in valid if re.match("0(?:3[2-9]|[5789])", text)]  # 030 and 031 were area codes
    done = normalise_values(PHONE, pa.array(mobile))
    assert len(mobile) > 500
    assert done.value.to_pylist() == ["+84" + text[1:] for text in mobile]
