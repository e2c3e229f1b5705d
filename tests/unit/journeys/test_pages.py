"""Pages of a journey, the view of a device, and the evidence for each event."""

from __future__ import annotations

import pytest

from knotwork_graph.errors import UnknownCustomerError, UsageError
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Told, at

A, B, LAN, HUNG = "cookie:a", "cookie:b", "user_id:lan", "user_id:hung"
HOUR = 60
RULES = {
    "user_id": {"priority": 1, "max_per_customer": 1},
    "cookie": {"priority": 6, "shared_above": {"user_id": 1}},
}


@pytest.fixture
def told(open_shop):
    def shop(*events: Told):
        made = open_shop(policy_of(RULES))
        made.load(events)
        made.resolve()
        return made.workspace

    return shop


def numbers(events):
    return [int(one.message_id.removeprefix("m-")) for one in events]


def pages(workspace, key, size, **said):
    found, after = [], None
    while True:
        page = workspace.journey_page(key, size, after, **said)
        found.append(page)
        if not page.more:
            return found
        after = page.end


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_pages_together_are_the_journey(told, size):
    workspace = told(*(Told(n, n // 2 * HOUR, (A, LAN), source="web" if n % 3 else "app") for n in range(7)))
    events = [event for page in pages(workspace, LAN, size) for event in page.events]
    assert events == list(workspace.journey(LAN))


def test_what_comes_later_moves_no_earlier_page(told):
    workspace = told(*(Told(n, n * HOUR, (A, LAN)) for n in range(4)))
    first = workspace.journey_page(LAN, 2)
    early = {"source": "web", "message_id": "m-9", "timestamp": at(-5).isoformat(), "identifiers": {"user_id": "lan"}}
    workspace.collect([early])
    rest = workspace.journey_page(LAN, 9, first.end)
    assert (numbers(first.events), numbers(rest.events), rest.more) == ([0, 1], [2, 3], False)


def test_a_page_goes_on_where_its_last_event_went_elsewhere(told):
    workspace = told(Told(1, 0, (LAN,)), Told(2, HOUR, (LAN,)), Told(3, HOUR, (HUNG,)), Told(4, 2 * HOUR, (LAN,)))
    elsewhere = workspace.journey_page(HUNG, 1).end
    assert numbers(workspace.journey_page(LAN, 9, elsewhere).events) == [4]


def test_beyond_the_end_there_is_nothing(told):
    workspace = told(Told(1, 0, (LAN,)))
    end = workspace.journey_page(LAN).end
    page = workspace.journey_page(LAN, 5, end)
    assert (page.events, page.end, page.more) == ((), end, False)


@pytest.mark.parametrize("text", ["", "x", "1.", "1.x", ".5", "1-2"])
def test_a_text_that_is_no_place_is_refused(told, text):
    with pytest.raises(ValueError, match="no place"):
        told(Told(1, 0, (LAN,))).journey_page(LAN, 5, text)


def test_an_unknown_view_is_named(told):
    with pytest.raises(UsageError, match='did you mean "device"'):
        told(Told(1, 0, (LAN,))).journey_page(LAN, view="devise")


def test_a_device_tells_what_it_bore_whosever_it_is(told):
    """Two people on one machine: as a customer's journey it is parted, as the machine's it is one."""
    workspace = told(
        Told(1, 0, (A,)),
        Told(2, 1, (A, LAN)),
        Told(3, 40, (A,)),
        Told(4, 41, (A, HUNG)),
        Told(5, 42, (B, HUNG)),
    )
    page = workspace.journey_page(A, view="device")
    assert numbers(page.events) == [1, 2, 3, 4]
    assert [one.session for one in page.events] == [1, 1, 2, 2]
    lan, hung = workspace.customer(LAN).id, workspace.customer(HUNG).id
    assert [one.customer for one in page.events] == [lan, lan, hung, hung]
    assert [one.known for one in page.events] == [False, True, False, True]


def test_in_the_view_of_a_device_nothing_is_stitched(told):
    workspace = told(Told(1, 0, (A, LAN)), Told(2, 5, (A,)))
    assert [one.known for one in workspace.journey(LAN)] == [True, True]
    assert [one.known for one in workspace.journey_page(A, view="device").events] == [True, False]


def test_the_devices_of_a_customer_leave_out_what_they_did_not_bear(told):
    workspace = told(Told(1, 0, (A, LAN)), Told(2, 5, (LAN,)), Told(3, 9, (B, LAN)))
    customer = workspace.customer(LAN).id
    assert numbers(workspace.journey_page(customer, view="device").events) == [1, 3]


def test_a_device_tells_what_was_collected_since(told):
    workspace = told(Told(1, 0, (A, LAN)))
    later = {"source": "web", "message_id": "m-2", "timestamp": at(3).isoformat(), "identifiers": {"cookie": "a"}}
    workspace.collect([later])
    assert numbers(workspace.journey_page(A, view="device").events) == [1, 2]


def test_an_unseen_device_is_said(told):
    with pytest.raises(UnknownCustomerError, match="never seen"):
        told(Told(1, 0, (A,))).journey_page("cookie:zz", view="device")


def test_the_stitch_is_marked_and_told_to_the_events_before_it(told):
    workspace = told(Told(1, 0, (A,)), Told(2, 5, (A, LAN)), Told(3, 9, (A,)))
    events = workspace.journey(LAN)
    assert [one.stitches for one in events] == [(), (A,), ()]
    assert [one.stitched_at for one in events] == [at(5), None, at(5)]
    assert [one.device for one in events] == [A, A, A]


def test_each_event_tells_the_way_to_whom_it_is_known_by_and_the_run(told):
    workspace = told(Told(1, 0, (A,)), Told(2, 1, (A, B)), Told(3, 5, (B, LAN)))
    first, second, third = workspace.journey(LAN)
    assert (first.path, second.path, third.path) == ((A, B, LAN), (A, B, LAN), (LAN,))
    assert [one.run for one in (first, second, third)] == [1, 1, 1]
