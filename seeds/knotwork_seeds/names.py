"""Names: drawn from the tables, and written the many ways people and programs write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_seeds.dice import Dice, Ints
from knotwork_seeds.name_tables import (
    FEMALE_GIVEN,
    FEMALE_MIDDLE,
    MALE_GIVEN,
    MALE_MIDDLE,
    OTHER_ORIGINS,
    VIETNAMESE_FAMILY,
)
from knotwork_seeds.text import Text, column, folded, joined, only, stacked, taken

PROPER, UPPER, PLAIN, UPPER_PLAIN, TYPO, SHORT, HONORIFIC, OTHER_D, LOWER_PLAIN = range(9)
STYLES = 9


@dataclass(frozen=True, slots=True)
class Table:
    """Names with weights, and each one without accents and with a typing error."""

    names: tuple[str, ...]
    weights: tuple[int, ...]

    def drawn(self, dice: Dice, index: Ints) -> Ints:
        """Which name, for each index."""
        return dice.pick(index, self.weights)


@lru_cache(maxsize=32)
def table(source: str) -> Table:
    """The names and weights of a table's text."""
    entries = [entry.strip() for line in source.strip().splitlines() for entry in line.split("|")]
    pairs = [entry.rsplit(" ", 1) if entry[-1].isdigit() else [entry, "1"] for entry in entries]
    return Table(tuple(name for name, _ in pairs), tuple(int(weight) for _, weight in pairs))


def misspelt(name: str) -> str:
    """The name with a typing error: two letters swapped in a long one, the last doubled in a short one."""
    return name[:-3] + name[-2] + name[-3] + name[-1] if len(name) > 3 else name + name[-1]


@dataclass(frozen=True, slots=True)
class Names:
    """What people are called: parts, and the full name in every style, style after style (`STYLES` of them)."""

    family: Text
    given: Text
    styled: Text
    mailbox: Text  # the name as the front of an e-mail address


@dataclass(frozen=True, slots=True)
class Kin:
    """Whom a name comes from: the person whose family name and the one whose given name each person bears (local)."""

    family: Ints
    given: Ints


def call(dice: Dice, origin: Ints, gender: Ints, kin: Kin) -> Names:
    """Everybody's names: consistent with origin and gender (1 is male), shared as `kin` says."""
    rows = len(origin)
    family = np.zeros(rows, dtype=np.int64)
    middle = np.full(rows, -1, dtype=np.int64)
    given = np.zeros(rows, dtype=np.int64)
    stores: dict[str, list[str]] = {"family": [], "middle": [], "given": []}
    for group, (families, middles, givens) in _tables().items():
        chosen = np.flatnonzero((origin == group[0]) & (gender == group[1]))
        family[chosen] = _base(stores["family"], families) + families.drawn(
            dice.of("family", group[0]), kin.family[chosen]
        )
        given[chosen] = _base(stores["given"], givens) + givens.drawn(dice.of("given", *group), kin.given[chosen])
        if middles is not None:
            middle[chosen] = _base(stores["middle"], middles) + middles.drawn(
                dice.of("middle", *group), kin.given[chosen]
            )
    parts = Parts(stores, family, middle, given, pa.array(np.isin(origin, _given_first())))
    return Names(parts.text("family"), parts.text("given"), _styled(parts, gender), _mailbox(parts, dice))


def _base(store: list[str], names: Table) -> int:
    start = len(store)
    store.extend(names.names)
    return start


def _tables() -> dict[tuple[int, int], tuple[Table, Table | None, Table]]:
    """(origin, gender) -> tables; origin 0 is Vietnamese."""
    tables: dict[tuple[int, int], tuple[Table, Table | None, Table]] = {
        (0, 0): (table(VIETNAMESE_FAMILY), table(FEMALE_MIDDLE), table(FEMALE_GIVEN)),
        (0, 1): (table(VIETNAMESE_FAMILY), table(MALE_MIDDLE), table(MALE_GIVEN)),
    }
    for number, (families, male, female, _) in enumerate(OTHER_ORIGINS, start=1):
        tables[number, 0] = (table(families), None, table(female))
        tables[number, 1] = (table(families), None, table(male))
    return tables


def _given_first() -> list[int]:
    return [number for number, origin in enumerate(OTHER_ORIGINS, start=1) if not origin[3]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The drawn parts of everybody's name, as indices into lists of texts."""

    stores: dict[str, list[str]]
    family: Ints
    middle: Ints
    given: Ints
    given_first: pa.BooleanArray

    def text(self, part: str, spelt: str = "as is") -> Text:
        """One part of everybody's name, as it is, plain (no accents) or misspelt."""
        spellings: dict[str, Callable[[str], str]] = {"as is": str, "plain": folded, "misspelt": misspelt}
        change = spellings[spelt]
        return taken(column([change(name) for name in self.stores[part]]), getattr(self, part))

    def full(self, spelt: str = "as is", given: str | None = None, *, middle: bool = True) -> Text:
        """Everybody's full name in the order of its language."""
        family, first = self.text("family", spelt), self.text("given", given or spelt)
        between = self.text("middle", spelt) if middle else pa.nulls(len(self.family), pa.string())
        return pc.if_else(
            self.given_first, joined(first, family, separator=" "), joined(family, between, first, separator=" ")
        )


def _styled(parts: Parts, gender: Ints) -> Text:
    proper, plain = parts.full(), parts.full("plain")
    title = taken(column(["Chị", "Anh"]), gender)
    return stacked(
        proper,
        pc.utf8_upper(proper),
        plain,
        pc.utf8_upper(plain),
        parts.full(given="misspelt"),
        parts.full(middle=False),
        joined(title, proper, separator=" "),
        pc.replace_substring(proper, "Đ", "Ð"),  # U+0110 written as U+00D0, as many lists have it
        pc.utf8_lower(plain),
    )


def _mailbox(parts: Parts, dice: Dice) -> Text:
    """Family and given name as people join them in an address; the caller adds a number."""
    family, given = (pc.replace_substring(parts.text(part, "plain"), " ", "") for part in ("family", "given"))
    initial = pc.utf8_slice_codeunits(parts.text("middle", "plain"), 0, 1)
    shape = dice.of("mailbox").pick(np.arange(len(parts.family)), [4, 3, 2, 2])
    shapes = [joined(given, family, separator="."), joined(family, initial, given), joined(given, initial), given]
    return pc.utf8_lower(pc.coalesce(*[only(text, shape == number) for number, text in enumerate(shapes)]))
