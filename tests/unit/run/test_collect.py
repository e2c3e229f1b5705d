"""Single events, handed over from Python: durable, resolved and in the journey when the call returns."""

from __future__ import annotations

import json
from importlib import import_module

from knotwork_resolvers.home import newer_events
from tests.unit.run.shop import Told

FIRST = [Told(n, n, (f"user_id:{n}", f"cookie:{n}")) for n in range(1, 31)]


def event(told: Told) -> dict[str, object]:
    """The event as a mapping."""
    return json.loads(told.line())


def test_an_event_is_in_the_customer_and_in_the_journey_at_once(open_shop):
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    report = shop.workspace.collect([event(Told(100, 100, ("user_id:1", "email:lan@x.vn")))])
    assert report.load.line() == "received 1 = accepted 1 + duplicate 0 + rejected 0"
    assert report.resolved.how == "incremental"
    customer = shop.workspace.customer("email:lan@x.vn")
    assert {one.key for one in customer.identifiers} == {"user_id:1", "cookie:1", "email:lan@x.vn"}
    assert [one.message_id for one in customer.journey()] == ["m-1", "m-100"]
    assert customer.events == 2


def test_an_event_that_joins_two_customers_joins_their_journeys(open_shop):
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    shop.workspace.collect([event(Told(100, 100, ("cookie:1", "cookie:2")))])
    assert [one.message_id for one in shop.workspace.journey("user_id:2")] == ["m-1", "m-2", "m-100"]


def test_the_same_event_again_and_a_broken_one_change_nothing(open_shop):
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    report = shop.workspace.collect([event(FIRST[0]), {"source": "web"}, event(Told(100, 100, ("user_id:1",)))])
    assert report.load.line() == "received 3 = accepted 1 + duplicate 1 + rejected 1"
    assert [one.fate.value for one in report.outcomes] == ["duplicate", "rejected", "accepted"]
    assert report.resolved.how == "nothing new"
    assert shop.workspace.customer("user_id:1").events == 2


def test_what_was_only_seen_again_does_not_count_as_unresolved(open_shop):
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    shop.workspace.collect([event(Told(100, 100, ("user_id:1", "cookie:1")))])
    assert not newer_events(shop.workspace.home)
    assert all(one.ok or "GiB" in one.what for one in shop.workspace.doctor())


def test_before_the_first_full_run_events_wait_for_it(open_shop):
    shop = open_shop()
    report = shop.workspace.collect([event(one) for one in FIRST])
    assert (report.resolved.how, report.resolved.because) == ("waiting", "nothing was resolved before")
    assert shop.resolve().how == "full"
    assert len(shop.parts()) == 30
    assert [one.message_id for one in shop.workspace.journey("user_id:1")] == ["m-1"]


def test_after_a_full_run_nothing_differs_from_what_was_collected(open_shop):
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    for number in range(100, 112):
        shop.workspace.collect([event(Told(number, number, (f"cookie:{number % 7 + 1}", f"email:e{number % 3}@x.vn")))])
    collected = shop.owners(), shop.events(), shop.severed()
    shop.resolve(full=True)
    assert collected == (shop.owners(), shop.events(), shop.severed())
    assert shop.workspace.doctor()[0].ok, shop.workspace.doctor()[0]


def test_collected_events_stay_when_the_workspace_is_opened_again(open_shop):
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    shop.workspace.collect([event(Told(100, 100, ("user_id:1", "email:lan@x.vn")))])
    again = shop.under(shop.workspace.settings.policy)
    assert [one.message_id for one in again.workspace.journey("email:lan@x.vn")] == ["m-1", "m-100"]
    assert again.resolve().how == "nothing new"
    again.close()


def test_a_full_inbox_is_packed_with_what_its_events_bore(open_shop, monkeypatch):
    monkeypatch.setattr(import_module("knotwork_resolvers.run.resolve_run"), "FULL_INBOX", 3)
    shop = open_shop()
    shop.load(FIRST)
    shop.resolve()
    for number in range(100, 105):
        shop.workspace.collect([event(Told(number, number, (f"cookie:{number % 7 + 1}", f"email:e{number % 3}@x.vn")))])
    home = shop.workspace.home
    packed, last = home.facts.segments(), home.store.projected().upto
    assert [one.events for one in packed] == [len(FIRST), 3]
    assert all(home.sightings.path(one).exists() for one in packed)
    assert set(home.sightings.recent(0, last)[0].tolist()) == {last - 1, last}, "the others lie with their segment"
    collected = shop.owners(), shop.events()
    shop.resolve(full=True)
    assert collected == (shop.owners(), shop.events())
