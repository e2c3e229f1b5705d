"""Telephone numbers with digits hidden, as marketplaces send them: traits for matching, never identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from knotwork_resolvers.normalise.vietnam import COUNTRY, MOBILE_2018

HIDING = "*•●xX#"
LEAST_SHOWN = 3  # digits: with fewer, one number in a hundred agrees by chance
LEAST_DIGITS, MOST_DIGITS = 9, 15
OLD_LENGTH = 11  # of a mobile number within Vietnam before 2018, with its zero
REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class MaskedPhone:
    """What is shown of a number: ``head`` and ``tail``, and how many ``digits`` (with the country's) it has in all."""

    head: str = ""
    tail: str = ""
    digits: int = 0


@lru_cache(maxsize=REMEMBERED)
def masked_phone(text: str) -> MaskedPhone:
    """What one masked number shows, as it is dialled today; numbers without their country are Vietnam's.

    >>> masked_phone("038*****80")
    MaskedPhone(head='+8438', tail='80', digits=11)
    """
    plain = "".join("*" if one in HIDING else one for one in text if one.isdigit() or one in HIDING + "+")
    if "*" not in plain or not plain.isascii() or sum(map(str.isdigit, plain)) < LEAST_SHOWN:
        return MaskedPhone()
    whole = with_country(plain)
    head, tail = whole[: whole.index("*")], whole[whole.rindex("*") + 1 :]
    digits = len(whole) - whole.startswith("+")
    return MaskedPhone(head, tail, digits) if LEAST_DIGITS <= digits <= MOST_DIGITS else MaskedPhone()


def with_country(plain: str) -> str:
    """Digits and stars with the country's code before them; old mobile prefixes that are shown become today's."""
    if plain.startswith(("+", "00")):
        return "+" + plain.lstrip("+0")
    if plain.startswith("0"):
        old = MOBILE_2018.get(plain[1:4]) if len(plain) == OLD_LENGTH else None
        return f"+{COUNTRY}{old}{plain[4:]}" if old else f"+{COUNTRY}{plain[1:]}"
    return plain if plain.startswith("*") else f"+{plain}"
