"""Whose each event is, right after an incremental run: what a full run at the same moment would say."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from knotwork_graph.model import customer_number
from knotwork_graph.policy import Policy
from knotwork_graph.since import COLUMNS, SinceFile, referred
from knotwork_resolvers.generation.customer_events import CustomerEvents
from knotwork_resolvers.generation.population import everybody
from knotwork_resolvers.run import choosing
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Shop, Told

RULES = ("session", "device_split", "last_identified", "nobody")
KEYS = [
    *(f"user_id:u{n}" for n in range(4)),
    *(f"email:e{n}@x.vn" for n in range(4)),
    *(f"cookie:c{n}" for n in range(6)),
]
DEVICES = ["device:d0", "device:d1"]


@pytest.fixture(autouse=True)
def always_incremental(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small as they are, these worlds are resolved by what was touched."""
    monkeypatch.setattr(choosing, "MOST_TOUCHED", 2)
    monkeypatch.setattr(choosing, "MOST_SINCE", 1_000)


def policy_with(chance: Random, rule: str) -> Policy:
    rules = {
        "user_id": {"max_per_customer": 1, "priority": 1},
        "email": {"max_per_customer": chance.choice((1, 2)), "priority": 2},
        "cookie": {"max_per_customer": chance.choice((None, 2))},
        "device": {"shared_above": {"user_id": 1}, "priority": 4},
    }
    return policy_of(rules, shared_events=rule, conflict=chance.choice(("strongest", "newest")))


def events(chance: Random, first: int, count: int, minutes: int) -> list[Told]:
    """Visits within a few hours, so that sessions meet on the shared devices, or minutes: many at the same moment."""
    found = []
    for number in range(first, first + count):
        keys = chance.sample(KEYS, chance.choice((0, 1, 1, 2))) + chance.sample(DEVICES, chance.choice((0, 1, 1)))
        found.append(Told(number, chance.randint(0, minutes), tuple(keys) or ("cookie:c0",)))
    return found


def places(shop: Shop) -> list[tuple[int, str]]:
    """The events of everybody in the order that questions see."""
    with duckdb.connect() as connection:
        rows = everybody(connection, shop.workspace.home, shop.workspace.settings.policy)
        return connection.execute(f"SELECT customer, message_id FROM {rows} ORDER BY customer, place").fetchall()


def journeys(shop: Shop) -> dict[str, list[tuple[str, str, int]]]:
    """The journey of each customer, event by event."""
    found, _ = shop.workspace.customers(first=1000)
    told = {one.id: shop.workspace.journey(one.id) for one in found}
    return {name: [(one.message_id, one.reason, one.session) for one in journey] for name, journey in told.items()}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("minutes", [300, 2])
def test_right_after_an_incremental_run_events_are_whose_a_full_run_says(open_shop, rule, minutes):
    chance = Random(f"{rule} {minutes}")  # noqa: S311 - no secret hangs on it
    policy = policy_with(chance, rule)
    some, every = open_shop(policy, "some"), open_shop(policy, "every")
    counts = ((1, 40), (41, 4), (45, 1), (46, 6), (52, 2), (54, 8))
    batches = [events(chance, first, count, minutes) for first, count in counts]
    hows = []
    for batch in batches:
        for shop in (some, every):
            shop.load(batch)
        hows.append(some.resolve().how)
        every.resolve(full=True)
        assert some.owners() == every.owners()
        assert some.events() == every.events()
        assert places(some) == places(every)
        assert journeys(some) == journeys(every)
    assert hows[0] == "full"
    assert set(hows[1:]) <= {"incremental", "nothing new"}


def test_a_reader_that_finds_events_not_followed_yet_follows_them_itself(open_shop, monkeypatch):
    shop = open_shop()
    shop.load([Told(1, 1, ("user_id:1", "cookie:a")), Told(2, 2, ("user_id:2", "cookie:b"))])
    shop.resolve()
    running = import_module("knotwork_resolvers.run.resolve_run")
    monkeypatch.setattr(running, "follow", lambda *_, **_more: None)  # as if the run died just here
    shop.load([Told(3, 3, ("user_id:1", "cookie:b"))])
    assert shop.resolve().how == "incremental"
    assert [one.message_id for one in shop.workspace.journey("cookie:b")] == ["m-1", "m-2", "m-3"]


@pytest.mark.parametrize("rule", RULES)
def test_single_events_are_whose_a_full_run_says_whenever_somebody_reads(open_shop, monkeypatch, rule):
    chance = Random(rule)  # noqa: S311 - no secret hangs on it
    monkeypatch.setattr(import_module("knotwork_resolvers.run.resolve_run"), "MOST_UNTOLD", 7)
    policy = policy_with(chance, rule)
    some, every = open_shop(policy, "some"), open_shop(policy, "every")
    for shop in (some, every):
        shop.load(events(Random(1), 1, 40, 300))  # noqa: S311 - as above
        shop.resolve()
    for number, told in enumerate(events(chance, 41, 30, 300)):
        for shop in (some, every):
            shop.workspace.collect([json.loads(told.line())])
        if number % 3 == 2 or chance.random() < 0.2:
            every.resolve(full=True)
            asked = chance.sample((journeys, places, Shop.events), 3)
            assert [ask(some) for ask in asked] == [ask(every) for ask in asked]


def test_an_event_that_changes_nobody_is_in_the_journey_before_anybody_told_whose_it_is(open_shop):
    shop = open_shop()
    shop.load([Told(1, 1, ("user_id:1", "cookie:a")), Told(2, 2, ("user_id:2", "cookie:b"))])
    shop.resolve()
    home = shop.workspace.home
    assert shop.workspace.journey("user_id:1")
    report = shop.workspace.collect([json.loads(Told(3, 3, ("user_id:1",)).line())])
    assert report.resolved.how == "nothing new"
    assert home.opened.since(home.store.state().base).follows().upto < 3
    assert [one.message_id for one in shop.workspace.journey("user_id:1")] == ["m-1", "m-3"]
    assert home.opened.since(home.store.state().base).follows().upto == 3


def test_going_back_to_the_run_before_gives_back_its_journeys(open_shop):
    shop = open_shop()
    shop.load([Told(1, 1, ("user_id:1", "cookie:a")), Told(2, 2, ("user_id:2", "cookie:b"))])
    shop.resolve()
    shop.load([Told(3, 3, ("user_id:1", "cookie:b"))])
    shop.resolve()
    shop.workspace.home.store.publish(1)
    assert [one.message_id for one in shop.workspace.journey("user_id:2")] == ["m-2", "m-3"]
    assert [one.message_id for one in shop.workspace.journey("user_id:1")] == ["m-1"]


def test_nothing_new_leaves_the_run_as_it_is(open_shop):
    shop = open_shop()
    shop.load([Told(1, 1, ("user_id:1", "cookie:a"))])
    shop.resolve()
    shop.load([Told(2, 2, ("user_id:1", "cookie:a"))])
    report = shop.resolve()
    assert (report.how, report.run) == ("nothing new", 1)
    assert [one.message_id for one in shop.workspace.journey("user_id:1")] == ["m-1", "m-2"]


def test_the_files_of_a_generation_lie_beside_each_other(open_shop):
    shop = open_shop()
    shop.load([Told(1, 1, ("user_id:1", "cookie:a"))])
    shop.resolve()
    folder = Path(shop.folder / "data" / "generations" / "1")
    assert {path.name for path in folder.iterdir()} >= {"events.parquet", "bearing.npy", "since.db"}


def everything_told(shop: Shop) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """All columns of every event: asked for everybody, and customer by customer."""
    home, policy = shop.workspace.home, shop.workspace.settings.policy
    with duckdb.connect() as connection:
        rows = everybody(connection, home, policy)
        told = connection.sql(f"SELECT * EXCLUDE (place) FROM {rows} ORDER BY event_id").to_arrow_table().to_pylist()
    reader, found = CustomerEvents(home, policy), shop.workspace.customers(first=1000)[0]
    return told, {one.id: reader.rows(customer_number(one.id) or 0).to_pylist() for one in found}


def test_events_that_changed_hands_are_told_with_all_that_their_generation_says_of_them(open_shop):
    some, every = open_shop(name="some"), open_shop(name="every")
    keys = [("email:a", "cookie:a"), ("cookie:a",), ("email:b", "cookie:b"), ("cookie:b",), ("email:c",)]
    told = [Told(n, n, borne, ("email",), {"city": f"city {n}"}) for n, borne in enumerate(keys, 1)]
    for batch in (told, [Told(6, 6, ("cookie:a", "email:b"))], [Told(7, 7, ("email:c", "cookie:b"))]):
        for shop in (some, every):
            shop.load(batch)
        how = some.resolve().how
        every.resolve(full=True)
        assert everything_told(some) == everything_told(every)
    assert how == "incremental"


def test_what_an_older_version_kept_whole_is_told_as_it_stands(tmp_path):
    path, row = tmp_path / "since.db", (7, 3, 60_000_000, "web", "m", "app", "Seen", "[]", None, "{}", None, None, 1)
    with sqlite3.connect(path) as older:
        older.execute(f"CREATE TABLE events ({', '.join(COLUMNS)})")
        older.execute(f"INSERT INTO events VALUES ({', '.join('?' * len(COLUMNS))})", (*row, "[5]"))
    older.close()
    since = SinceFile(path)
    kept = since.of_customer(3).to_pylist()
    since.close()
    assert [(one["event_id"], one["channel"], one["bears"]) for one in kept] == [(7, "app", [5])]


def test_rows_that_stand_in_a_generation_are_not_told_without_it(tmp_path):
    since = SinceFile(tmp_path / "since.db")
    event = {"event_id": 7, "timestamp": datetime(2026, 3, 1), "source": "web", "message_id": "m", "bears": [5]}  # noqa: DTZ001 - as columns hold UTC
    with since.writing():
        since.keep([referred(event, 3, 1, 0)])
    assert since.of_events([7], ("event_id", "bears")).to_pylist() == [{"event_id": 7, "bears": [5]}]
    with pytest.raises(ValueError, match="nobody said how"):
        since.of_events([7])
    since.close()
