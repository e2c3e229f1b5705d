"""What people are reached and known by: accounts, e-mails, phones, cards, Zalo ids of the whole chunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_seeds.causes import bit
from knotwork_seeds.chunk import Chunk
from knotwork_seeds.dice import Dice, Ints, shuffled
from knotwork_seeds.identifiers import Placed, Shelf
from knotwork_seeds.names import Names
from knotwork_seeds.people import PEOPLE_OF_A_COMPANY, People
from knotwork_seeds.phones import abroad, masked, numbered, styled
from knotwork_seeds.text import Text, beside, column, decimal, digits, joined, only, stacked, taken

DOMAINS = ("gmail.com", "yahoo.com.vn", "outlook.com", "icloud.com", "example.com", "mail.example.vn")
DOMAIN_WEIGHTS = (62, 10, 8, 8, 8, 4)
COMPANY_NAMES = ("thinhphat", "minhlong", "anphu", "hoangha", "dongtam", "vietthang", "phuongnam", "sonha")
EMAIL_STYLES, PHONE_STYLES = (70, 8, 14, 8), (46, 18, 12, 6, 8, 6, 4)
NEW_PREFIXES_ONLY = (48, 18, 14, 6, 8, 6)


@dataclass(frozen=True, slots=True)
class Contacts:
    """The blocks of values by which people are known; `masked` is each phone as a marketplace shows it."""

    user: Placed
    email: Placed
    phone: Placed
    card: Placed
    zalo: Placed
    masked: Text


def connect(chunk: Chunk, people: People, names: Names, shelf: Shelf) -> Contacts:
    """All contact values of the chunk."""
    phone, hidden = _phones(chunk, people, shelf)
    return Contacts(
        _users(chunk, people, shelf),
        _emails(chunk, people, names, shelf),
        phone,
        _cards(chunk, people, shelf),
        _zalo(chunk, people, shelf),
        hidden,
    )


def _users(chunk: Chunk, people: People, shelf: Shelf) -> Placed:
    numbers = shuffled(people.number, (10_000, 100_000), chunk.root.of("users"))
    couple = np.bincount(people.account[people.account >= 0], minlength=len(people)) > 1
    return shelf.put("user_id", beside("u", digits(numbers, 9)), cause=np.where(couple, bit("couple_account"), 0))


def _emails(chunk: Chunk, people: People, names: Names, shelf: Shelf) -> Placed:
    """Slots of each person: first, second, the family's; then the companies' mailboxes. In four styles of writing."""
    count, one = len(people), np.arange(len(people))
    personal = [_mailboxes(chunk, people, names, slot) for slot in (0, 1)]
    family = joined("nha.", personal[0])
    lower = stacked(*personal, family, _company_mailboxes(chunk, people))
    upper = pc.utf8_upper(lower)
    local = pc.utf8_slice_codeunits(lower, 0, 1)
    capital = joined(pc.utf8_upper(local), pc.utf8_slice_codeunits(lower, 1))
    changed = np.where(people.email.after != people.email.before, bit("changed_email"), 0)
    causes = np.concatenate([changed, changed, np.full(count, bit("family_email"))])
    causes = np.append(causes, np.full(len(lower) - 3 * len(one), bit("company_mailbox")))
    return shelf.put("email", lower, [lower, upper, capital, joined(" ", lower, " ")], causes)


def _mailboxes(chunk: Chunk, people: People, names: Names, slot: int) -> Text:
    """A unique address for each person: the name, then a number that nobody of the population shares."""
    dice, one = chunk.dice.of("mailboxes", slot), np.arange(len(people))
    domain = taken(column(DOMAINS), dice.pick(one, DOMAIN_WEIGHTS))
    return joined(names.mailbox, _unique_number(chunk.root.of("mailbox"), people.number * 2 + slot), "@", domain)


def _unique_number(root: Dice, number: Ints) -> Text:
    """Four digits for the first ten thousand, six for the next million, nine beyond: short, and never twice."""
    short = digits(shuffled(np.minimum(number, 9_999), (100, 100), root.of(4)), 4)
    middle = digits(shuffled(np.minimum(number, 999_999), (1000, 1000), root.of(6)), 6)
    long = digits(shuffled(number, (10_000, 100_000), root.of(9)), 9)
    return pc.coalesce(only(beside(short), number < 10_000), only(beside(middle), number < 1_000_000), beside(long))


def _company_mailboxes(chunk: Chunk, people: People) -> Text:
    first = chunk.first // PEOPLE_OF_A_COMPANY
    numbers = first + np.arange(len(people) // PEOPLE_OF_A_COMPANY + 2)
    name = taken(column(COMPANY_NAMES), numbers % len(COMPANY_NAMES))
    return joined("info@", name, decimal(numbers), ".example.com")


def employers(people: People) -> Text:
    """The name of the company each person works for, absent for those who order for none."""
    number = decimal(people.company)
    name = taken(column([name.capitalize() for name in COMPANY_NAMES]), people.company % len(COMPANY_NAMES))
    return only(joined("Công ty TNHH ", name, " ", number), people.company >= 0)


def _phones(chunk: Chunk, people: People, shelf: Shelf) -> tuple[Placed, Text]:
    """Two slots of each person, in every style of writing; and each number masked."""
    origin = people.homes.origin
    foreign = (origin > 0) & chunk.dice.of("foreign phone").happens(np.arange(len(people)), 0.4)
    normal, styles = [], []
    for slot in (0, 1):
        local, written = styled(numbered(chunk.root, people.number, slot))
        outside = abroad(chunk.root, people.number, slot, origin)
        normal.append(pc.if_else(pa.array(foreign), outside, local))
        styles.append([pc.if_else(pa.array(foreign), outside, text) for text in written])
    recycled = np.zeros(2 * len(people), dtype=np.int64)
    taker = np.flatnonzero(
        (people.phone.after >= 0) & (people.phone.after < len(people)) & (people.phone.after != people.phone.before)
    )
    recycled[people.phone.after[taker]] = bit("recycled_phone")
    both = [stacked(*pair) for pair in zip(*styles, strict=True)]
    return shelf.put("phone", stacked(*normal), both, recycled), masked(both[0])


def _cards(chunk: Chunk, people: People, shelf: Shelf) -> Placed:
    """Two slots of each person: thirteen digits, the last a check digit (Luhn)."""
    several = np.where(people.card.after != people.card.before, bit("several_cards"), 0)
    numbers = np.concatenate([people.number * 2, people.number * 2 + 1])
    body = np.hstack(
        [
            digits(np.full(len(numbers), 29), 2),
            digits(shuffled(numbers, (100_000, 100_000), chunk.root.of("cards")), 10),
        ]
    )
    return shelf.put(
        "loyalty_card", beside(body, digits(_luhn(body.astype(np.int64) - ord("0")), 1)), cause=np.tile(several, 2)
    )


def _luhn(numbers: Ints) -> Ints:
    """The check digit of each row of digits: from the right, every other digit doubled, its digits summed."""
    doubled = numbers.copy()
    doubled[:, -1::-2] *= 2
    return np.asarray(-(doubled // 10 + doubled % 10).sum(axis=1) % 10)


def _zalo(chunk: Chunk, people: People, shelf: Shelf) -> Placed:
    words = chunk.root.of("zalo").words(people.number) >> np.uint64(4)
    return shelf.put("zalo_id", beside(digits(words.astype(np.int64), 19)))
