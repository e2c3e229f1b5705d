"""The forms in which values are compared: without case, marks and punctuation; dates as eight digits."""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa

from knotwork_resolvers.match.records import Strings
from knotwork_resolvers.normalise.addresses import compared, parse_address
from knotwork_resolvers.normalise.folding import folded as folded_all
from knotwork_resolvers.normalise.folding import folded_one
from knotwork_resolvers.normalise.masks import masked_phone
from knotwork_resolvers.normalise.name_tables import NICKNAMES
from knotwork_resolvers.normalise.places import bare_province, province_ends

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
ENDING = frozenset({"vietnam", "nam", "vn"})
LONGEST_PROVINCE = 5  # words: "tinh ba ria vung tau"
MONTHS = 12
SHORTEST_NUMBER = 7
END = "\x1e"
"""Before a number of which the end is asked for."""
SEPARATORS, BEFORE = re.compile(r"[ ().-]"), re.compile(r"\A(?:\+?84|0+)")
LAST_FOUR = re.compile(r"[0-9]{4}\Z")
Y_M_D = re.compile(r"\A\s*([0-9]{4})[-/. ]?([0-9]{1,2})[-/. ]?([0-9]{1,2})(?:[T ].*)?\Z")
D_M_Y = re.compile(r"\A\s*([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})\s*\Z")


def folded(values: Strings) -> Strings:
    """``values`` as ``normalise.folding`` has them; a few one by one: expressions cost more to prepare than to read."""
    if len(values) <= FEW:
        return pa.array([folded_one(text) for text in values.to_pylist()], pa.string())
    return folded_all(values)


def folded_address(values: Strings) -> Strings:
    """Folded addresses with one word for one thing: ``avenue`` for ``ave``, ``5`` for ``5th`` and for ``fifth``.

    Those in Vietnam without the words for kinds of places, with ward and province as they are called since 2025.
    """
    pairs = zip(values.to_pylist(), folded(values).to_pylist(), strict=True)
    return pa.array([vietnamese_address(text) if in_vietnam(flat) else plain_address(flat) for text, flat in pairs])


def in_vietnam(flat: str) -> bool:
    """Whether a folded address ends with the name of a province of Vietnam and says more than that.

    >>> in_vietnam("12 le loi phuong ben thanh tp hcm"), in_vietnam("ha noi"), in_vietnam("12 le loi street")
    (True, False, False)
    """
    words = flat.split()
    if words and words[-1] in ENDING:
        words = words[:-1]
    if not words or words[-1] not in province_ends():  # as nearly everywhere else
        return False
    return any(bare_province(words[-size:]) for size in range(1, min(LONGEST_PROVINCE, len(words) - 1) + 1))


def vietnamese_address(text: str) -> str:
    """An address in Vietnam in one form: number, street, ward, district, province, then the rest.

    >>> vietnamese_address("số 5 ngõ 12 Trần Phú, P. Bến Thành, Q.1, TP.HCM")
    '12/5 tran phu ben thanh 1 ho chi minh'
    """
    one = compared(parse_address(text))
    parts = (one.housenumber, one.street, one.ward, one.district, one.province, one.rest)
    return " ".join(part for part in parts if part)


def plain_address(text: str) -> str:
    """A folded address with its usual short words written out.

    >>> plain_address("854 7th ave"), plain_address("854 seventh avenue"), plain_address("p 15 q 9 tp hcm")
    ('854 7 avenue', '854 7 avenue', 'phuong 15 quan 9 thanh pho ho chi minh')
    """
    return " ".join(map(plain_word, text.split()))


def plain_word(word: str) -> str:
    """One word of an address in the form in which words are compared.

    >>> plain_word("7th"), plain_word("seventh"), plain_word("ave")
    ('7', '7', 'avenue')
    """
    full = LONG_WORDS.get(word, word)
    return ORDINAL.sub(r"\1", full) if full[:1].isdigit() else full


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

    Neither remarks in brackets nor a leading honorific count, as in ``folded_name``.

    >>> tones("Hoà") == tones("Hòa"), tones("Hoa"), tones("Bà Trần Hoà (Zalo)") == tones("Trần Hòa")
    (True, '', True)
    """
    if text.isascii():
        return ""
    words = unicodedata.normalize("NFD", BRACKETS.sub(" ", text)).split()
    if len(words) > 1 and folded_one(words[0]) in HONORIFICS:
        words = words[1:]
    marked = ["".join(sorted(letter for letter in word if letter in TONES)) for word in words]
    return " ".join(marked) if any(marked) else ""


def digits_of_date(text: str) -> str:
    """A date as ``yyyymmdd``; empty for what is none, or stands where nobody knew.

    Days that are none are kept: a typing error in a birth date is compared like any other.

    >>> digits_of_date("1971-06-24"), digits_of_date("24/6/1971"), digits_of_date("19000101"), digits_of_date("24/6/71")
    ('19710624', '19710624', '', '')
    """
    if found := Y_M_D.match(text):
        year, month, day = found.groups()
    elif found := D_M_Y.match(text):
        day, month, year = found.groups()
        if int(month) > MONTHS >= int(day):
            day, month = month, day
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

    Behind ``END`` the last four, of which another shop shows no more; empty where less is shown.

    >>> shown_digits("038*****80"), shown_digits("+84388123480"), shown_digits("12")
    ('38..80', '38..80', '')
    >>> shown_digits("09xxxx1234"), shown_digits(END + "09xxxx1234"), shown_digits(END + "+84908881234")
    ('', '..1234', '..1234')
    """
    if text.startswith(END):
        last = LAST_FOUR.search(SEPARATORS.sub("", text))
        return f"..{last[0]}" if last and len(text) > SHORTEST_NUMBER else ""
    hidden = masked_phone(text)  # with old prefixes as they are dialled today
    written = f"{hidden.head}*****{hidden.tail}" if hidden.digits else text
    plain = BEFORE.sub("", SEPARATORS.sub("", written))
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
