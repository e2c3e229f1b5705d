"""Addresses: a house in a ward, as it was called before July 2025 and as it is called now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc

from knotwork_seeds.dice import Dice, Ints
from knotwork_seeds.place_tables import STREETS, WARDS
from knotwork_seeds.text import Text, column, decimal, folded, joined, stacked, taken

NEW, OLD, PLAIN, UPPER_PLAIN, SHORT = range(5)
STYLES = 5


@lru_cache(maxsize=1)
def _wards() -> list[list[str]]:
    """weight, province, ward, old province, old district, old ward: a list of each."""
    rows = [line.split("|") for line in WARDS.strip().splitlines()]
    return [list(row) for row in zip(*rows, strict=True)]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where homes are: `line` holds every style, style after style; the parts are those of the present day."""

    ward_number: Ints
    street: Text
    ward: Text
    province: Text
    old_ward: Text
    old_district: Text
    old_province: Text
    line: Text


def locate(dice: Dice, homes: Ints) -> Addresses:
    """An address for each home; the same home has the same address."""
    weights, province, ward, old_province, old_district, old_ward = _wards()
    place = dice.of("ward").pick(homes, [int(weight) for weight in weights])
    number = decimal(1 + dice.of("number").below(homes, 400))
    road = dice.of("street").below(homes, len(STREETS))
    named = [taken(column(part), place) for part in (ward, province, old_ward, old_district, old_province)]
    street = joined(number, taken(column(STREETS), road), separator=" ")
    ward, now, before, district, once = named
    return Addresses(place, street, ward, now, before, district, once, _lines(street, named, number, road))


def _lines(street: Text, named: list[Text], number: Text, road: Ints) -> Text:
    ward, province, old_ward, old_district, old_province = named
    old = joined(street, old_ward, old_district, old_province, separator=", ")
    bare = [_plain(part) for part in (old_ward, old_district, old_province)]
    plain = joined(number, taken(column([folded(s) for s in STREETS]), road), separator=" ")
    plain = joined(plain, *bare, separator=", ")
    return stacked(joined(street, ward, province, separator=", "), old, plain, pc.utf8_upper(plain), _shortened(old))


def _plain(part: Text) -> Text:
    """The column without accents: each of its few distinct texts is folded once."""
    encoded = pc.dictionary_encode(part)
    return column([folded(text.as_py()) for text in encoded.dictionary]).take(encoded.indices)


def _shortened(line: Text) -> Text:
    for long, short in (("Thành phố Hồ Chí Minh", "TP.HCM"), ("Thành phố ", "TP "), ("Phường ", "P."), ("Quận ", "Q.")):
        line = pc.replace_substring(line, long, short)
    return line


def home_numbers(household: Ints, moved: Ints) -> Ints:
    """A number for each home: two for each household, before and after a move."""
    return np.asarray(household * 2 + moved, dtype=np.int64)
