"""The steps of visits: which events each one is made of, and when each happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds import events
from knotwork_seeds.chunk import Chunk
from knotwork_seeds.dice import Dice, Ints
from knotwork_seeds.visits import Visits

PAUSES = (4, 6, 8, 11, 15, 20, 26, 35, 50, 75, 120, 260)  # seconds between two events of a visit


@dataclass(frozen=True, slots=True)
class Steps:
    """One row an event: its visit, its kind, its time (UTC seconds) and a number to draw with."""

    visit: Ints
    kind: Ints
    time: Ints
    index: Ints


def walk(chunk: Chunk, visits: Visits) -> Steps:
    """The events of every visit, in order: arrival, maybe signing in, then browsing as far as the visit's goal."""
    dice = chunk.dice.of("steps")
    visit = np.repeat(np.arange(len(visits)), visits.length)
    first = np.cumsum(visits.length) - visits.length
    place = np.arange(len(visit)) - first[visit]
    index = visits.index[visit] * 32 + place
    kind = _kinds(dice, visits, visit, place, index)
    pause = np.asarray(PAUSES)[dice.of("pause").below(index, len(PAUSES))] + dice.of("second").below(index, 4)
    pause[place == 0] = 0
    passed = np.cumsum(pause)
    since = passed - passed[first][visit]
    last = (visits.start + since[first + visits.length - 1])[visit]
    # a visit that would outlast the period takes place a day earlier
    time = visits.start[visit] + since - np.where(last >= chunk.seconds[1], 86_400, 0)
    return Steps(visit, kind, time, index)


def _kinds(dice: Dice, visits: Visits, visit: Ints, place: Ints, index: Ints) -> Ints:
    stage = visits.goal[visit] - (visits.length[visit] - 1 - place)
    wander = np.asarray([events.VIEWED, events.PRODUCT, events.SEARCHED])[dice.of("wander").pick(index, [52, 36, 12])]
    arrive = np.where(visits.app[visit], events.OPENED, events.VIEWED)
    signs = visits.signed_in[visit] & (place == 1)
    return np.select([stage >= 1, signs, place == 0], [stage, events.SIGNED_IN, arrive], wander)
