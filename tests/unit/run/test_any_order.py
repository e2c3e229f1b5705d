"""Properties 1, 4, 5 and 6 through the whole way of events: load, log, graph, run.

Sixty small worlds lie side by side in one workspace: they share a policy and no identifier. Their seeds are fixed,
for each world costs disk; the same rules meet thousands of other worlds in the tests of identity.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import networkx as nx
import pytest

from knotwork_graph.policy import Policy
from knotwork_resolvers.run.verify import differences
from tests.unit.identity.graphs import policy_of
from tests.unit.identity.reference import Event, World, answer, kind_of, links_of
from tests.unit.identity.worlds import CONFLICTS, KINDS, TTL
from tests.unit.run.shop import Shop, Told

WORLDS = 60
TODAY = 60
DAY = 24 * 60


def policy_with(chance: Random, conflict: str) -> Policy:
    rules = {
        "user_id": {"max_per_customer": 1, "priority": 1},
        "email": {"max_per_customer": chance.choice((1, 2)), "priority": 2, "shared_above": {"trait:family_name": 2}},
        "phone": {"max_per_customer": 2, "shared_above": {"user_id": 2}},
        "cookie": {"trust": 0.5, "ttl": TTL},
        "device": {"trust": 0.5, "priority": 3, "shared_above": {"user_id": 2, "email": 2}},
    }
    return policy_of(rules, conflict=conflict, half_life=30, max_cluster_size=chance.choice((None, 4, 6)))


def events_of(chance: Random) -> list[Told]:
    """The events of all worlds, oldest world first."""
    found: list[Told] = []
    for world in range(WORLDS):
        pool = [f"{kind}:w{world}-{n}" for kind in KINDS for n in range(chance.randint(1, 3))]
        for _ in range(chance.randint(1, 9)):
            keys = tuple(chance.sample(pool, min(len(pool), chance.choice((1, 2, 2, 3, 4)))))
            minute = chance.choice((0, 1, 29, 30, 31, 59, TODAY)) * DAY
            vouched = tuple(chance.sample(KINDS, chance.choice((0, 0, 1))))
            traits = {"family_name": chance.choice(("Trần", "TRAN", "Lê", "Đỗ"))} if chance.random() < 0.5 else {}
            found.append(Told(len(found), minute, keys, vouched, traits, source=chance.choice(("web", "app"))))
    crowd = tuple(f"cookie:crowd-{n}" for n in range(21))
    return [*found, Told(len(found), 0, crowd), Told(len(found) + 1, 0, crowd[:20])]


def told(shop: Shop) -> tuple[object, ...]:
    return shop.parts(), shop.severed(), shop.statuses()


def reference(events: list[Told], policy: Policy) -> tuple[set[frozenset[str]], set[tuple[str, str]], set[str]]:
    """What the plain rules say: customers, cut pairs and shared identifiers."""
    links = links_of((Event(e.minute // DAY, frozenset(e.keys), frozenset(e.vouched)) for e in events), policy)
    names: dict[str, set[str]] = {}
    for one in events:
        for key in one.keys if one.traits else ():
            names.setdefault(key, set()).add(one.traits["family_name"].lower().replace("trần", "tran"))
    keys = frozenset(key for one in events for key in one.keys)
    counts = {key: len(held) for key, held in names.items()}
    found = answer(World(links, keys, policy, (), TODAY, {"family_name": counts}))
    return set(found.customers), {(pair.a, pair.b) for pair in found.severed}, set(found.shared)


@pytest.mark.parametrize(("seed", "conflict"), list(enumerate(CONFLICTS)))
def test_1_any_order_and_any_batching_gives_the_same_and_what_the_plain_rules_say(seed, conflict):
    chance = Random(seed)  # noqa: S311 - no secret hangs on these
    policy, events = policy_with(chance, conflict), events_of(chance)
    with TemporaryDirectory() as folder:
        at_once = Shop(Path(folder) / "at once", policy)
        at_once.load(events)
        at_once.resolve(TODAY * DAY)
        bit_by_bit = Shop(Path(folder) / "bit by bit", policy)
        for batch in batches(chance, events):
            bit_by_bit.load(batch)
            if chance.random() < 0.5:
                bit_by_bit.resolve(TODAY * DAY)
        bit_by_bit.resolve(TODAY * DAY)
        assert told(at_once) == told(bit_by_bit)
        shared = {key for key, (status, _) in at_once.statuses().items() if status == "shared"}
        assert (at_once.parts(), set(at_once.severed()), shared) == reference(events, policy)
        assert differences(bit_by_bit.workspace.home, policy) == ()
        at_once.close()
        bit_by_bit.close()


def batches(chance: Random, events: list[Told]) -> list[list[Told]]:
    """The events in another order, in some batches, a few of them more than once."""
    shuffled = [*events, *chance.sample(events, len(events) // 10)]
    chance.shuffle(shuffled)
    cuts = sorted(chance.sample(range(1, len(shuffled)), 2))
    return [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


@pytest.mark.parametrize("seed", [14])
def test_4_without_limits_every_component_is_a_customer(seed):
    events = events_of(Random(seed))[:-2]  # noqa: S311 - no secret hangs on these
    oracle = nx.Graph()
    for one in events:
        nx.add_path(oracle, one.keys) if len(one.keys) > 1 else oracle.add_node(one.keys[0])
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        shop.load(events)
        shop.resolve()
        assert shop.parts() == {frozenset(part) for part in nx.connected_components(oracle)}
        shop.close()


@pytest.mark.parametrize("seed", [15, 25])
def test_5_no_customer_breaks_the_policy(seed):
    chance = Random(seed)  # noqa: S311 - no secret hangs on these
    policy = policy_with(chance, "strongest")
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder), policy)
        shop.load(events_of(chance))
        shop.resolve(TODAY * DAY)
        for customer in shop.parts():
            held = [kind_of(key) for key in customer]
            assert all(held.count(kind) <= (policy.rule(kind).max_per_customer or len(held)) for kind in held)
            assert len(customer) <= (policy.max_cluster_size or len(customer))
        shop.close()


@pytest.mark.parametrize("seed", [16])
def test_6_the_same_events_again_change_nothing_and_another_body_is_refused(seed):
    chance = Random(seed)  # noqa: S311 - no secret hangs on these
    events = events_of(chance)
    other = [Told(e.number, e.minute, (*e.keys, "email:smuggled"), e.vouched, e.traits, e.source) for e in events[:20]]
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder), policy_with(chance, "strongest"))
        shop.load(events)
        first = shop.resolve(TODAY * DAY)
        before = told(shop), shop.owners()
        chance.shuffle(events)
        again = shop.load([*events, *events, *other])
        assert (again.accepted, again.duplicate, again.rejected) == (0, 2 * len(events), len(other))
        second = shop.resolve(TODAY * DAY)
        assert (told(shop), shop.owners()) == before
        assert (second.counts["edges"], sum(second.changes.values())) == (first.counts["edges"], 0)
        assert "email:smuggled" not in shop.owners()
        shop.close()
