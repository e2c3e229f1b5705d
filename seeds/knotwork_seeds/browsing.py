"""Visits become events on the web site and in the app: pages, searches, products, baskets, orders, signing in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds import catalogue, events
from knotwork_seeds.devices import Machines
from knotwork_seeds.dice import Dice, Flags, Ints
from knotwork_seeds.events import Batch, Orders, batch, picked
from knotwork_seeds.identifiers import TYPES
from knotwork_seeds.profile import CLEAN, addresses_on_the_net, braces
from knotwork_seeds.scene import Scene, sometimes
from knotwork_seeds.seasons import TET, sale_days
from knotwork_seeds.steps import Steps, walk
from knotwork_seeds.text import Text, stacked, taken
from knotwork_seeds.visits import Visits

USER, MAIL = 1 << TYPES.index("user_id"), 1 << TYPES.index("email")


@dataclass(frozen=True, slots=True)
class Site:
    """The web site and the app with all that happens there."""

    scene: Scene
    visits: Visits
    machines: Machines
    steps: Steps

    @property
    def person(self) -> Ints:
        """Who took each step."""
        return self.visits.person[self.steps.visit]

    @property
    def arriving(self) -> Flags:
        """Whether each step is the first of its visit."""
        return np.diff(self.steps.visit, prepend=-1) > 0

    def signing_in(self) -> Chosen:
        """The steps of signing in."""
        return self._chosen(events.SIGNED_IN)

    def ordering(self) -> Chosen:
        """The steps of ordering."""
        return self._chosen(events.ORDERED)

    def _chosen(self, kind: int) -> Chosen:
        rows = np.flatnonzero(self.steps.kind == kind)
        return Chosen(rows, self.person[rows], self.scene.day(self.steps.time[rows]), self.steps.index[rows])


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some steps: their rows, who took them, on which day, and the number to draw with."""

    rows: Ints
    person: Ints
    day: Ints
    index: Ints


def browse(scene: Scene, visits: Visits, machines: Machines, skew: Ints) -> tuple[list[Batch], Orders]:
    """The web site's and the app's events, and the orders made there; `skew` is each visit's wrong clock in seconds."""
    site = Site(scene, visits, machines, walk(scene.chunk, visits))
    orders = site.ordering()
    numbers = scene.orders(0, len(orders.rows)).at(np.arange(len(orders.rows)))
    everything = _events(site, numbers, skew)
    in_app = visits.app[site.steps.visit]
    made = [picked(everything, np.flatnonzero(~in_app), "web"), picked(everything, np.flatnonzero(in_app), "app")]
    return made, Orders(orders.person, site.steps.time[orders.rows], numbers)


def _events(site: Site, numbers: Ints, skew: Ints) -> Batch:
    steps, person = site.steps, site.person
    identifiers, vouched = _identifiers(site, numbers)
    told = np.isin(steps.kind, [events.SIGNED_IN, events.ORDERED])
    return batch(
        "web",
        person,
        steps.time,
        steps.kind,
        identifiers,
        skew=skew[steps.visit],
        vouched=vouched,
        properties=_properties(site),
        traits=_traits(site),
        consent=np.where(told, site.scene.people.consent[person], -1),
    )


def _identifiers(site: Site, numbers: Ints) -> tuple[list[Ints], Ints]:
    """The columns of identifiers of the steps, and the types that the source vouches for."""
    scene, steps, machines = site.scene, site.steps, site.machines
    user, email, phone, order = (np.full(len(steps.kind), -1, dtype=np.int64) for _ in range(4))
    dice, signs, orders = scene.chunk.dice.of("given"), site.signing_in(), site.ordering()
    for some in (signs, orders):
        signed_in = site.visits.signed_in[steps.visit[some.rows]]
        user[some.rows] = np.where(signed_in, scene.user(some.person), -1)
    own = scene.own_email(dice, signs.person, signs.day, signs.index)
    email[signs.rows] = sometimes(dice.of("sign in"), signs.index, 0.4, own)
    vouched = np.where(user >= 0, USER, 0) + np.where(email >= 0, MAIL, 0)
    given = scene.email(dice, orders.person, orders.day, orders.index)
    email[orders.rows] = sometimes(dice.of("order e-mail"), orders.index, 0.8, given)
    called = scene.phone(dice, orders.person, orders.day, orders.index, old=False)
    phone[orders.rows] = sometimes(dice.of("order phone"), orders.index, 0.9, called)
    order[orders.rows] = numbers
    of_machine = [column[steps.visit] for column in (machines.cookie, machines.device, machines.advertising)]
    return [*of_machine, user, email, phone, order], vouched


def _properties(site: Site) -> Text:
    """The properties of each step: where it led, what was looked at, what an order was worth; none for signing in."""
    dice, steps, orders = site.scene.chunk.dice.of("properties"), site.steps, site.ordering()
    item = dice.of("item").below(site.visits.index, catalogue.PRODUCTS)[steps.visit]
    where = _ready_properties(dice, site, item)
    ready = catalogue.properties()
    where[orders.rows] = len(ready) + np.arange(len(orders.rows))
    pieces = 1 + dice.of("pieces").pick(orders.index, [70, 20, 7, 3])
    return taken(stacked(ready, catalogue.basket(item[orders.rows], pieces)), where)


def _ready_properties(dice: Dice, site: Site, item: Ints) -> Ints:
    """Where in the catalogue's table the properties of each step are; -1 for none. `item` is the aim of the visit."""
    kind, draw = site.steps.kind, dice.of("page").below(site.steps.index, 10**6)
    seen = np.where(draw % 3 > 0, item, draw % catalogue.PRODUCTS)
    where = np.select(
        [kind == events.SEARCHED, kind == events.PRODUCT, np.isin(kind, [events.ADDED, events.CHECKOUT])],
        [catalogue.search(draw), catalogue.product(seen), catalogue.product(item)],
        catalogue.page(draw),
    )
    where[site.arriving] = _campaigns(dice.of("campaign"), site)
    where[np.isin(kind, [events.OPENED, events.SIGNED_IN])] = -1
    return where


def _campaigns(dice: Dice, site: Site) -> Ints:
    """The campaign of each visit, half of them of the season on sale days and before Tết."""
    period, visits = site.scene.chunk.period, site.visits
    plain = dice.pick(visits.index, [campaign[3] for campaign in catalogue.CAMPAIGNS])
    seasonal = dice.of("seasonal").happens(visits.index, 0.5)
    sale = np.isin(visits.day, sale_days(period.start, period.stop))
    seasons = [seasonal & sale, seasonal & _before_tet(visits.day)]
    return np.select(seasons, [catalogue.SALE_CAMPAIGN, catalogue.TET_CAMPAIGN], plain)


def _before_tet(day: Ints) -> Flags:
    starts = np.array(sorted(np.datetime64(tet, "D").astype(np.int64) for tet in TET))
    following = starts[np.clip(np.searchsorted(starts, day), 0, len(starts) - 1)]
    return np.asarray((following - day >= 0) & (following - day <= 21))


def _traits(site: Site) -> Text:
    """The network address on arrival; name and mostly the address on orders."""
    scene, orders = site.scene, site.ordering()
    dice, household = scene.chunk.dice.of("traits"), scene.people.homes.number
    home = sometimes(dice.of("delivered"), orders.index, 0.85, scene.people.home.at(orders.person, orders.day))
    name = scene.profile.name(dice, orders.person, orders.index, CLEAN)
    told = braces(name, scene.profile.address(dice, home, orders.index))
    net = braces(addresses_on_the_net(scene.chunk.dice.of("net"), np.arange(int(household[-1]) + 1)))
    where = np.where(site.arriving, household[site.person], -1)
    where[orders.rows] = len(net) + np.arange(len(orders.rows))
    return taken(stacked(net, told), where)
