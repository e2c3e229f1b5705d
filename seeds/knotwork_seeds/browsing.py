"""Visits become events on the web site and in the app: pages, searches, products, baskets, orders, signing in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds import catalogue, events
from knotwork_seeds.devices import Machines
from knotwork_seeds.dice import Dice, Flags, Ints
from knotwork_seeds.events import Batch, Orders, batch
from knotwork_seeds.identifiers import TYPES
from knotwork_seeds.profile import CLEAN, addresses_on_the_net, braces
from knotwork_seeds.scene import Scene, sometimes
from knotwork_seeds.seasons import TET, sale_days
from knotwork_seeds.text import Text, stacked, taken
from knotwork_seeds.visits import ORDER, Visits

PAUSES = (4, 6, 8, 11, 15, 20, 26, 35, 50, 75, 120, 260)  # seconds between two events of a visit
USER, MAIL = 1 << TYPES.index("user_id"), 1 << TYPES.index("email")


@dataclass(frozen=True, slots=True)
class Steps:
    """One row an event: its visit, its kind, its time (UTC seconds) and a number to draw with."""

    visit: Ints
    kind: Ints
    time: Ints
    index: Ints


def walk(scene: Scene, visits: Visits) -> Steps:
    """The events of every visit, in order: arrival, maybe signing in, then browsing as far as the visit's goal."""
    dice = scene.chunk.dice.of("steps")
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
    time = visits.start[visit] + since - np.where(last >= scene.chunk.seconds[1], 86_400, 0)
    return Steps(visit, kind, time, index)


def _kinds(dice: Dice, visits: Visits, visit: Ints, place: Ints, index: Ints) -> Ints:
    stage = visits.goal[visit] - (visits.length[visit] - 1 - place)
    wander = np.asarray([events.VIEWED, events.PRODUCT, events.SEARCHED])[dice.of("wander").pick(index, [52, 36, 12])]
    arrive = np.where(visits.app[visit], events.OPENED, events.VIEWED)
    signs = visits.signed_in[visit] & (place == 1)
    return np.select([stage >= 1, signs, place == 0], [stage, events.SIGNED_IN, arrive], wander)


def browse(scene: Scene, visits: Visits, machines: Machines, skew: Ints) -> tuple[list[Batch], Orders]:
    """The web site's and the app's events, and the orders made there; `skew` is each visit's wrong clock in seconds."""
    steps = walk(scene, visits)
    ordered = np.flatnonzero(steps.kind == events.ORDERED)
    number = np.full(len(steps.kind), -1, dtype=np.int64)
    number[ordered] = scene.orders(0, len(ordered)).at(np.arange(len(ordered)))
    columns = _identifiers(scene, visits, machines, steps, number)
    table, where = _properties(scene, visits, steps, ordered)
    traits = _traits(scene, visits, steps)
    made = [
        _batch(source, rows, scene, visits, steps, columns, taken(table, where[rows]), traits, skew)
        for source, rows in _split(visits, steps)
    ]
    return made, Orders(visits.person[steps.visit[ordered]], steps.time[ordered], number[ordered])


def _split(visits: Visits, steps: Steps) -> list[tuple[str, Ints]]:
    in_app = visits.app[steps.visit]
    return [("web", np.flatnonzero(~in_app)), ("app", np.flatnonzero(in_app))]


def _batch(
    source: str,
    rows: Ints,
    scene: Scene,
    visits: Visits,
    steps: Steps,
    columns: Columns,
    properties: Text,
    traits: Text,
    skew: Ints,
) -> Batch:
    visit = steps.visit[rows]
    told = np.isin(steps.kind[rows], [events.SIGNED_IN, events.ORDERED])
    return batch(
        source,
        visits.person[visit],
        steps.time[rows],
        steps.kind[rows],
        [column[rows] for column in columns.identifiers],
        skew=skew[visit],
        vouched=columns.vouched[rows],
        properties=properties,
        traits=traits.take(rows),
        consent=np.where(told, scene.people.consent[visits.person[visit]], -1),
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """Identifiers of the steps, a column each, and which types the source vouches for."""

    identifiers: list[Ints]
    vouched: Ints


def _identifiers(scene: Scene, visits: Visits, machines: Machines, steps: Steps, number: Ints) -> Columns:
    dice = scene.chunk.dice.of("given")
    rows = len(steps.kind)
    user, email, phone = (np.full(rows, -1, dtype=np.int64) for _ in range(3))
    signs, orders = steps.kind == events.SIGNED_IN, steps.kind == events.ORDERED
    known = np.flatnonzero(signs | (orders & visits.signed_in[steps.visit]))
    user[known] = scene.user(visits.person[steps.visit[known]])
    some = np.flatnonzero(signs)
    person, day, index = _whose(scene, visits, steps, some)
    email[some] = sometimes(dice.of("sign in"), index, 0.4, scene.own_email(dice, person, day, index))
    some = np.flatnonzero(orders)
    person, day, index = _whose(scene, visits, steps, some)
    email[some] = sometimes(dice.of("order e-mail"), index, 0.8, scene.email(dice, person, day, index))
    phone[some] = sometimes(dice.of("order phone"), index, 0.9, scene.phone(dice, person, day, index, old=False))
    vouched = np.where(user >= 0, USER, 0) + np.where(signs & (email >= 0), MAIL, 0)
    at = steps.visit
    return Columns(
        [machines.cookie[at], machines.device[at], machines.advertising[at], user, email, phone, number], vouched
    )


def _whose(scene: Scene, visits: Visits, steps: Steps, rows: Ints) -> tuple[Ints, Ints, Ints]:
    return visits.person[steps.visit[rows]], scene.day(steps.time[rows]), steps.index[rows]


def _properties(scene: Scene, visits: Visits, steps: Steps, ordered: Ints) -> tuple[Text, Ints]:
    """A table of properties, and where in it each step's are."""
    dice, index = scene.chunk.dice.of("properties"), steps.index
    item = dice.of("item").below(visits.index, catalogue.PRODUCTS)[steps.visit]
    ready = catalogue.properties()
    draw = dice.of("page").below(index, 10**6)
    where = np.select(
        [
            steps.kind == events.SEARCHED,
            steps.kind == events.PRODUCT,
            np.isin(steps.kind, [events.ADDED, events.CHECKOUT]),
        ],
        [
            catalogue.search(draw),
            catalogue.product(np.where(draw % 3 > 0, item, draw % catalogue.PRODUCTS)),
            catalogue.product(item),
        ],
        catalogue.page(draw),
    )
    landing = np.flatnonzero(np.diff(steps.visit, prepend=-1))
    where[landing] = _campaigns(dice.of("campaign"), scene, visits)
    where[np.isin(steps.kind, [events.OPENED, events.SIGNED_IN])] = -1
    where[ordered] = len(ready) + np.arange(len(ordered))
    pieces = 1 + dice.of("pieces").pick(index[ordered], [70, 20, 7, 3])
    return stacked(ready, catalogue.basket(item[ordered], pieces)), where


def _campaigns(dice: Dice, scene: Scene, visits: Visits) -> Ints:
    """The campaign of each visit, half of them of the season on sale days and before Tết."""
    period, index = scene.chunk.period, visits.index
    plain = dice.pick(index, [campaign[3] for campaign in catalogue.CAMPAIGNS])
    seasonal = dice.of("seasonal").happens(index, 0.5)
    sale = np.isin(visits.day, sale_days(period.start, period.stop))
    tet = _before_tet(visits.day)
    return np.select([seasonal & sale, seasonal & tet], [catalogue.SALE_CAMPAIGN, catalogue.TET_CAMPAIGN], plain)


def _before_tet(day: Ints) -> Flags:
    starts = np.array(sorted(np.datetime64(tet, "D").astype(np.int64) for tet in TET))
    following = starts[np.clip(np.searchsorted(starts, day), 0, len(starts) - 1)]
    return np.asarray((following - day >= 0) & (following - day <= 21))


def _traits(scene: Scene, visits: Visits, steps: Steps) -> Text:
    """The network address on arrival at the web site; name and address on most orders."""
    dice, person = scene.chunk.dice.of("traits"), visits.person[steps.visit]
    orders = np.flatnonzero((steps.kind == events.ORDERED) & (visits.goal[steps.visit] == ORDER))
    who, index = person[orders], steps.index[orders]
    home = scene.people.home.at(who, scene.day(steps.time[orders]))
    delivered = sometimes(dice.of("delivered"), index, 0.85, home)
    told = braces(scene.profile.name(dice, who, index, CLEAN), scene.profile.address(dice, delivered, index))
    households = np.arange(int(scene.people.homes.number[-1]) + 1)
    net = braces(addresses_on_the_net(scene.chunk.dice.of("net"), households))
    arrives = np.diff(steps.visit, prepend=-1) > 0
    where = np.where(arrives, scene.people.homes.number[person], -1)
    where[orders] = len(net) + np.arange(len(orders))
    return taken(stacked(net, told), where)
