"""Vietnam's provinces and districts, and what the reform of July 2025 made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from knotwork_resolvers.normalise.draft import Strings
from knotwork_resolvers.normalise.folding import folded

TABLE = Path(__file__).with_name("vietnam_places.txt")
SAIGON = "ho chi minh"
THU_DUC = ("2", "9", "thuduc")  # three districts that became one city in 2021

PREFIXES = ("", "thanhpho", "tinh", "tp", "t")

ALIASES = {
    "hcm": SAIGON,
    "hcmc": SAIGON,
    "saigon": SAIGON,
    "sg": SAIGON,
    "hochiminhcity": SAIGON,
    "hn": "ha noi",
    "hanoicity": "ha noi",
    "dn": "da nang",
    "brvt": "ba ria vung tau",
    "thuathienhue": "hue",
    "tthue": "hue",
    "daclac": "dak lak",
    "daknong": "dak nong",
    "dacnong": "dak nong",
    "baccan": "bac kan",
    "congtum": "kon tum",
}

# Ho Chi Minh City's wards that had numbers, and the ward that took most of each in 2025: facts of the resolution of
# that year. A number names no place without its district; "ban co" does.
NUMBERED_WARDS = {
    "3": "ban co: 1 2 3 4 5; nhieu loc: 9 11 12 14",
    "4": "vinh hoi: 1 2 3; xom chieu: 13 16 18; khanh hoi: 4 8 9 15",
    "5": "cho quan: 1 2 4; an dong: 5 7 9; cho lon: 11 12 13 14",
    "6": "binh tien: 1 7 8; binh tay: 2 9; binh phu: 10 11; phu lam: 12 13 14",
    "8": "phu dinh: 14 15 16; chanh hung: 4 5; binh dong: 6 7",
    "10": "vuon lai: 1 2 4 9 10; hoa hung: 12 13 15; dien hong: 6 8 14",
    "11": "minh phung: 1 7 16; binh thoi: 3 10; hoa binh: 5 14; phu tho: 8 11 15",
    "binhthanh": "gia dinh: 1 2 7 17; binh loi trung: 5 11 13; binh thanh: 12 14 26; thanh my tay: 19 22 25; "
    "binh quoi: 27 28",
    "govap": "hanh thong: 1 3; go vap: 10 17; thong tay hoi: 8 11; an hoi tay: 12 14; an hoi dong: 15 16; an nhon: 5 6",
    "phunhuan": "cau kieu: 1 2 7; duc nhuan: 4 5 9; phu nhuan: 8 10 11 13 15",
    "tanbinh": "tan son hoa: 1 2 3; bay hien: 10 11 12; tan binh: 13 14; tan son: 15; tan son nhat: 4 5 7; "
    "tan hoa: 6 8 9",
}


@dataclass(frozen=True, slots=True)
class Places:
    """``provinces``: by every name in one word, the old province; ``since_2025``; ``districts`` by old province."""

    provinces: Mapping[str, str]
    since_2025: Mapping[str, str]
    districts: Mapping[str, frozenset[str]]


@cache
def places() -> Places:
    """The table, read once, when it is first asked for."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = [[part.strip() for part in line.split("|")] for line in lines]
    named = {one_word(old): old for old, _, _ in rows}
    return Places(
        named | ALIASES,
        {old: new for old, new, _ in rows},
        {old: frozenset(names.split()) for old, _, names in rows},
    )


@cache
def districts_near(province: str) -> frozenset[str]:
    """The districts that an address with this old province may name: also those of its neighbours since 2025.

    Those of all provinces where none is named.
    """
    table = places()
    new = table.since_2025.get(province)
    return frozenset().union(*(table.districts[one] for one, to in table.since_2025.items() if new in (None, to)))


@cache
def numbered_wards() -> Mapping[tuple[str, str], str]:
    """The ward of 2025 by (district, number) of Ho Chi Minh City."""
    groups = ((district, group) for district, text in NUMBERED_WARDS.items() for group in text.split(";"))
    found: dict[tuple[str, str], str] = {}
    for district, group in groups:
        name, _, numbers = group.partition(":")
        found |= {(district, number): name.strip() for number in numbers.split()}
    return found


def one_word(name: str) -> str:
    """A folded name without blanks: as the table has districts, and as people write some."""
    return name.replace(" ", "")


def bare_province(words: list[str]) -> str:
    """The old province that folded words name, with or without "tinh" or "thanh pho" before them; empty for none."""
    known, name = places().provinces, "".join(words)
    for prefix in PREFIXES:
        if name.startswith(prefix) and name[len(prefix) :] in known:
            return known[name[len(prefix) :]]
    return ""


@cache
def province_ends() -> frozenset[str]:
    """All that the last word of what ``bare_province`` knows may be."""
    wholes = (prefix + name for name in places().provinces for prefix in PREFIXES)
    return frozenset(whole[start:] for whole in wholes for start in range(len(whole)))


def province_2025(values: Any) -> Strings:
    """The province of today for each text that names one, old or new, folded; other texts folded as they are.

    >>> province_2025(pa.array(["Tỉnh Bình Dương", "TP.HCM", "Bavaria"])).to_pylist()
    ['ho chi minh', 'ho chi minh', 'bavaria']
    """
    encoded = folded(values).dictionary_encode()
    found = [today(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(found, pa.string()).take(encoded.indices)


def today(text: str) -> str:
    """The same for one folded text."""
    old = bare_province(text.split())
    return places().since_2025[old] if old else text


def ward_2025(ward: str, district: str, province: str) -> str:
    """A ward (folded, without its prefix) as it is called today, where it had a number in Ho Chi Minh City."""
    if province != SAIGON or not ward.isdigit():
        return ward
    return numbered_wards().get((one_word(district), ward.lstrip("0")), ward)


def district_today(district: str, province: str) -> str:
    """A district (folded, without its prefix) under the name that its last addresses had."""
    return "thu duc" if province == SAIGON and one_word(district) in THU_DUC else district
