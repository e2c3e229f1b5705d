"""The events of one customer in order, in sessions, with what carried each, now and as of a moment."""

from __future__ import annotations

import pytest

from knotwork_graph.errors import UnknownCustomerError, UnknownRunError
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Told, at

A, B, LAN, HUNG = "cookie:a", "cookie:b", "user_id:lan", "user_id:hung"
HOUR = 60


@pytest.fixture
def told(open_shop):
    """A shop that was told some events and resolved them."""

    def shop(*events: Told, **rules: dict[str, object]):
        made = open_shop(policy_of({"user_id": {"priority": 1}, "cookie": {"priority": 6}} | rules))
        made.load(events)
        made.resolve()
        return made.workspace

    return shop


def numbers(journey):
    return [int(one.message_id.removeprefix("m-")) for one in journey]


def test_events_come_by_time_source_and_number(told):
    events = [
        Told(3, 7, (A,), source="web"),
        Told(1, 9, (A,)),
        Told(2, 7, (A,), source="app"),
        Told(0, 7, (A,), source="web"),
    ]
    journey = told(*events).journey(A)
    assert [(one.timestamp, one.source, one.message_id) for one in journey] == sorted(
        (one.timestamp, one.source, one.message_id) for one in journey
    )
    assert numbers(journey) == [2, 0, 3, 1]


@pytest.mark.parametrize(
    ("minutes", "sessions"),
    [
        ([0], [1]),
        ([0, 30], [1, 1]),
        ([0, 31], [1, 2]),
        ([0, 30, 60, 90], [1, 1, 1, 1]),
        ([0, 0, 31, 40, 100], [1, 1, 2, 2, 3]),
    ],
)
def test_a_session_ends_after_more_than_thirty_minutes_without_an_event(told, minutes, sessions):
    journey = told(*(Told(n, minute, (A,)) for n, minute in enumerate(minutes))).journey(A)
    assert [one.session for one in journey] == sessions


def test_sessions_run_over_all_identifiers_of_a_customer(told):
    journey = told(Told(1, 0, (A, LAN)), Told(2, 20, (B, LAN)), Told(3, 45, (A,))).journey(LAN)
    assert [one.session for one in journey] == [1, 1, 1]


def test_another_customer_s_events_are_no_part_of_it(told):
    workspace = told(Told(1, 0, (A, LAN)), Told(2, 20, (B, HUNG)), Told(3, 40, (A,)))
    assert (numbers(workspace.journey(LAN)), numbers(workspace.journey(HUNG))) == ([1, 3], [2])


def test_the_last_events_keep_their_sessions(told):
    workspace = told(*(Told(n, n * HOUR, (A,)) for n in range(5)))
    assert [(one.message_id, one.session) for one in workspace.journey(A, last=2)] == [("m-3", 4), ("m-4", 5)]


def test_the_strongest_identifier_carries_the_event(told):
    first, second = told(Told(1, 0, (A, LAN)), Told(2, 1, (A,))).journey(LAN)
    assert (first.carrier, first.identifiers) == (LAN, (LAN, A))
    assert (second.carrier, second.reason) == (A, "its identifiers are this customer's")


def test_before_the_login_the_person_was_not_known(told):
    journey = told(Told(1, 0, (A,)), Told(2, 5, (A, LAN)), Told(3, 9, (A,))).journey(LAN)
    assert [one.known for one in journey] == [False, True, True]


def test_a_stitch_over_another_cookie_makes_it_known_later(told):
    journey = told(
        Told(1, 0, (A,)), Told(2, 1, (A, B)), Told(3, 2, (A,)), Told(4, 5, (B, LAN)), Told(5, 9, (A,))
    ).journey(A)
    assert [one.known for one in journey] == [False, False, False, True, True]


def test_raw_values_find_their_customer_normalised(told):
    workspace = told(Told(1, 0, ("email:Lan@Example.com", A)), email={"normaliser": "email"})
    assert numbers(workspace.journey("email: LAN@example.COM")) == [1]


def test_all_that_the_event_said_is_told(told):
    (event,) = told(Told(1, 0, (A,), traits={"name": "Lan"}, event="Order Completed")).journey(A)
    assert (event.event, event.traits, event.timestamp) == ("Order Completed", {"name": "Lan"}, at(0))


def test_as_of_a_moment_later_events_are_not_there(told):
    workspace = told(Told(1, 0, (A, LAN)), Told(2, 10, (A,)), Told(3, 20, (A,)))
    assert numbers(workspace.journey(LAN, as_of=at(10))) == [1, 2]
    assert workspace.journey(LAN, as_of=at(-1)) == ()


def test_as_of_a_moment_what_was_stitched_later_is_apart(told):
    """Until the login, the two cookies were two visitors."""
    workspace = told(Told(1, 0, (A,)), Told(2, 5, (B,)), Told(3, 10, (A, LAN)), Told(4, 20, (B, LAN)))
    assert numbers(workspace.journey(LAN)) == [1, 2, 3, 4]
    assert numbers(workspace.journey(A, as_of=at(19))) == [1, 3]
    assert numbers(workspace.journey(B, as_of=at(19))) == [2]
    assert numbers(workspace.journey(B, as_of=at(20))) == [1, 2, 3, 4]


def test_as_of_a_moment_an_id_stands_for_the_part_with_most_events(told):
    workspace = told(Told(1, 0, (A,)), Told(2, 1, (A,)), Told(3, 2, (B,)), Told(4, 9, (A, B)))
    assert numbers(workspace.journey(workspace.customer(A).id, as_of=at(5))) == [1, 2]


def test_as_of_a_moment_known_is_what_was_known_then(told):
    workspace = told(Told(1, 0, (A,)), Told(2, 5, (A, LAN)))
    assert [one.known for one in workspace.journey(A, as_of=at(4))] == [False]


def test_as_of_a_moment_an_event_that_links_nothing_links_nothing(told):
    """A crowd of cookies on one event is no customer, then as now; a later event made them one."""
    crowd = tuple(f"cookie:c{n}" for n in range(21))
    later = [Told(10 + n, 10, (one, LAN)) for n, one in enumerate(crowd)]
    workspace = told(Told(1, 0, ("cookie:c0",)), Told(2, 1, crowd), Told(3, 2, ("cookie:c1",)), *later)
    assert 3 not in numbers(workspace.journey("cookie:c0", as_of=at(5)))


def test_as_of_a_moment_two_accounts_on_one_event_link_nothing(told):
    events = [Told(1, 0, ("email:x", A)), Told(2, 1, ("email:x", "email:y", B)), Told(3, 9, ("email:x", B))]
    workspace = told(*events, email={"max_per_customer": 1})
    assert numbers(workspace.journey(B)) == [1, 2, 3]
    assert numbers(workspace.journey(B, as_of=at(5))) == [2]


def test_what_was_never_seen_has_no_journey(told):
    workspace = told(Told(1, 0, (A,)))
    with pytest.raises(UnknownCustomerError, match="never seen"):
        workspace.journey("cookie:other")


def test_before_the_first_run_there_is_no_journey(shop):
    shop.load([Told(1, 0, (A,))])
    with pytest.raises((UnknownCustomerError, UnknownRunError)):
        shop.workspace.journey(A)


def test_a_customer_id_has_the_journey_of_its_identifiers(told):
    workspace = told(Told(1, 0, (A, B)))
    assert numbers(workspace.journey(workspace.customer(A).id)) == [1]
