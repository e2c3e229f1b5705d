"""Whose each event is, right after an incremental run: what a full run at the same moment would say."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from random import Random

import duckdb
import pytest

from knotwork_graph.policy import Policy
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


def events(chance: Random, first: int, count: int) -> list[Told]:
    """Visits within a few hours, so that sessions meet on the shared devices."""
    found = []
    for number in range(first, first + count):
        keys = chance.sample(KEYS, chance.choice((0, 1, 1, 2))) + chance.sample(DEVICES, chance.choice((0, 1, 1)))
        found.append(Told(number, chance.randint(0, 300), tuple(keys) or ("cookie:c0",)))
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
@pytest.mark.parametrize("seed", range(2))
def test_right_after_an_incremental_run_events_are_whose_a_full_run_says(open_shop, rule, seed):
    chance = Random(f"{rule} {seed}")  # noqa: S311 - no secret hangs on it
    policy = policy_with(chance, rule)
    some, every = open_shop(policy, "some"), open_shop(policy, "every")
    batches = [events(chance, 1, 40), events(chance, 41, 4), events(chance, 45, 1), events(chance, 46, 6)]
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
    monkeypatch.setattr(running, "follow", lambda *_: None)  # as if the run died just here
    shop.load([Told(3, 3, ("user_id:1", "cookie:b"))])
    assert shop.resolve().how == "incremental"
    assert [one.message_id for one in shop.workspace.journey("cookie:b")] == ["m-1", "m-2", "m-3"]


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
    assert {path.name for path in folder.iterdir()} >= {"events.parquet", "bearing.parquet", "since.db"}
