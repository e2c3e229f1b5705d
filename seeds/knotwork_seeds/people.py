"""People: what each one has (account, phone, e-mail, card, browsers, app) and how much of a customer each one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds.dice import Dice, Flags, Ints, Units
from knotwork_seeds.households import PARTNER, Households
from knotwork_seeds.names import Kin
from knotwork_seeds.period import Period

NEVER = 10**9  # a day beyond every calendar
# how busy customers are: a long tail, in hundredths of the average, twenty quantiles
LEVELS = (8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 86, 95, 105, 117, 132, 152, 182, 238, 420)
PEOPLE_OF_A_COMPANY = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has before and from a day on (days since 1970); -1 is nothing."""

    before: Ints
    after: Ints
    day: Ints

    def at(self, person: Ints, day: Ints) -> Ints:
        """What each person has on each day."""
        return np.where(day >= self.day[person], self.after[person], self.before[person])

    def changed(self, rows: Ints, after: Ints, day: Ints) -> Held:
        """The same with something new for these people from these days on."""
        held, since = self.after.copy(), self.day.copy()
        held[rows], since[rows] = after, day
        return Held(self.before, held, since)


def kept(values: Ints) -> Held:
    """The same all the time."""
    return Held(values, values, np.full(len(values), NEVER, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class People:
    """The people of one chunk, numbered from 0; `number` is their number in the whole population.

    `phone` and `email` hold slots: slot * count + person. `account` and `card` likewise name whose they are.
    `joined` is when somebody first comes, as a share of the period. `joined_day`, `account_day` and `card_day` are days
    since 1970: the first day of the period for what is older than it.
    """

    number: Ints
    homes: Households
    kin: Kin
    account: Ints
    phone: Held
    email: Held
    family_email: Ints
    company: Ints
    card: Held
    home: Held
    zalo: Flags
    app: Flags
    browsers: Ints
    level: Units
    joined: Units
    joined_day: Ints
    account_day: Ints
    card_day: Ints
    consent: Ints
    tablet: Flags
    kiosk: Flags
    cause: Ints

    def __len__(self) -> int:
        """How many."""
        return len(self.number)


def populate(dice: Dice, homes: Households, first: int, period: Period) -> People:
    """Everybody before anything goes wrong."""
    count = len(homes.number)
    one = np.arange(count, dtype=np.int64)
    nobody = np.full(count, -1, dtype=np.int64)
    joined = dice.of("joined").units(one) * np.where(dice.of("newcomer").happens(one, 0.4), 0.9, 0.0)
    known = dice.of("known").happens(one, 0.88)  # the others only ever browse

    def having(what: str, rate: float) -> Ints:
        return np.where(known & dice.of(what).happens(one, rate), one, -1)

    return People(
        number=first + one,
        homes=homes,
        kin=Kin(_families(homes), one),
        account=having("account", 0.78),
        phone=kept(having("phone", 0.98)),
        email=kept(having("email", 0.88)),
        family_email=nobody,
        company=nobody,
        card=kept(having("card", 0.45)),
        home=kept(homes.number * 2),
        zalo=having("zalo", 0.4) >= 0,
        app=dice.of("app").happens(one, 0.5),
        browsers=1 + dice.of("browsers").happens(one, 0.4).astype(np.int64),
        level=np.asarray(LEVELS)[dice.of("level").below(one, len(LEVELS))] / 100.0,
        joined=joined,
        joined_day=period.day(joined),
        account_day=_begun(dice.of("account day"), joined, period),
        card_day=_begun(dice.of("card day"), joined, period),
        consent=dice.of("consent").pick(one, [60, 25, 15]),
        tablet=np.zeros(count, dtype=bool),
        kiosk=np.zeros(count, dtype=bool),
        cause=np.zeros(count, dtype=np.int64),
    )


def _begun(dice: Dice, joined: Units, period: Period) -> Ints:
    """Since when each person has something: many of those who were there before the period have had it before, too."""
    one = np.arange(len(joined))
    later = joined + dice.of("wait").units(one) * 0.6 * (1 - joined)
    return np.where((joined == 0) & dice.of("old").happens(one, 0.6), period.start, period.day(later) + 1)


def _families(homes: Households) -> Ints:
    """Whose family name people bear: adults their own, but in some countries the head's; children their father's."""
    shares = (homes.origin == 1) | (homes.origin >= 4)
    adult = np.where(shares | (homes.role > PARTNER), homes.head, homes.head + homes.role)
    return np.where(homes.father >= 0, adult[homes.father], adult)
