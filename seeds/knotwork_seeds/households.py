"""Households: who lives with whom, in which role, of which sex and age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from knotwork_seeds.dice import Dice, Flags, Ints

HEAD, PARTNER, CHILD = 0, 1, 2
SIZES = (34, 30, 20, 16)  # households of one, two, three and four people, in percent
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Households:
    """Everybody's household, role, and what follows from it. People are numbered within their chunk, -1 is nobody.

    `birth` is in days since 1970-01-01; `gender` is 1 for male; `origin` 0 is Vietnamese.
    """

    number: Ints
    head: Ints
    role: Ints
    size: Ints
    gender: Ints
    origin: Ints
    birth: Ints

    @property
    def father(self) -> Ints:
        """The father of each child in a household with a man in it."""
        there = (self.role >= CHILD).nonzero()[0]
        father = np.full(len(self.role), -1, dtype=np.int64)
        father[there] = self.head[there] + (self.gender[self.head[there]] == 0)
        return father

    def members_of(self, chosen: Flags) -> Flags:
        """Whether each person belongs to a chosen household (one flag a household)."""
        return chosen[self.number]


def settle(dice: Dice, count: int, end: date) -> Households:
    """So many people in households; the last one may be cut short."""
    sizes = 1 + dice.of("size").pick(np.arange(count), SIZES)
    last = np.cumsum(sizes)
    people = np.arange(count)
    number = np.searchsorted(last, people, side="right").astype(np.int64)
    head = last[number] - sizes[number]
    role = people - head
    size = np.minimum(sizes[number], count - head)
    gender = _genders(dice.of("gender"), head, role)
    origin = np.where(dice.of("foreign").happens(number, 0.15), 1 + dice.of("origin").pick(number, [5, 4, 3, 2, 2]), 0)
    return Households(number, head, role, size, gender, origin, _births(dice.of("age"), head, role, size, end))


def _genders(dice: Dice, head: Ints, role: Ints) -> Ints:
    own, of_head = dice.below(head + role, 2), dice.below(head, 2)
    return np.where(role == PARTNER, 1 - of_head, own)


def _births(dice: Dice, head: Ints, role: Ints, size: Ints, end: date) -> Ints:
    """Parents are 40 to 64, their children from 16 to at most 20 years younger; others 22 to 71."""
    people = head + role
    parent = 40 + dice.of("parent").below(head, 25)
    head_age = np.where(size > PARTNER + 1, parent, 22 + dice.of("adult").below(head, 50))
    age = np.select(
        [role == HEAD, role == PARTNER],
        [head_age, np.maximum(20, head_age - 4 + dice.of("gap").below(people, 9))],
        16 + dice.of("child").below(people, np.maximum(1, np.minimum(head_age - 36, 15))),
    )
    return np.asarray((end - EPOCH).days - age * 365 - age // 4 - dice.of("day").below(people, 365))
