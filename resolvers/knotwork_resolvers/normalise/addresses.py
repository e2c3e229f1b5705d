"""Postal addresses in parts: Vietnamese ones with and without commas, others by their number and street."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pyarrow as pa

from knotwork_resolvers.normalise.address_words import (
    BELOW_WARD,
    COUNTRY,
    DISTRICT,
    ESTATES,
    HAMLETS,
    LANES,
    NUMBER,
    SHORT_WORDS,
    STREET,
    VENUES,
    WARD,
)
from knotwork_resolvers.normalise.draft import Strings, as_strings
from knotwork_resolvers.normalise.folding import folded_one
from knotwork_resolvers.normalise.places import (
    bare_province,
    district_today,
    districts_near,
    today,
    ward_2025,
)

SEGMENTS = re.compile(r"[,;|\n\r]+|\s[-–—]\s")
GLUED = re.compile(r"\b(tp|tx|tt|kp|p|q|x|h|đ|d|t)\.\s*(?=\w)", re.IGNORECASE)
NUMBERED = re.compile(r"\b([pq])(\d{1,2})\b", re.IGNORECASE)
HOUSE = re.compile(r"(?:\d+[a-z]?|[kh]\d+[a-z]?)(?:[/-]\d+[a-z]?)*\Z", re.IGNORECASE)
Prefixes = frozenset[tuple[str, ...]]
POSTCODE = re.compile(r"\d{5,6}\Z")
LONGEST_PREFIX = 3  # words: "to dan pho"
LONGEST_NAME = 6  # words: "thanh pho phan rang thap cham"
LONGEST = 400  # characters; a text longer than this is no address
REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of one address as they were written; empty where it has none. ``rest`` is what is none of them."""

    housenumber: str = ""
    street: str = ""
    ward: str = ""
    district: str = ""
    province: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class AddressParts:
    """Arrow string arrays, a row for each address, in the form in which they are compared.

    Folded, without the words before them, short forms written out; ``province`` and, where it had a number, ``ward``
    as they are called since 2025; lanes before the number (``12/5`` for number 5 in lane 12).
    """

    housenumber: Strings
    street: Strings
    ward: Strings
    district: Strings
    province: Strings
    rest: Strings


def address_parts(values: Any) -> AddressParts:
    """The parts of each address (nulls are empty), to be compared. About 50 microseconds a distinct address."""
    encoded = as_strings(values).dictionary_encode()
    found = [compared(parse_address(text)) for text in encoded.dictionary.to_pylist()]

    def column(part: Callable[[Address], str]) -> Strings:
        return pa.array([part(one) for one in found], pa.string()).take(encoded.indices)

    return AddressParts(
        column(lambda one: one.housenumber),
        column(lambda one: one.street),
        column(lambda one: one.ward),
        column(lambda one: one.district),
        column(lambda one: one.province),
        column(lambda one: one.rest),
    )


@lru_cache(maxsize=REMEMBERED)
def parse_address(text: str) -> Address:
    """One address in parts, as they were written.

    >>> parse_address("144 Xuân thuỷ, Dịch Vọng Hậu, Cầu Giấy, Hà Nội").ward
    'Dịch Vọng Hậu'
    >>> parse_address("23 nguyen van linh da nang").province
    'da nang'
    """
    segments = segments_of(text)
    province, segments = take_province(segments)
    district, segments = take_district(segments, bare_province(plain(province)))
    ward, segments = take_ward(segments, known=bool(province or district))
    rest, segments = without_estate(segments)
    if rest and not ward and len(rest) > 3:
        rest, ward = rest[:-2], rest[-2:]
    return replace(
        street_of(segments, rest), ward=" ".join(ward), district=" ".join(district), province=" ".join(province)
    )


def segments_of(text: str) -> list[list[str]]:
    """The words of each part between commas, country and postcode left out; nothing for what is too long."""
    if len(text) > LONGEST:
        return []
    wide = NUMBERED.sub(r"\1 \2", GLUED.sub(r"\1 ", unicodedata.normalize("NFKC", text)))
    found = [part.split() for part in SEGMENTS.split(wide)]
    found = [part for part in found if any(map(folded_one, part))]
    while found and (" ".join(plain(found[-1])) in COUNTRY or POSTCODE.match(found[-1][-1])):
        found = kept([*found[:-1], found[-1][:-1] if POSTCODE.match(found[-1][-1]) else []])
    if found and plain(found[-1])[-1] in COUNTRY:
        found = kept([*found[:-1], found[-1][:-1]])
    return found


def kept(segments: list[list[str]]) -> list[list[str]]:
    """``segments`` without empty ones."""
    return [part for part in segments if part]


def plain(words: list[str]) -> list[str]:
    """The words folded."""
    return [folded_one(word) for word in words]


def take_province(segments: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The words that name a province at the end, and the other segments."""
    if len(segments) > 1 and bare_province(plain(segments[-2] + segments[-1])):
        return segments[-2] + segments[-1], segments[:-2]
    return take_end(segments, lambda words: bool(bare_province(words)))


def take_district(segments: list[list[str]], province: str) -> tuple[list[str], list[list[str]]]:
    """The words that name a district at the end, and the other segments.

    Without commas and without a province, only words that say that they are a district are taken for one.
    """
    known = districts_near(province)
    if len(segments) > 1 and begins(plain(segments[-1]), DISTRICT):
        return segments[-1], segments[:-1]
    loose = bool(province) or len(segments) > 1
    return take_end(segments, lambda words: is_district(words, known, loose=loose))


def is_district(words: list[str], known: frozenset[str], *, loose: bool) -> bool:
    """Whether folded words name a district that is ``known``; one with a number needs its prefix."""
    size = begins(words, DISTRICT)
    name = "".join(words[size:])
    return name.lstrip("0") in known and (size > 0 or (loose and not name.isdigit()))


def take_end(segments: list[list[str]], named: Callable[[list[str]], bool]) -> tuple[list[str], list[list[str]]]:
    """The longest end of the last segment that is ``named``, where what stays before it can be the rest."""
    if not segments:
        return [], segments
    last = segments[-1]
    words = plain(last)
    for start in range(max(0, len(last) - LONGEST_NAME), len(last)):
        if named(words[start:]) and may_precede(words[:start], alone=len(segments) == 1):
            return last[start:], kept([*segments[:-1], last[:start]])
    return [], segments


def may_precede(words: list[str], *, alone: bool) -> bool:
    """Whether ``words`` may stand before a province or district: nothing, a ward, or in one segment a street."""
    if not words:
        return True
    if ends(words, WARD | STREET):
        return False
    return any(word.isalpha() for word in words) if alone else bool(begins(words, WARD))


def take_ward(segments: list[list[str]], *, known: bool) -> tuple[list[str], list[list[str]]]:
    """The words that name a ward at the end: those that say so, or (in an address ``known`` to be one) a whole part."""
    if not segments:
        return [], segments
    last = segments[-1]
    words = plain(last)
    for start in (0, *range(len(words) - 1, 0, -1)):
        if is_ward(words[start:]):
            return last[start:], kept([*segments[:-1], last[:start]])
    whole = len(segments) > 1 and known and not is_below(words) and not HOUSE.match(last[0])
    return (last, segments[:-1]) if whole else ([], segments)


def is_ward(words: list[str]) -> bool:
    """Whether folded words begin with a ward's prefix and go on; "xa lo" is a highway."""
    return begins(words, WARD) > 0 and words[:2] != ["xa", "lo"]


def is_below(words: list[str]) -> bool:
    """Whether folded words name what lies within a ward: a hamlet, or a group with its number."""
    if (words[0],) in HAMLETS:
        return True
    return begins(words, BELOW_WARD) > 0 and words[begins(words, BELOW_WARD)][0].isdigit()


def without_estate(segments: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The words from the name of an estate on, where one stands behind a street, and the segments without them."""
    for number, part in enumerate(segments):
        words = plain(part)
        for start in range(1, len(words)):
            if begins(words[start:], ESTATES):
                return part[start:], [*segments[:number], part[:start], *segments[number + 1 :]]
    return [], segments


def street_of(segments: list[list[str]], rest: list[str]) -> Address:
    """House number and street of the segments that are left, the first that has a number or else the first street."""
    if not segments:
        return Address(rest=" ".join(rest))
    numbered = [number for number, part in enumerate(segments) if house_at(part) >= 0]
    chosen = numbered[0] if numbered else 0
    part = segments[chosen]
    others = [word for number, words in enumerate(segments) if number != chosen for word in words]
    start = house_at(part)
    if start < 0:
        venue = begins(plain(part), VENUES) > 0 or is_below(plain(part))
        return Address(street="" if venue else " ".join(part), rest=" ".join(others + rest + (part if venue else [])))
    end = start
    while end < len(part) and (HOUSE.match(part[end]) or (end + 1 < len(part) and is_lane(part, end))):
        end += 1
    before = [] if tuple(plain(part[:start])) in NUMBER else part[:start]
    return Address(" ".join(part[start:end]), " ".join(part[end:]), rest=" ".join(before + others + rest))


def house_at(words: list[str]) -> int:
    """Where the house number stands: at the start, behind "số", or behind the name of a building; else -1."""
    flat = plain(words)
    skip = begins(flat, NUMBER)
    if skip < len(words) and HOUSE.match(words[skip]):
        return skip
    if begins(flat, VENUES) and not begins(flat, STREET):
        return next((place for place, word in enumerate(words) if place and HOUSE.match(word)), -1)
    return -1


def is_lane(words: list[str], place: int) -> bool:
    """Whether a lane and its number stand at ``place``."""
    return (folded_one(words[place]),) in LANES and bool(HOUSE.match(words[place + 1]))


def begins(words: list[str], prefixes: Prefixes) -> int:
    """How many words the prefix takes that ``words`` begin with and go on after; 0 for none."""
    for size in range(min(LONGEST_PREFIX, len(words) - 1), 0, -1):
        if tuple(words[:size]) in prefixes:
            return size
    return 0


def ends(words: list[str], prefixes: Prefixes) -> bool:
    """Whether ``words`` end with one of the prefixes."""
    return any(tuple(words[-size:]) in prefixes for size in range(1, LONGEST_PREFIX + 1))


def compared(address: Address) -> Address:
    """An address as written in the form in which it is compared."""
    ward, district, province = place_form(address.ward, address.district, address.province)
    street, rest = written_out(without_prefix(address.street, STREET)), written_out(folded_one(address.rest))
    return Address(house_form(address.housenumber), street, ward, district, province, rest)


@lru_cache(maxsize=REMEMBERED)
def place_form(ward: str, district: str, province: str) -> tuple[str, str, str]:
    """Ward, district and province without the words before them, as they are called today."""
    old = bare_province(plain(province.split()))
    name = without_prefix(district, DISTRICT)
    now = today(old) if old else folded_one(province)
    return ward_2025(without_prefix(ward, WARD), name, old), district_today(name, old), now


def without_prefix(text: str, prefixes: Prefixes) -> str:
    """``text`` folded, without the one prefix that it begins with; a street that is only numbered keeps its word."""
    words = folded_one(text).split()
    size = begins(words, prefixes)
    bare = words[size:]
    return " ".join(words if bare[:1] == ["so"] else bare).lstrip("0")


def written_out(text: str) -> str:
    """Folded words with their short forms written out."""
    return " ".join(SHORT_WORDS.get(word, word) for word in text.split())


def house_form(number: str) -> str:
    """A house number with lanes before it: ``12/5`` for "5 ngõ 12", and ``448/20/2`` for "K448 H20/2"."""
    house: list[str] = []
    lanes: list[str] = []
    into = house
    for word in plain(number.split()):
        if (word,) in LANES:
            into = lanes
        else:
            into.append(word)
            into = house
    return "/".join(word.lstrip("kh").replace(" ", "/") for word in [*lanes[::-1], *house])
