"""Bought elsewhere than on the own site: at the shop's till, with or without a loyalty card, and on marketplaces."""

from __future__ import annotations

import numpy as np

from knotwork_seeds import catalogue, events
from knotwork_seeds.dice import Ints
from knotwork_seeds.events import Batch, Orders, batch
from knotwork_seeds.identifiers import TYPES
from knotwork_seeds.profile import CLEAN, DATES_OF_FORMS, SHOUTED, TYPED, braces, piece
from knotwork_seeds.scene import Scene, sometimes
from knotwork_seeds.seasons import ONLINE, TILL
from knotwork_seeds.text import taken
from knotwork_seeds.visits import counted, moments

AT_TILL, AT_MARKETPLACE = 0.05, 0.018  # purchases of an average customer a month
CARD, PHONE = 1 << TYPES.index("loyalty_card"), 1 << TYPES.index("phone")


def buy_in_shops(scene: Scene) -> tuple[Batch, Orders]:
    """Purchases at the till: a receipt number, the card if it is shown, else perhaps a phone number told."""
    dice, people = scene.chunk.dice.of("till"), scene.people
    person, index = counted(dice, people, AT_TILL * scene.chunk.population.months)
    time, day = moments(scene.chunk, dice, index, people.joined_day[person], TILL)
    number = scene.orders(1, len(person)).at(np.arange(len(person)))
    card = sometimes(dice.of("card"), index, 0.85, scene.card(person, day))
    phone = sometimes(dice.of("phone"), index, 0.75, scene.phone(dice, person, day, index))
    phone = np.where(card >= 0, -1, phone)
    named = np.where(dice.of("named").happens(index, 0.4) & ((card >= 0) | (phone >= 0)), person, -1)
    item, pieces = dice.of("item").below(index, catalogue.PRODUCTS), 1 + dice.of("pieces").pick(index, [60, 25, 10, 5])
    made = batch(
        "pos",
        person,
        time,
        events.ORDERED,
        [phone, card, number],
        vouched=np.where(card >= 0, CARD, 0),
        properties=catalogue.basket(item, pieces),
        traits=braces(scene.profile.name(dice, named, index, SHOUTED)),
    )
    return made, Orders(person, time, number)


def buy_on_marketplaces(scene: Scene) -> Batch:
    """Purchases on marketplaces, which tell a name, an address and a masked phone, but nothing that identifies."""
    dice, people = scene.chunk.dice.of("marketplace"), scene.people
    person, index = counted(dice, people, AT_MARKETPLACE * scene.chunk.population.months)
    reachable = people.phone.before[person] >= 0
    person, index = person[reachable], index[reachable]
    time, day = moments(scene.chunk, dice, index, people.joined_day[person], ONLINE)
    number = scene.orders(2, len(person)).at(np.arange(len(person)))
    hidden = piece("masked_phone", taken(scene.contacts.masked, people.phone.at(person, day)))
    traits = braces(
        scene.profile.name(dice, person, index, TYPED),
        hidden,
        scene.profile.address(dice, people.home.at(person, day), index),
    )
    item, pieces = dice.of("item").below(index, catalogue.PRODUCTS), 1 + dice.of("pieces").pick(index, [70, 20, 7, 3])
    return batch(
        "marketplace", person, time, events.ORDERED, [number], traits=traits, properties=catalogue.basket(item, pieces)
    )


def keep_cards(scene: Scene, orders: Orders) -> Batch:
    """What the loyalty programme sends: cards issued, the phone verified by a code, and points for purchases."""
    issued, earned = _issue(scene), _earn(scene, orders)
    return events.together([issued, earned])


def _issue(scene: Scene) -> Batch:
    dice, people = scene.chunk.dice.of("cards issued"), scene.people
    person, day, second = _issued(scene)
    index = person * 2 + second
    card = scene.contacts.card.at(np.where(second, people.card.after[person], people.card.before[person]))
    time = scene.at_day(dice, day, index)
    phone = scene.phone(dice, person, day, index)
    email = sometimes(dice.of("email"), index, 0.5, scene.email(dice, person, day, index))
    told = scene.profile.born(dice, person, index, DATES_OF_FORMS), scene.profile.sex(person, ("Nữ", "Nam"))
    return batch(
        "loyalty",
        person,
        time,
        events.CARD_ISSUED,
        [email, phone, card],
        vouched=np.where(phone >= 0, CARD | PHONE, CARD),
        traits=braces(scene.profile.name(dice, person, index, CLEAN), *told),
        consent=people.consent[person],
    )


def _issued(scene: Scene) -> tuple[Ints, Ints, Ints]:
    """Person, day and 0 or 1 (first or second) of each card issued within the period."""
    people, period = scene.people, scene.chunk.period
    first = np.flatnonzero((people.card.before >= 0) & (people.card_day > period.start))
    second = np.flatnonzero(people.card.after != people.card.before)
    day = np.append(people.card_day[first], people.card.day[second])
    rows = np.flatnonzero(day < period.stop)
    return np.append(first, second)[rows], day[rows], np.repeat([0, 1], [len(first), len(second)])[rows]


def _earn(scene: Scene, orders: Orders) -> Batch:
    dice = scene.chunk.dice.of("points")
    index = np.arange(len(orders.person))
    card = scene.card(orders.person, scene.day(orders.time))
    rows = np.flatnonzero((card >= 0) & dice.happens(index, 0.6))
    none = np.full(len(rows), -1, dtype=np.int64)
    person, time = orders.person[rows], orders.time[rows] + 60 + dice.of("wait").below(rows, 600)
    inside = np.flatnonzero(time < scene.chunk.seconds[1])
    person, time, rows, none = person[inside], time[inside], rows[inside], none[inside]
    return batch(
        "loyalty",
        person,
        time,
        events.POINTS,
        [none, card[rows], orders.number[rows]],
        vouched=np.full(len(rows), CARD),
    )
