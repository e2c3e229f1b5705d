"""Whose event is it: what ``shared_events`` says of events on a device that two people use, known answers and edges."""

from __future__ import annotations

import pytest

from knotwork_graph.policy import Policy
from knotwork_resolvers.ownership import REASONS, Reason
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Shop, Told

RYAN, CASSIDY, D = "user_id:ryan", "user_id:cassidy", "device:d"
DAY = 24 * 60
NOON = 10 * DAY + 12 * 60
DIARY = [
    Told(1, NOON + 1, (D,)),
    Told(2, NOON + 2, (D,)),
    Told(3, NOON + 3, (D, RYAN)),
    Told(4, NOON + 7, (D,)),
    Told(5, NOON + 8, (D, CASSIDY)),
    Told(6, NOON + DAY, (D,)),
]
WAYS = {
    "shared": {"user_id": {"priority": 1}, "device": {"shared_above": {"user_id": 1}, "priority": 5}},
    "contested": {"user_id": {"priority": 1, "max_per_customer": 1}, "device": {"priority": 5}},
}
NOBODY = ""
KNOWN = {
    "last_identified": [CASSIDY] * 6,
    "device_split": [RYAN] * 4 + [CASSIDY] * 2,
    "session": [RYAN] * 4 + [CASSIDY, NOBODY],
    "nobody": [NOBODY, NOBODY, RYAN, NOBODY, CASSIDY, NOBODY],
}


def owners(shop: Shop) -> dict[int, str]:
    """The user id that each event's customer holds, nothing for nobody."""
    name = {customer: key for key, customer in shop.ids().items() if key.startswith("user_id:")}
    return {number: name.get(customer, customer) for number, (customer, _) in shop.events().items()}


def told(open_shop, policy: Policy, *events: Told) -> Shop:
    shop = open_shop(policy)
    shop.load(events)
    shop.resolve()
    return shop


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rule", KNOWN)
def test_the_known_answers_for_a_device_of_two(open_shop, rule, way):
    shop = told(open_shop, policy_of(WAYS[way], shared_events=rule), *DIARY)
    assert shop.statuses()[D][0] == ("shared" if way == "shared" else "linking")

    assert owners(shop) == dict(enumerate(KNOWN[rule], 1))


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [
        ("session", [Reason.SESSION, Reason.SESSION, Reason.OWN, Reason.SESSION, Reason.OWN, Reason.NOT_IDENTIFIED]),
        (
            "device_split",
            [Reason.DEVICE_SPLIT] * 2 + [Reason.OWN, Reason.DEVICE_SPLIT, Reason.OWN, Reason.DEVICE_SPLIT],
        ),
        ("last_identified", [Reason.LAST_IDENTIFIED] * 6),
        ("nobody", [Reason.POLICY_NOBODY] * 2 + [Reason.OWN, Reason.POLICY_NOBODY, Reason.OWN, Reason.POLICY_NOBODY]),
    ],
)
def test_each_event_says_why_it_is_whose_it_is(open_shop, rule, reasons):
    shop = told(open_shop, policy_of(WAYS["shared"], shared_events=rule), *DIARY)
    assert [why for _, (_, why) in sorted(shop.events().items())] == [REASONS[reason] for reason in reasons]


def test_every_reason_has_its_sentence():
    assert set(REASONS) == set(Reason)
    assert len(set(REASONS.values())) == len(Reason)


def test_events_loaded_in_any_order_have_the_same_owners(open_shop):
    shop = told(open_shop, policy_of(WAYS["shared"]), *reversed(DIARY))
    assert owners(shop) == dict(enumerate(KNOWN["session"], 1))


@pytest.mark.parametrize(("gap", "owner"), [(30, RYAN), (31, NOBODY)])
def test_a_session_ends_after_more_than_thirty_minutes(open_shop, gap, owner):
    events = [Told(1, NOON, (D, RYAN)), Told(2, NOON + gap, (D,)), Told(3, NOON + DAY, (D, CASSIDY))]
    assert owners(told(open_shop, policy_of(WAYS["shared"]), *events))[2] == owner


def test_a_session_goes_on_from_event_to_event(open_shop):
    events = [Told(n, NOON + 25 * n, (D,)) for n in range(1, 5)]
    shop = told(open_shop, policy_of(WAYS["shared"]), Told(0, NOON, (D, RYAN)), *events, Told(9, 0, (D, CASSIDY)))
    assert [owners(shop)[n] for n in range(5)] == [RYAN] * 5


def test_each_identifier_has_sessions_of_its_own(open_shop):
    """Ryan is busy on another device at the time: that says nothing of this one."""
    rules = {"user_id": {"priority": 1}, "device": {"shared_above": {"user_id": 1}}}
    other = "device:e"
    events = [
        Told(1, NOON, (other, RYAN)),
        Told(2, NOON + 1, (D,)),
        *(
            Told(3 + n, n, (device, user))
            for n, (device, user) in enumerate([(D, RYAN), (D, CASSIDY), (other, CASSIDY)])
        ),
    ]
    assert owners(told(open_shop, policy_of(rules), *events))[2] == NOBODY


def test_an_event_whose_identifiers_are_all_one_customer_s_is_that_customer_s(open_shop):
    shop = told(
        open_shop, policy_of(WAYS["shared"]), Told(1, NOON, ("cookie:c",)), Told(2, NOON + DAY, ("cookie:c", RYAN))
    )
    assert owners(shop) == {1: RYAN, 2: RYAN}
    assert {why for _, why in shop.events().values()} == {REASONS[Reason.OWN]}


def test_an_event_of_two_customers_goes_with_its_strongest_identifier(open_shop):
    """Twenty-one identifiers link nothing, so the event bears identifiers of several customers."""
    crowd = tuple(f"cookie:{n}" for n in range(1, 21))
    shop = told(open_shop, policy_of(WAYS["shared"]), Told(1, NOON, (*crowd, RYAN)))
    assert owners(shop) == {1: RYAN}
    assert shop.events()[1][1] == REASONS[Reason.STRONGEST]


def test_a_firm_identifier_outweighs_the_shared_one_beside_it(open_shop):
    events = [*DIARY, Told(7, NOON + DAY, (D, "cookie:c")), Told(8, NOON + 2 * DAY, ("cookie:c", RYAN))]
    for rule in ("session", "device_split", "nobody"):
        shop = told(open_shop, policy_of(WAYS["shared"], shared_events=rule), *events)
        assert owners(shop)[7] == RYAN


def test_an_event_without_a_usable_identifier_is_nobody_s(open_shop):
    shop = told(open_shop, Policy(), Told(1, NOON, ("email:null",)), Told(2, NOON, (RYAN,)))
    assert shop.events()[1] == (NOBODY, REASONS[Reason.UNUSABLE])


def test_nobody_s_events_are_counted(open_shop):
    shop = open_shop(policy_of(WAYS["shared"]))
    shop.load([*DIARY, Told(7, NOON, ("email:null",))])
    counts = shop.resolve().counts
    assert (counts["events"], counts["nobody"]) == (7, 2)


def test_where_nobody_was_ever_identified_nobody_has_it(open_shop):
    rules = {"email": {"shared_above": {"cookie": 1}}}
    events = [
        Told(1, NOON, ("email:e", "cookie:1")),
        Told(2, NOON, ("email:e", "cookie:2")),
        Told(3, NOON + DAY, ("email:e",)),
    ]
    for rule in ("session", "nobody"):
        assert told(open_shop, policy_of(rules, shared_events=rule), *events).events()[3][0] == NOBODY


def test_of_two_shared_identifiers_the_stronger_type_answers(open_shop):
    rules = {
        "user_id": {"priority": 1},
        "phone": {"priority": 2, "shared_above": {"user_id": 1}},
        "device": {"priority": 5, "shared_above": {"user_id": 1}},
    }
    said = [("device:d", RYAN), ("phone:p", CASSIDY), ("device:d", CASSIDY), ("phone:p", RYAN)]
    events = [Told(n, n * DAY, pair) for n, pair in enumerate(said)]
    both = Told(8, 9 * DAY, ("device:d", "phone:p"))
    shop = told(open_shop, policy_of(rules, shared_events="device_split"), *events, both)
    assert owners(shop)[8] == RYAN


def test_as_of_a_moment_later_events_do_not_say_whose_an_earlier_one_was(open_shop):
    """Both had signed in before; what Cassidy does afterwards is not known at that moment."""
    later = Told(7, NOON + 2 * DAY, (D, RYAN))
    for rule, sixth in (("last_identified", CASSIDY), ("device_split", CASSIDY)):
        shop = open_shop(policy_of(WAYS["shared"], shared_events=rule))
        shop.load([*DIARY, later])
        report = shop.resolve(NOON + DAY)
        assert owners(shop) == dict(enumerate([*KNOWN[rule][:5], sixth], 1))
        assert report.counts["events"] == 6


def test_as_of_a_moment_a_later_login_does_not_reach_back_into_a_session(open_shop):
    early = [Told(1, NOON, (D,)), Told(2, NOON + 10, (D, RYAN)), Told(3, 0, (D, RYAN)), Told(4, 1, (D, CASSIDY))]
    shop = open_shop(policy_of(WAYS["shared"]))
    shop.load(early)
    shop.resolve(NOON)
    assert owners(shop)[1] == NOBODY
    shop.resolve()
    assert owners(shop)[1] == RYAN
