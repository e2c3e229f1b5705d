"""Masks for single values: enough is left to recognise what one knows, not enough to learn it."""

from __future__ import annotations

import re

EMAIL = re.compile(r"[^\s@:;,<>\"'()\[\]]+@[^\s@:;,<>\"'()\[\]]+")
PHONE = re.compile(r"(?<![\w.-])(?:\+|0|84)\d(?:[\s().-]?\d){6,13}(?![\w-])")  # others are as likely an order's number
DATE = re.compile(r"(?<!\d)(?:(\d{4})[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}))(?!\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PLAIN_PHONE = re.compile(r"\+84([1-9][0-9])[0-9]{5}([0-9]{2})")
"""What most numbers look like; they need not be taken apart, which takes a hundred times as long."""


def mask_email(text: str) -> str:
    """The first letters and the domain.

    >>> mask_email("nguyenlan@gmail.com"), mask_email("ab@x.vn"), mask_email("nobody")
    ('ng***@gmail.com', 'a***@x.vn', '***')
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or not local:
        return "***"
    return f"{local[: min(2, max(1, len(local) - 1))]}***@{domain}"


def mask_phone(text: str) -> str:
    """The country, the first two and the last two digits; a number that is none of any country keeps its last two.

    >>> mask_phone("+84901234521"), mask_phone("0901 234 521"), mask_phone("113")
    ('+84 90 *** **21', '+84 90 *** **21', '***')
    """
    plain = PLAIN_PHONE.fullmatch(text)
    return f"+84 {plain[1]} *** **{plain[2]}" if plain else any_phone(text)


def any_phone(text: str) -> str:
    """The same, by the rules of every country there is; 0.1 ms."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return "***"
    digits = str(number.national_number)
    if len(digits) < 7:
        return "***"
    return f"+{number.country_code} {digits[:2]} *** {'*' * (len(digits) - 7)}{digits[-2:]}"


def mask_name(text: str) -> str:
    """The initials.

    >>> mask_name("Nguyễn Thị Lan"), mask_name("đặng")
    ('N. T. L.', 'Đ.')
    """
    return " ".join(f"{part[0].upper()}." for part in text.split() if part[0].isalpha()) or "***"


def mask_date(text: str) -> str:
    """The year.

    >>> mask_date("1990-03-14"), mask_date("14/03/1990"), mask_date("?")
    ('1990', '1990', '***')
    """
    found = DATE.search(text)
    return (found[1] or found[2]) if found else "***"


def mask_address(text: str) -> str:
    """What follows the last comma, the province or country; a line without one is hidden.

    >>> mask_address("12 Trần Hưng Đạo, P. Bến Nghé, TP.HCM"), mask_address("12 Trần Hưng Đạo")
    ('***, TP.HCM', '***')
    """
    before, comma, last = text.rpartition(",")
    return f"***, {last.strip()}" if comma and before and not any(sign.isdigit() for sign in last) else "***"


def mask_text(text: str) -> str:
    """The text with every e-mail address and every number that could be a phone masked.

    >>> mask_text("shared: email:lan@x.vn seen with +84901234521 on 2026-03-01")
    'shared: email:la***@x.vn seen with +84 90 *** **21 on 2026-03-01'
    """
    # most texts hold neither, and that is soon seen: looking for an address takes longer the longer the words are
    plain = EMAIL.sub(lambda found: mask_email(found[0]), text) if "@" in text else text
    if "0" not in plain and "+" not in plain and "84" not in plain:  # with one of which each begins
        return plain
    return PHONE.sub(lambda found: found[0] if DAY.match(found[0]) else mask_phone(found[0]), plain)
