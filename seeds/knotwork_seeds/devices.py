"""Cookies, devices and advertising ids: whose machine a visit came from, and what it was called on that day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from knotwork_seeds.causes import bit
from knotwork_seeds.chunk import Chunk
from knotwork_seeds.dice import Dice, Ints
from knotwork_seeds.identifiers import Placed, Shelf
from knotwork_seeds.people import People
from knotwork_seeds.text import Text, beside, hexes
from knotwork_seeds.visits import KIOSK, PRIVATE, TABLET, Visits

PEOPLE_OF_A_KIOSK = 2000
SEATS = 5  # agents in the call centre, each with one machine


@dataclass(frozen=True, slots=True)
class Browsers:
    """Every browser's cookies: one after another as they are cleared, a month at a time."""

    offset: Ints  # of each browser (person * 2 + which): its first cookie's number
    cleared: Ints  # browser x month: how often by then
    start: int  # the first day

    def cookie(self, browser: Ints, day: Ints) -> Ints:
        """The number of the cookie that each browser has on each day."""
        month = np.clip((day - self.start) // 30, 0, self.cleared.shape[1] - 1)
        return np.asarray(self.offset[browser] + self.cleared[browser, month])


@dataclass(frozen=True, slots=True)
class Machines:
    """Row numbers in the table of values: cookie of each visit, and the blocks of devices and advertising ids."""

    browsers: Browsers
    own: Placed
    cookie: Ints
    device: Ints
    advertising: Ints
    seats: Placed


def clear_cookies(dice: Dice, people: int, months: int, rate: float, start: int) -> Browsers:
    """Browsers whose cookies are cleared, each month at this rate."""
    count = people * 2
    flags = dice.happens(np.arange(count * (months + 1)), rate).reshape(count, months + 1)
    flags[:, 0] = False
    cleared = np.cumsum(flags, axis=1, dtype=np.int64)
    sizes = cleared[:, -1] + 1
    return Browsers(np.cumsum(sizes) - sizes, cleared, start)


def cookies(dice: Dice, index: Ints) -> Text:
    """A cookie value for each index, as tag managers make them."""
    return beside("ck.", hexes(dice.words(index)))


def uuids(dice: Dice, index: Ints) -> Text:
    """An id of the usual shape for each index, in lower case."""
    head, tail = hexes(dice.of("head").words(index)), hexes(dice.of("tail").words(index))
    return beside(head[:, :8], "-", head[:, 8:12], "-4", head[:, 12:15], "-a", tail[:, :3], "-", tail[:, 4:])


def provide(chunk: Chunk, people: People, visits: Visits, shelf: Shelf) -> Machines:
    """The machines of the chunk and of every visit; their values go on the shelf."""
    dice, rates, months = chunk.dice.of("devices"), chunk.population.rates, chunk.population.months
    browsers = clear_cookies(dice.of("cleared"), len(people), months, rates.cookie_reset, chunk.period.start)
    device, tablet, kiosk = _devices(chunk, people, shelf)
    own, cookie = _cookies(chunk, people, visits, shelf, browsers)
    machine, person = visits.machine, visits.person
    household, shop = people.homes.number[person], _shop(chunk, people)[person]
    devices = np.select(
        [machine == KIOSK, machine == TABLET, visits.app],
        [kiosk.at(shop), tablet.at(household), device.at(person, person % 2)],
        -1,
    )
    advertising = _advertising(chunk, people, visits, shelf)
    seats = shelf.put("device", uuids(chunk.root.of("seats"), np.arange(SEATS)), cause=bit("call_centre_device"))
    return Machines(browsers, own, np.where(visits.app, -1, cookie), devices, advertising, seats)


def _shop(chunk: Chunk, people: People) -> Ints:
    """Whose kiosk people use: that of the shop of their two thousand, counted from the first shop of the chunk."""
    return people.number // PEOPLE_OF_A_KIOSK - chunk.first // PEOPLE_OF_A_KIOSK


def _shops(chunk: Chunk) -> Ints:
    """The shops of the chunk, by their number in the whole population: a shop's kiosk is the same in every chunk."""
    first = chunk.first // PEOPLE_OF_A_KIOSK
    return np.arange(first, (chunk.first + chunk.count - 1) // PEOPLE_OF_A_KIOSK + 1)


def _devices(chunk: Chunk, people: People, shelf: Shelf) -> tuple[Placed, Placed, Placed]:
    dice, one = chunk.dice.of("device ids"), np.arange(len(people))
    own, shared = uuids(dice.of("own"), one), uuids(dice.of("tablets"), one)
    kiosks = uuids(chunk.root.of("kiosk", "device"), _shops(chunk))
    return (
        shelf.put("device", own, [own, pc.utf8_upper(own)]),  # phones of one maker report theirs in capitals
        shelf.put("device", shared, cause=bit("family_tablet")),
        shelf.put("device", kiosks, cause=bit("kiosk")),
    )


def _cookies(chunk: Chunk, people: People, visits: Visits, shelf: Shelf, browsers: Browsers) -> tuple[Placed, Ints]:
    dice = chunk.dice.of("cookie values")
    total = int(browsers.offset[-1] + browsers.cleared[-1, -1] + 1)
    first = np.zeros(total, dtype=bool)
    first[browsers.offset] = True
    own = shelf.put("cookie", cookies(dice.of("own"), np.arange(total)), cause=np.where(first, 0, bit("cookie_reset")))
    tablet = shelf.put("cookie", cookies(dice.of("tablet"), np.arange(len(people))), cause=bit("family_tablet"))
    kiosk = shelf.put("cookie", cookies(chunk.root.of("kiosk", "cookie"), _shops(chunk)), cause=bit("kiosk"))
    windows = cookies(dice.of("private"), np.arange(len(visits)))
    private = shelf.put("cookie", windows, cause=bit("private_window"))
    machine, person = visits.machine, visits.person
    browser = own.at(browsers.cookie(person * 2 + visits.browser, visits.day))
    choices = [
        kiosk.at(_shop(chunk, people)[person]),
        tablet.at(people.homes.number[person]),
        private.at(np.arange(len(visits))),
    ]
    return own, np.select([machine == KIOSK, machine == TABLET, machine == PRIVATE], choices, browser)


def _advertising(chunk: Chunk, people: People, visits: Visits, shelf: Shelf) -> Ints:
    """The advertising id of each app visit whose owner lets the app have it; capitals on every other phone."""
    dice, person, one = chunk.dice.of("advertising"), visits.person, np.arange(len(people))
    values = uuids(dice.of("values"), one)
    own = shelf.put("advertising_id", values, [values, pc.utf8_upper(values)])
    tablets = shelf.put("advertising_id", uuids(dice.of("tablets"), one), cause=bit("family_tablet"))
    allowed = visits.app & dice.of("allowed").happens(person, 0.75)
    shown = np.where(visits.machine == TABLET, tablets.at(people.homes.number[person]), own.at(person, person % 2))
    return np.where(allowed, shown, -1)
