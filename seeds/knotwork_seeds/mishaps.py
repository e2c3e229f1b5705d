"""What goes wrong on the way from a source to us: test values, wrong clocks, late and doubled deliveries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from knotwork_seeds.causes import bit
from knotwork_seeds.dice import Dice, Flags, Ints
from knotwork_seeds.events import Batch
from knotwork_seeds.identifiers import TYPES, Shelf
from knotwork_seeds.text import column
from knotwork_seeds.visits import KIOSK, Visits

# what testers and broken forms leave behind; none of these can be anybody's
TEST_VALUES = (
    ("user_id", "null"),
    ("phone", "0000000000"),
    ("email", "test@test.com"),
    ("advertising_id", "00000000-0000-0000-0000-000000000000"),
)
# minutes: the hour of home said to be UTC, the other way round, a day behind, a month behind, a bit slow, years behind
CLOCKS = (420, -420, -1440, -43_200, -7, -1_576_800)
CLOCK_WEIGHTS = (30, 30, 12, 6, 18, 4)
DELAYS = (2, 5, 9, 26, 50, 120, 330, 700)  # hours


def add_test_values(batches: list[Batch], shelf: Shelf, dice: Dice, rate: float) -> list[Batch]:
    """The batches with a test value riding along on some of the events that identify somebody.

    Its type is one that the event has not: two values of one type would be another story.
    """
    rows = np.array([shelf.put(kind, column([value]), cause=bit("qa_constant")).base for kind, value in TEST_VALUES])
    kinds = shelf.table().type
    return [_tested(part, dice.of(place), rate, rows, kinds) for place, part in enumerate(batches)]


def _tested(part: Batch, dice: Dice, rate: float, rows: Ints, kinds: Ints) -> Batch:
    index, ids = np.arange(len(part)), part.identifiers
    met = np.flatnonzero(identifying(ids, kinds) & dice.happens(index, rate))
    has = np.where(ids[met] >= 0, kinds[ids[met]], -1)
    free = np.stack([(has != TYPES.index(kind)).all(axis=1) for kind, _ in TEST_VALUES], axis=1)
    met, free = met[free.any(axis=1)], free[free.any(axis=1)]  # an order in the app may bear every one of them already
    turn = (dice.of("which").below(met, len(rows))[:, None] + np.arange(len(rows))) % len(rows)
    choice = turn[np.arange(len(met)), np.take_along_axis(free, turn, axis=1).argmax(axis=1)]
    extra = np.full((len(part), 1), -1, dtype=np.int64)
    extra[met, 0] = rows[choice]
    return replace(part, identifiers=np.hstack([ids, extra]))


def identifying(ids: Ints, kinds: Ints) -> Flags:
    """Whether each event holds an identifier of somebody known: more than a cookie, a device, an advertising id."""
    return np.asarray(((ids >= 0) & (kinds[ids] > TYPES.index("advertising_id"))).any(axis=1))


def set_clocks_wrong(visits: Visits, dice: Dice, rate: float) -> Ints:
    """How many seconds the clock of each visit's machine is ahead; kiosks are looked after."""
    wrong = dice.happens(visits.index, rate) & (visits.machine != KIOSK)
    minutes = np.asarray(CLOCKS)[dice.of("by").pick(visits.index, CLOCK_WEIGHTS)]
    return np.where(wrong, minutes * 60, 0)


def deliver_late(count: int, dice: Dice, rate: float) -> Ints:
    """How many seconds after it happened each event arrives."""
    index = np.arange(count)
    hours = np.asarray(DELAYS)[dice.of("hours").below(index, len(DELAYS))]
    return np.where(dice.happens(index, rate), hours * 3600 + dice.of("seconds").below(index, 3600), 0)


def deliver_twice(count: int, dice: Dice, rate: float) -> Ints:
    """The events that arrive a second time, the same to the letter."""
    return np.flatnonzero(dice.happens(np.arange(count), rate))
