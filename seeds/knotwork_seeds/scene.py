"""Everything that the makers of events look at: the chunk, its people, what they are called and reached by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds.chunk import HOME_HOURS, Chunk
from knotwork_seeds.contacts import EMAIL_STYLES, NEW_PREFIXES_ONLY, PHONE_STYLES, Contacts
from knotwork_seeds.dice import Dice, Ints, shuffled
from knotwork_seeds.identifiers import Placed, Shelf
from knotwork_seeds.people import PEOPLE_OF_A_COMPANY, People
from knotwork_seeds.profile import Profile
from knotwork_seeds.text import beside, digits


@dataclass(frozen=True, slots=True)
class Scene:
    """The people of a chunk, ready to act; orders are put on the shelf as they are made."""

    chunk: Chunk
    people: People
    profile: Profile
    contacts: Contacts
    shelf: Shelf

    def user(self, person: Ints) -> Ints:
        """The account each person signs in with."""
        return self.contacts.user.at(self.people.account[person])

    def phone(self, dice: Dice, person: Ints, day: Ints, index: Ints, *, old: bool = True) -> Ints:
        """Each person's number of that day, in a style of writing; `old` prefixes only where old lists are kept."""
        style = dice.of("phone style").pick(index, PHONE_STYLES if old else NEW_PREFIXES_ONLY)
        return self.contacts.phone.at(self.people.phone.at(person, day), style)

    def email(self, dice: Dice, person: Ints, day: Ints, index: Ints) -> Ints:
        """The address each person gives that day: the company's, the family's or the own one, in a style of writing."""
        people, count = self.people, len(self.people)
        company, family = people.company[person], people.family_email[person]
        at_work = (company >= 0) & dice.of("at work").happens(index, 0.5)
        for_all = (family >= 0) & dice.of("for all").happens(index, 0.35)
        mailbox = company - self.chunk.first // PEOPLE_OF_A_COMPANY + 3 * count
        address = np.select([at_work, for_all], [mailbox, 2 * count + family], people.email.at(person, day))
        return self.contacts.email.at(address, dice.of("email style").pick(index, EMAIL_STYLES))

    def own_email(self, dice: Dice, person: Ints, day: Ints, index: Ints) -> Ints:
        """Each person's own address of that day, in a style of writing."""
        return self.contacts.email.at(
            self.people.email.at(person, day), dice.of("email style").pick(index, EMAIL_STYLES)
        )

    def day(self, time: Ints) -> Ints:
        """The day at home (since 1970) of each time in UTC seconds."""
        return (time + HOME_HOURS * 3600) // 86_400

    def card(self, person: Ints, day: Ints) -> Ints:
        """The card each person uses that day; none before the first is issued."""
        return self.contacts.card.at(
            np.where(day >= self.people.card_day[person], self.people.card.at(person, day), -1)
        )

    def at_day(self, dice: Dice, day: Ints, index: Ints) -> Ints:
        """A moment (UTC seconds) early on each day, before anything else is likely to happen on it."""
        return (day * 24 - HOME_HOURS) * 3600 + dice.of("early").below(index, 8 * 3600)

    def orders(self, channel: int, count: int) -> Placed:
        """New order numbers for a channel (0 to 3), unique in the whole population."""
        numbers = (self.chunk.number * 4 + channel) * 2**20 + np.arange(count)
        return self.shelf.put(
            "order_number", beside("DH", digits(shuffled(numbers, (10**6, 10**6), self.chunk.root.of("orders")), 12))
        )


def sometimes(dice: Dice, index: Ints, rate: float, values: Ints) -> Ints:
    """The values, each kept with this probability, else none (-1)."""
    return np.where(dice.happens(index, rate), values, -1)
