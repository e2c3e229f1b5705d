"""Phone numbers: unique, valid, and written the many ways people write them; old mobile prefixes among them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow.compute as pc

from knotwork_seeds.dice import Dice, Ints, shuffled
from knotwork_seeds.text import Text, beside, column, digits, joined, taken

# prefixes since 2018, each with the four-digit one it had before, if it had one
PREFIXES = (
    ("32", "162"), ("33", "163"), ("34", "164"), ("35", "165"), ("36", "166"), ("37", "167"), ("38", "168"),
    ("39", "169"), ("70", "120"), ("79", "121"), ("77", "122"), ("76", "126"), ("78", "128"), ("83", "123"),
    ("84", "124"), ("85", "125"), ("81", "127"), ("82", "129"), ("56", "186"), ("58", "188"), ("59", "199"),
    ("86", ""), ("88", ""), ("87", ""), ("90", ""), ("91", ""), ("92", ""), ("93", ""), ("94", ""), ("96", ""),
    ("97", ""), ("98", ""),
)  # fmt: skip
LOCAL, SPACED, COUNTRY, COUNTRY_DASHED, BARE_COUNTRY, DOTTED, OLD_PREFIX = range(7)
STYLES = 7
_FOREIGN = ("+8210", "+336")  # made numbers of Korea and France, eight digits each


def numbered(root: Dice, person: Ints, slot: int) -> Ints:
    """A number for each person of the whole population, unique; each person has two slots."""
    return shuffled(person * 2 + slot, (len(PREFIXES) * 1000, 10_000), root.of("phone"))


@lru_cache(maxsize=1)
def _prefixes() -> tuple[Text, Text]:
    return column([new for new, _ in PREFIXES]), column([old or new for new, old in PREFIXES])


def abroad(root: Dice, person: Ints, slot: int, origin: Ints) -> Text:
    """A foreign number in international form for each person; unique up to 30 million people."""
    tail = 20_000_000 + shuffled(person * 2 + slot, (6_000, 10_000), root.of("abroad"))
    return joined(taken(column(_FOREIGN), origin % 2), beside(digits(tail, 8)))


def styled(numbers: Ints) -> tuple[Text, list[Text]]:
    """Vietnamese numbers in E.164, then in every style of writing."""
    prefix, (new, old) = numbers // 10_000_000, _prefixes()
    last = numbers % 10_000_000
    three, two, end = digits(last // 10_000, 3), digits(last // 100 % 100, 2), digits(last % 100, 2)
    head, body = taken(new, prefix), beside(three, two, end)
    first, second, third = three[:, :1], np.hstack([three[:, 1:], two[:, :1]]), np.hstack([two[:, 1:], end])
    spaced, dashed, dotted = (beside(first, mark, second, mark, third) for mark in " -.")
    international = joined("+84", head, body)
    return international, [
        joined("0", head, body),
        joined("0", head, spaced),
        international,
        joined("+84 ", head, dashed),
        joined("84", head, body),
        joined("0", head, dotted),
        joined("0", taken(old, prefix), body),
    ]


def masked(local: Text) -> Text:
    """A number as marketplaces show it, `03*****321`: a trait, never an identifier."""
    return joined(pc.utf8_slice_codeunits(local, 0, 2), "*****", pc.utf8_slice_codeunits(local, -3))
