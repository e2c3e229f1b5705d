"""What makes identity hard: one function for each failure mode of the people, which takes its rate.

The modes of visits and of deliveries are in `mishaps`, the bots in `bots`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from knotwork_seeds.causes import bit
from knotwork_seeds.dice import Dice, Flags, Ints
from knotwork_seeds.households import CHILD, PARTNER
from knotwork_seeds.people import PEOPLE_OF_A_COMPANY, Held, People
from knotwork_seeds.period import Period
from knotwork_seeds.population import FailureRates


def afflict(people: People, dice: Dice, rates: FailureRates, period: Period) -> People:
    """The people with everything that happens to people."""
    people = bear_twins(people, dice.of("twins"), rates.twins)
    people = name_sons(people, dice.of("namesake"), rates.namesake)
    people = share_accounts(people, dice.of("couple"), rates.couple_account)
    people = share_tablets(people, dice.of("tablet"), rates.family_tablet)
    people = share_emails(people, dice.of("family email"), rates.family_email)
    people = work_for_companies(people, dice.of("company"), rates.company_mailbox)
    people = visit_kiosks(people, dice.of("kiosk"), rates.kiosk)
    people = recycle_phones(people, dice.of("recycled"), rates.recycled_phone, period)
    people = change_emails(people, dice.of("new email"), rates.changed_email, period)
    people = get_second_cards(people, dice.of("cards"), rates.several_cards, period)
    return move_houses(people, dice.of("moved"), rates.moved_house, period)


def marked(people: People, rows: Flags | Ints, cause: str) -> Ints:
    """The causes of everybody with this one added for some."""
    causes = people.cause.copy()
    causes[rows] |= bit(cause)
    return causes


def bear_twins(people: People, dice: Dice, rate: float) -> People:
    """The second child of some households is the twin of the first: one birth date, one family name, one address."""
    homes = people.homes
    second = np.flatnonzero((homes.role == CHILD + 1) & dice.happens(homes.number, rate))
    birth = homes.birth.copy()
    birth[second] = birth[second - 1]
    return replace(
        people, homes=replace(homes, birth=birth), cause=marked(people, np.append(second, second - 1), "twins")
    )


def name_sons(people: People, dice: Dice, rate: float) -> People:
    """Some first sons bear their father's full name."""
    homes, given = people.homes, people.kin.given.copy()
    son = np.flatnonzero(
        (homes.role == CHILD) & (homes.gender == 1) & (homes.father >= 0) & dice.happens(homes.number, rate)
    )
    father = homes.father[son]
    given[son] = given[father]
    kin = replace(people.kin, given=given)
    return replace(people, kin=kin, cause=marked(people, np.append(son, father), "namesake"))


def share_accounts(people: People, dice: Dice, rate: float) -> People:
    """Some partners use the head's account instead of one of their own."""
    homes, account = people.homes, people.account.copy()
    holds = account[homes.head] >= 0
    partner = np.flatnonzero((homes.role == PARTNER) & holds & dice.happens(homes.number, rate))
    account[partner] = homes.head[partner]
    return replace(
        people, account=account, cause=marked(people, np.append(partner, homes.head[partner]), "couple_account")
    )


def share_tablets(people: People, dice: Dice, rate: float) -> People:
    """Some households have a tablet that every member uses."""
    tablet = (people.homes.size > 1) & dice.happens(people.homes.number, rate)
    return replace(people, tablet=tablet)


def share_emails(people: People, dice: Dice, rate: float) -> People:
    """Some households have a mailbox that their members give at a checkout, now and then."""
    shared = (people.homes.size > 1) & dice.happens(people.homes.number, rate)
    return replace(people, family_email=np.where(shared, people.homes.head, -1))


def work_for_companies(people: People, dice: Dice, rate: float) -> People:
    """Some people order for the company they work for, under its info@ mailbox."""
    works = dice.happens(np.arange(len(people)), rate)
    return replace(people, company=np.where(works, people.number // PEOPLE_OF_A_COMPANY, -1))


def visit_kiosks(people: People, dice: Dice, rate: float) -> People:
    """Some people use the kiosk of their shop once."""
    return replace(people, kiosk=dice.happens(np.arange(len(people)), rate))


def recycle_phones(people: People, dice: Dice, rate: float, period: Period) -> People:
    """Some people get the number that the person half a chunk away gave up two months before."""
    count = len(people)
    owner = people.phone.before
    taker = np.flatnonzero(dice.happens(np.arange(count), rate) & (owner >= 0))
    giver = (taker + count // 2) % count
    # a number changes hands once: whoever gives does not take, and nobody gives to himself
    usable = (owner[giver] >= 0) & ~np.isin(giver, taker)
    taker, giver = taker[usable], giver[usable]
    day = period.some_day(dice.of("day"), giver)
    phone = people.phone.changed(giver, giver + count, day).changed(taker, giver, day + 60)
    return replace(people, phone=phone)


def change_emails(people: People, dice: Dice, rate: float, period: Period) -> People:
    """Some people have another e-mail from some day on."""
    rows = np.flatnonzero((people.email.before >= 0) & dice.happens(np.arange(len(people)), rate))
    return replace(people, email=_second(people.email, rows, len(people), period.some_day(dice.of("day"), rows)))


def get_second_cards(people: People, dice: Dice, rate: float, period: Period) -> People:
    """Some holders of a card take out another and forget the first."""
    rows = np.flatnonzero((people.card.before >= 0) & dice.happens(np.arange(len(people)), rate))
    day = np.maximum(period.some_day(dice.of("day"), rows), people.card_day[rows] + 30)
    return replace(people, card=_second(people.card, rows, len(people), day))


def move_houses(people: People, dice: Dice, rate: float, period: Period) -> People:
    """Some households live elsewhere from some day on."""
    number = people.homes.number
    rows = np.flatnonzero(dice.happens(number, rate))
    home = people.home.changed(rows, number[rows] * 2 + 1, period.some_day(dice.of("day"), number[rows]))
    return replace(people, home=home, cause=marked(people, rows, "moved_house"))


def _second(held: Held, rows: Ints, count: int, day: Ints) -> Held:
    return held.changed(rows, rows + count, day)
