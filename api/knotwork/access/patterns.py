"""Masks for single values: enough is left to recognise what one knows, not enough to learn it."""

from __future__ import annotations

import re
from functools import cache

EMAIL = re.compile(r"[^\s@:;,<>\"'()\[\]]+@[^\s@:;,<>\"'()\[\]]+")
PHONE = re.compile(r"(?<![\w.-])(?:\+|0|84)\d(?:[\s().-]?\d){6,13}(?![\w-])")  # others are as likely an order's number
DATE = re.compile(r"(?<!\d)(?:(\d{4})[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}))(?!\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
NEVER = r"(?!)"
TOO_LONG = re.compile(r"(?!00|84)[0-9]{19,}|[0-9]{23,}")
"""More digits than any country has, as the ids of a messenger are that may be a phone as well."""
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
    """The same, by the rules of every country there is."""
    if TOO_LONG.fullmatch(text):
        return "***"
    code, national = (_international(text) if INTERNATIONAL.fullmatch(text) else None) or _parsed(text)
    digits = str(national)
    if len(digits) < 7:
        return "***"
    return f"+{code} {digits[:2]} *** {'*' * (len(digits) - 7)}{digits[-2:]}"


def _parsed(text: str) -> tuple[int, int]:
    """The country's code and the number at home, 0 for what is none; 0.1 ms."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return 0, 0
    return number.country_code or 0, number.national_number or 0


def _international(text: str) -> tuple[int, int] | None:
    """The same in a fiftieth of the time, where the number begins with nothing that its country may take away."""
    for width in (1, 2, 3):  # no code of a country begins with another
        code, national = int(text[1 : width + 1]), text[width + 1 :]
        trunk = _trunk(code)
        if trunk is not None:
            return None if trunk.match(national) else (code, int(national))
    return None


@cache
def _trunk(code: int) -> re.Pattern[str] | None:
    """What may stand before a number in the country of this code; None where there is no such country."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(code)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return None if metadata is None else re.compile(metadata.national_prefix_for_parsing or NEVER)


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
