"""Traits as events carry them: ready pieces of JSON for each person in each style of writing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_seeds.chunk import Chunk
from knotwork_seeds.dice import Dice, Ints
from knotwork_seeds.names import Names
from knotwork_seeds.people import People
from knotwork_seeds.places import Addresses, home_numbers, locate
from knotwork_seeds.text import Text, column, decimal, joined, stacked, taken

# how each kind of source writes names: weights of the styles in `names`
CLEAN, TYPED, SHOUTED = (80, 4, 6, 0, 3, 2, 1, 4, 0), (44, 8, 20, 4, 8, 5, 3, 3, 5), (8, 30, 14, 34, 6, 2, 2, 2, 2)
DATES_OF_RECORDS, DATES_OF_FORMS = (88, 8, 4), (40, 56, 4)  # weights of a birth date's styles
LINES = (40, 22, 20, 8, 10)  # weights of the styles in `places`


@dataclass(frozen=True, slots=True)
class Profile:
    """Everybody's traits. Each method gives one piece of JSON a row, without braces; -1 for a person gives nothing."""

    names: Names
    homes: Addresses
    gender: Ints
    birth: Ints

    def name(self, dice: Dice, person: Ints, index: Ints, weights: tuple[int, ...]) -> Text:
        """`"name"` in a style drawn with these weights."""
        style = dice.of("name style").pick(index, weights)
        return piece("name", taken(self.names.styled, np.where(person >= 0, style * len(self.gender) + person, -1)))

    def parts(self, person: Ints) -> Text:
        """`"given_name"` and `"family_name"`."""
        return joined(
            piece("given_name", taken(self.names.given, person)),
            ",",
            piece("family_name", taken(self.names.family, person)),
        )

    def address(self, dice: Dice, home: Ints, index: Ints) -> Text:
        """`"address"` in one line, in a style drawn for each row."""
        style = dice.of("address style").pick(index, LINES)
        return piece("address", taken(self.homes.line, np.where(home >= 0, style * len(self.homes.street) + home, -1)))

    def fields(self, home: Ints) -> Text:
        """`"street"`, `"ward"`, `"province"` and `"country"`, as of today."""
        texts = [piece(kind, taken(getattr(self.homes, kind), home)) for kind in ("street", "ward", "province")]
        return joined(*texts, '"country":"VN"', separator=",")

    def old_fields(self, home: Ints) -> Text:
        """The same with a district, as it was before July 2025."""
        pairs = (("street", "street"), ("ward", "old_ward"), ("district", "old_district"), ("province", "old_province"))
        return joined(
            *[piece(kind, taken(getattr(self.homes, part), home)) for kind, part in pairs],
            '"country":"VN"',
            separator=",",
        )

    def born(self, dice: Dice, person: Ints, index: Ints, weights: tuple[int, ...]) -> Text:
        """`"birth_date"`: year first, day first, or with day and month swapped, drawn with these weights."""
        style = dice.of("birth style").pick(index, weights)
        dates = stacked(*_written(self.birth))
        return piece("birth_date", taken(dates, style * len(self.birth) + person))

    def sex(self, person: Ints, words: tuple[str, str] = ("F", "M")) -> Text:
        """`"gender"` in these words."""
        return piece("gender", taken(column(words), self.gender[person]))


def _written(days: Ints) -> tuple[Text, Text, Text]:
    """Days as 1990-04-07, as 07/04/1990, and as 1990-07-04 by mistake, where that is a date at all."""
    iso = pa.array(days.astype(np.int32)).cast(pa.date32()).cast(pa.string())
    year, month, day = (pc.utf8_slice_codeunits(iso, *part) for part in ((0, 4), (5, 7), (8, 10)))
    swapped = joined(year, day, month, separator="-")
    return iso, joined(day, month, year, separator="/"), pc.if_else(pc.less_equal(day, "12"), swapped, iso)


def describe(chunk: Chunk, people: People, names: Names) -> Profile:
    """The traits of the chunk's people."""
    homes = int(people.homes.number[-1]) + 1
    numbers = home_numbers(np.repeat(np.arange(homes), 2), np.tile([0, 1], homes))
    return Profile(names, locate(chunk.dice.of("homes"), numbers), people.homes.gender, people.homes.birth)


def braces(*pieces: Text) -> Text:
    """The pieces of each row as one JSON object; nothing where every piece is absent."""
    inside = joined(*pieces, separator=",")
    return pc.if_else(pc.equal(inside, ""), pa.scalar(None, pa.string()), joined("{", inside, "}"))


def addresses_on_the_net(dice: Dice, households: Ints) -> Text:
    """`"ip"` of each household, from the ranges kept for documentation (RFC 5737)."""
    net = taken(column(["192.0.2.", "198.51.100.", "203.0.113."]), dice.below(households, 3))
    return piece("ip", joined(net, decimal(1 + dice.of("host").below(households, 254))))


def piece(key: str, text: Text) -> Text:
    """The key with its text; absent where the text is."""
    return pc.binary_join_element_wise(f'"{key}":"', text, '"', "")
