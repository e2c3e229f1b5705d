"""What the business does with its customers: sign-ups, contact records, deliveries, returns, calls, newsletters."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_seeds import events
from knotwork_seeds.contacts import employers
from knotwork_seeds.devices import SEATS, Machines
from knotwork_seeds.dice import Dice, Flags, Ints
from knotwork_seeds.events import Batch, Orders, batch
from knotwork_seeds.identifiers import TYPES
from knotwork_seeds.profile import CLEAN, DATES_OF_RECORDS, TYPED, braces, piece
from knotwork_seeds.scene import Scene, sometimes
from knotwork_seeds.seasons import NIGHTLY, OFFICE, ONLINE
from knotwork_seeds.text import Text, column, only, taken
from knotwork_seeds.visits import counted, moments

UPDATES, CALLS, MAILS, MESSAGES = 0.07, 0.03, 0.25, 0.05  # of an average customer a month
USER, MAIL, PHONE = (1 << TYPES.index(kind) for kind in ("user_id", "email", "phone"))


def sign_up(scene: Scene, machines: Machines) -> Batch:
    """The day an account begins: the browser's cookie, the account, and a phone verified by a code or an e-mail."""
    dice, people = scene.chunk.dice.of("sign-up"), scene.people
    since, period = people.account_day, scene.chunk.period
    own = people.account == np.arange(len(people))
    person = np.flatnonzero(own & (since > period.start) & (since < period.stop))
    day = since[person]
    time = scene.at_day(dice, day, person)
    cookie = machines.own.at(machines.browsers.cookie(person * 2, day))
    email = sometimes(dice.of("email"), person, 0.7, scene.own_email(dice, person, day, person))
    phone = sometimes(dice.of("phone"), person, 0.6, scene.phone(dice, person, day, person, old=False))
    vouched = USER | np.where(phone >= 0, PHONE, 0)
    traits = braces(scene.profile.name(dice, person, person, CLEAN))
    return batch(
        "web",
        person,
        time,
        events.SIGNED_UP,
        [cookie, scene.user(person), email, phone],
        vouched=vouched,
        traits=traits,
        consent=people.consent[person],
    )


def keep_contacts(scene: Scene) -> Batch:
    """Contact records from the CRM by night: contacts and the fullest traits; sometimes the e-mail before as well."""
    dice, people = scene.chunk.dice.of("crm"), scene.people
    person, index = counted(dice, people, UPDATES * scene.chunk.population.months)
    reachable = people.phone.before[person] >= 0
    person, index = person[reachable], index[reachable]
    time, day = moments(scene.chunk, dice, index, people.joined_day[person], NIGHTLY)
    user = sometimes(dice.of("user"), index, 0.4, scene.user(person))
    email = sometimes(dice.of("email"), index, 0.8, scene.own_email(dice, person, day, index))
    before = scene.contacts.email.at(people.email.before[person])
    replaced = (people.email.at(person, day) != people.email.before[person]) & (email >= 0)
    before = np.where(replaced & dice.of("before").happens(index, 0.5), before, -1)
    phone = scene.phone(dice, person, day, index)
    made = batch(
        "crm",
        person,
        time,
        events.CONTACT,
        [user, email, before, phone],
        traits=_record(scene, dice, person, day, index),
        consent=people.consent[person],
    )
    return events.together([made, _messages(scene)])


def _record(scene: Scene, dice: Dice, person: Ints, day: Ints, index: Ints) -> Text:
    profile, home = scene.profile, scene.people.home.at(person, day)
    now, old = dice.of("now").happens(index, 0.4), dice.of("old").happens(index, 0.5)
    born = only(profile.born(dice, person, index, DATES_OF_RECORDS), dice.of("born").happens(index, 0.7))
    employer = piece("company", employers(scene.people).take(person))
    where = taken_where(now, profile.fields(home), old, profile.old_fields(home))
    return braces(
        profile.name(dice, person, index, TYPED), profile.parts(person), born, profile.sex(person), where, employer
    )


def taken_where(first: Flags, one: Text, second: Flags, other: Text) -> Text:
    """The one column where the first flag is set, the other where the second is, else nothing."""
    return pc.if_else(pa.array(first), one, pc.if_else(pa.array(second), other, pa.scalar(None, pa.string())))


def _messages(scene: Scene) -> Batch:
    """Messages sent over Zalo: the phone and the Zalo id that answered."""
    dice, people = scene.chunk.dice.of("zalo"), scene.people
    person, index = counted(dice, people, MESSAGES * scene.chunk.population.months)
    reachable = people.zalo[person] & (people.phone.before[person] >= 0)
    person, index = person[reachable], index[reachable]
    time, day = moments(scene.chunk, dice, index, people.joined_day[person], OFFICE)
    none = np.full(len(person), -1, dtype=np.int64)
    phone = scene.phone(dice, person, day, index, old=False)
    return batch("crm", person, time, events.MESSAGE, [none, none, phone, scene.contacts.zalo.at(person)])


def follow_up(scene: Scene, orders: Orders) -> Batch:
    """What happens to orders from the site days later: delivered with a call to the phone, some of them returned."""
    dice, index = scene.chunk.dice.of("follow-up"), np.arange(len(orders.person))
    returned = dice.of("returned").happens(index, 0.06)
    rows = np.concatenate([index, np.flatnonzero(returned)])
    kind = np.repeat([events.DELIVERED, events.RETURNED], [len(index), int(returned.sum())])
    key = rows + kind * len(index)
    time = (
        orders.time[rows]
        + np.where(kind == events.DELIVERED, 86_400, 4 * 86_400)
        + dice.of("wait").below(key, 3 * 86_400)
    )
    inside = np.flatnonzero(time < scene.chunk.seconds[1])
    rows, kind, key, time = rows[inside], kind[inside], key[inside], time[inside]
    person, day = orders.person[rows], scene.day(time)
    phone = sometimes(dice.of("phone"), key, 0.7, scene.phone(dice, person, day, key, old=False))
    none = np.full(len(rows), -1, dtype=np.int64)
    return batch("crm", person, time, kind, [none, none, phone, orders.number[rows]])


def take_calls(scene: Scene, machines: Machines) -> Batch:
    """Calls in office hours, from the customer's phone; now and then the agent's own machine is sent along."""
    dice, people = scene.chunk.dice.of("calls"), scene.people
    person, index = counted(dice, people, CALLS * scene.chunk.population.months)
    reachable = people.phone.before[person] >= 0
    person, index = person[reachable], index[reachable]
    time, day = moments(scene.chunk, dice, index, people.joined_day[person], OFFICE)
    rate = scene.chunk.population.rates.call_centre_device
    seat = sometimes(dice.of("device"), index, rate, machines.seats.at(dice.of("seat").below(index, SEATS)))
    phone = scene.phone(dice, person, day, index)
    card = sometimes(dice.of("card"), index, 0.2, scene.card(person, day))
    named = np.where(dice.of("named").happens(index, 0.6), person, -1)
    traits = braces(scene.profile.name(dice, named, index, TYPED))
    return batch("call_centre", person, time, events.CALLED, [seat, phone, card], traits=traits)


def read_mails(scene: Scene, machines: Machines) -> Batch:
    """Newsletters opened and clicked; a click leads into the browser with its cookie."""
    dice, people = scene.chunk.dice.of("mails"), scene.people
    person, index = counted(dice, people, MAILS * scene.chunk.population.months)
    has = people.email.before[person] >= 0
    person, index = person[has], index[has]
    time, day = moments(scene.chunk, dice, index, people.joined_day[person], ONLINE)
    clicked = dice.of("clicked").happens(index, 0.15)
    browser = dice.of("browser").below(index, people.browsers[person])
    cookie = np.where(clicked, machines.own.at(machines.browsers.cookie(person * 2 + browser, day)), -1)
    email = scene.contacts.email.at(people.email.at(person, day))
    campaign = taken(_letters(), dice.of("letter").below(index, 3))
    return batch(
        "email",
        person,
        time,
        np.where(clicked, events.MAIL_CLICKED, events.MAIL_OPENED),
        [cookie, email],
        properties=campaign,
    )


def _letters() -> Text:
    names = ("weekly", "birthday", "sale_day")
    return column([f'{{"utm_source":"newsletter","utm_medium":"email","utm_campaign":"{name}"}}' for name in names])
