"""The forms in which values are compared: without case, marks and punctuation; dates as eight digits."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa

from knotwork_resolvers.match.records import Strings
from knotwork_resolvers.normalise.folding import folded as folded_all
from knotwork_resolvers.normalise.folding import folded_one
from knotwork_resolvers.normalise.name_tables import NICKNAMES

HONORIFICS = frozenset(
    re.findall(r"[a-z]+", "anh chi ong ba co chu bac em mr mrs ms miss mx dr prof sir madam herr frau monsieur madame")
)
NOBODY = frozenset(
    re.findall(
        r"[^|]+",
        "khach hang|khach le|khach vang lai|khach|nguoi dung|khong|khong co|khong ro|chua co|guest|customer|user|admin|"
        "test|tester|test test|no name|noname|not available|not provided|not given|na|n a|asdf|xxx|xx|x|abc|tbd|tba|"
        "missing|blank",
    )
)
"""What stands where nobody gave a value; agreeing on it says nothing."""
NO_DATES = frozenset({"19000101", "00010101", "19700101", "99991231", "19010101", "11111111", "18991230", "18991231"})
TONES = "\u0300\u0301\u0303\u0309\u0323"
FEW = 50
BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
ORDINAL = re.compile(r"\A([0-9]+)(?:st|nd|rd|th)\Z")
LONG_WORDS = {
    **{word: str(place + 1) for place, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"])},
    "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "blv": "boulevard",
    "rd": "road", "dr": "drive", "ln": "lane", "ct": "court", "pl": "place", "sq": "square", "hwy": "highway",
    "pkwy": "parkway", "cres": "crescent", "cct": "circuit", "tce": "terrace", "cl": "close", "apt": "apartment",
    "ste": "suite", "n": "north", "s": "south", "e": "east", "w": "west",
    "p": "phuong", "q": "quan", "tp": "thanh pho", "tt": "thi tran", "tx": "thi xa", "h": "huyen", "x": "xa",
    "hcm": "ho chi minh", "tphcm": "thanh pho ho chi minh", "hn": "ha noi",
}  # fmt: skip
SHORTEST_NUMBER = 7
Y_M_D = re.compile(r"\A\s*([0-9]{4})[-/. ]?([0-9]{1,2})[-/. ]?([0-9]{1,2})(?:[T ].*)?\Z")
D_M_Y = re.compile(r"\A\s*([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})\s*\Z")


def folded(values: Strings) -> Strings:
    """``values`` as ``normalise.folding`` has them; a few one by one: expressions cost more to prepare than to read."""
    if len(values) <= FEW:
        return pa.array([folded_one(text) for text in values.to_pylist()], pa.string())
    return folded_all(values)


def folded_address(values: Strings) -> Strings:
    """Folded addresses with one word for one thing: ``avenue`` for ``ave``, ``5`` for ``5th`` and for ``fifth``."""
    return pa.array([plain_address(text) for text in folded(values).to_pylist()], pa.string())


def plain_address(text: str) -> str:
    """A folded address with its usual short words written out.

    >>> plain_address("854 7th ave"), plain_address("854 seventh avenue"), plain_address("p 15 q 9 tp hcm")
    ('854 7 avenue', '854 7 avenue', 'phuong 15 quan 9 thanh pho ho chi minh')
    """
    return " ".join(ORDINAL.sub(r"\1", LONG_WORDS.get(word, word)) for word in text.split())


def folded_name(values: Strings) -> Strings:
    """Folded names without remarks in brackets and honorifics; the whole name where that would leave nothing."""
    bare = folded(pa.array([BRACKETS.sub(" ", text) for text in values.to_pylist()], pa.string()))
    whole = folded(values)
    pairs = zip(bare.to_pylist(), whole.to_pylist(), strict=True)
    return pa.array([without_honorific(one or other) for one, other in pairs], pa.string())


def without_honorific(text: str) -> str:
    """``text`` without a leading honorific, where something follows it.

    >>> without_honorific("chi lan anh"), without_honorific("anh")
    ('lan anh', 'anh')
    """
    first, _, rest = text.partition(" ")
    return rest if rest and first in HONORIFICS else text


def formal(text: str) -> str:
    """The words of a folded name in the order of the alphabet, short forms of given names in full.

    >>> formal("bob smith") == formal("smith robert")
    True
    """
    return " ".join(sorted(NICKNAMES.get(word, word) for word in text.split()))


def tones(text: str) -> str:
    """The tones of each word of a Vietnamese name, wherever in the word they stand; empty without any.

    >>> tones("Hoà") == tones("Hòa"), tones("Hoa")
    (True, '')
    """
    if text.isascii():
        return ""
    words = unicodedata.normalize("NFD", text).split()
    marked = ["".join(sorted(letter for letter in word if letter in TONES)) for word in words]
    return " ".join(marked) if any(marked) else ""


def digits_of_date(text: str) -> str:
    """A date as ``yyyymmdd``; empty for what is none, or stands where nobody knew.

    >>> digits_of_date("1971-06-24"), digits_of_date("24/6/1971"), digits_of_date("19000101"), digits_of_date("24/6/71")
    ('19710624', '19710624', '', '')
    """
    if found := Y_M_D.match(text):
        year, month, day = found.groups()
    elif found := D_M_Y.match(text):
        day, month, year = found.groups()
    else:
        return ""
    digits = f"{year}{int(month):02}{int(day):02}"
    return "" if digits in NO_DATES else digits


def digits_of_phone(text: str) -> str:
    """The digits of a number; empty where there are too few for one.

    >>> digits_of_phone("+84 912-345-678"), digits_of_phone("113")
    ('84912345678', '')
    """
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) >= SHORTEST_NUMBER else ""


def shown_digits(text: str) -> str:
    """The first two digits behind the zero and the last two of a number, of which a shop shows no more.

    >>> shown_digits("038*****80"), shown_digits("+84388123480"), shown_digits("12")
    ('38..80', '38..80', '')
    """
    plain = re.sub(r"\A(?:\+?84|0+)", "", re.sub(r"[ ().-]", "", text))
    first, last = re.match(r"[0-9]+", plain), re.search(r"[0-9]+\Z", plain)
    if not first or not last or len(plain) < SHORTEST_NUMBER or len(first[0]) < 2 or len(last[0]) < 2:
        return ""
    return f"{first[0][:2]}..{last[0][-2:]}"


def house_number(text: str) -> str:
    """The first word of a folded address that begins with a digit; empty without one.

    >>> house_number("so 12a ngo 5 tran phu")
    '12a'
    """
    return next((word for word in text.split() if word[0].isdigit()), "")
