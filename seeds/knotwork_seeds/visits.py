"""Visits to the shop's web site and app: who, when, with what aim, on what machine, from which campaign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds.chunk import HOME_HOURS, Chunk
from knotwork_seeds.dice import Dice, Flags, Ints
from knotwork_seeds.people import People
from knotwork_seeds.seasons import ONLINE, day_weights

BROWSE, LOOK, BASKET, CHECKOUT, ORDER = range(5)  # how far a visit goes
GOALS = (48, 24, 11, 4, 13)
LENGTHS = (1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 9, 13)
PER_MONTH = 0.56  # visits of an average customer
OWN, TABLET, KIOSK, PRIVATE = range(4)  # whose machine


@dataclass(frozen=True, slots=True)
class Visits:
    """One row a visit; `start` in UTC seconds, `day` since 1970 at home, `index` a number of its own to draw with."""

    index: Ints
    person: Ints
    start: Ints
    day: Ints
    app: Flags
    browser: Ints
    signed_in: Flags
    goal: Ints
    length: Ints
    machine: Ints

    def __len__(self) -> int:
        """How many."""
        return len(self.person)


def counted(dice: Dice, people: People, average: float) -> tuple[Ints, Ints]:
    """Person and index of things of which people have so many on average, busier ones more, newcomers fewer."""
    one = np.arange(len(people), dtype=np.int64)
    times = np.floor(people.level * (1 - people.joined) * average + dice.of("times").units(one)).astype(np.int64)
    person = np.repeat(one, times)
    ordinal = np.arange(len(person)) - np.repeat(np.cumsum(times) - times, times)
    return person, person * 65_536 + ordinal


def moments(chunk: Chunk, dice: Dice, index: Ints, since: Ints, hours: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Start (UTC seconds) and day of each thing: in season, from day `since` on, at these hours of the day at home."""
    period = chunk.period
    bounds = np.concatenate([[0], np.cumsum(day_weights(period.start, period.stop))])
    done = bounds[np.clip(since - period.start, 0, len(bounds) - 2)]
    place = done + dice.of("day").below(index, bounds[-1] - done)
    day = period.start + np.searchsorted(bounds, place, side="right") - 1
    second = dice.of("hour").pick(index, hours) * 3600 + dice.of("second").below(index, 3600)
    return (day * 24 - HOME_HOURS) * 3600 + second, day


def visit(chunk: Chunk, people: People) -> Visits:
    """All visits of the chunk, person after person."""
    dice = chunk.dice.of("visits")
    person, index = counted(dice, people, PER_MONTH * chunk.population.months)
    person, index = _with_kiosks(people, person, index)
    start, day = moments(chunk, dice, index, people.joined_day[person], ONLINE)
    app = people.app[person] & dice.of("app").happens(index, 0.55) & ~_at_kiosk(index)
    machine = _machines(chunk, people, person, index, app)
    account = (people.account[person] >= 0) & (day >= people.account_day[people.account[person]])
    habit = np.where(app, 0.7, np.where(machine == KIOSK, 0.6, 0.4))
    signed_in = account & dice.of("signed in").happens(index, habit)
    goal = np.where(people.phone.before[person] >= 0, dice.of("goal").pick(index, GOALS), BROWSE)
    length = np.asarray(LENGTHS)[dice.of("length").below(index, len(LENGTHS))]
    length = np.maximum(length, np.where(goal > BROWSE, goal + 1, 1) + signed_in)
    browser = dice.of("browser").below(index, people.browsers[person])
    return Visits(index, person, start, day, app, browser, signed_in, goal, length, machine)


def _with_kiosks(people: People, person: Ints, index: Ints) -> tuple[Ints, Ints]:
    users = np.flatnonzero(people.kiosk)
    return np.append(person, users), np.append(index, users * 65_536 + 65_535)


def _at_kiosk(index: Ints) -> Flags:
    return np.asarray(index % 65_536 == 65_535)


def _machines(chunk: Chunk, people: People, person: Ints, index: Ints, app: Flags) -> Ints:
    dice, rates = chunk.dice.of("machines"), chunk.population.rates
    tablet = people.tablet[person] & dice.of("tablet").happens(index, 0.3)
    private = dice.of("private").happens(index, rates.private_window) & ~app
    return np.select([_at_kiosk(index), private, tablet], [KIOSK, PRIVATE, TABLET], OWN)
