"""From events to edges: usable identifiers, pairs, counts, times, sources, vouching, and events that link nothing."""

from __future__ import annotations

from threading import active_count

import numpy as np
import pytest

from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.projection import observe, observing, reading_of
from tests.unit.identity.graphs import policy_of
from tests.unit.run.shop import Told

MINUTE = 60_000_000
A, B, C = "cookie:a", "email:b", "user_id:c"
ONE_ACCOUNT = policy_of({"user_id": {"max_per_customer": 1}})


def keys(seen):
    rows = seen.increment.identifiers.to_pylist()
    return [f"{row['type']}:{row['value']}" for row in rows]


def edges(seen):
    """Count, vouched, first and last minute of each edge, by its keys."""
    names, e = keys(seen), seen.increment.edges
    return {
        tuple(sorted((names[e.a[i]], names[e.b[i]]))): (
            int(e.count[i]),
            int(e.vouched[i]),
            int(e.first_seen[i]) // MINUTE,
            int(e.last_seen[i]) // MINUTE,
        )
        for i in range(len(e))
    }


def ends(increment):
    return sorted(zip(increment.edges.a, increment.edges.b, increment.sources, strict=True))


def figures(seen):
    rows = seen.increment.identifiers.to_pylist()
    return {
        f"{r['type']}:{r['value']}": (r["status"], r["events"], r["first_seen"] // MINUTE, r["last_seen"] // MINUTE)
        for r in rows
    }


def test_every_pair_of_an_event_is_an_edge(observed):
    assert edges(observed([Told(1, 5, (A, B, C))])) == dict.fromkeys([(A, B), (A, C), (B, C)], (1, 0, 5, 5))


def test_an_event_of_one_identifier_makes_no_edge(observed):
    seen = observed([Told(1, 5, (A,))])
    assert (edges(seen), keys(seen)) == ({}, [A])


def test_counts_and_times_add_up_over_events_and_segments(observed):
    seen = observed([Told(1, 5, (A, B)), Told(2, 9, (B, A))], [Told(3, 2, (A, B))])
    assert edges(seen) == {(A, B): (3, 0, 2, 9)}
    assert figures(seen) == {A: (0, 3, 2, 9), B: (0, 3, 2, 9)}
    assert seen.increment.segments == (1, 2)


def test_an_identifier_that_one_event_bears_twice_counts_once(observed):
    seen = observed([Told(1, 5, ("email:x", "email:x", A))])
    assert edges(seen) == {(A, "email:x"): (1, 0, 5, 5)}
    assert figures(seen)["email:x"][1] == 1


def test_two_spellings_of_one_value_are_one_identifier(observed):
    policy = policy_of({"email": {"normaliser": "email"}})
    seen = observed([Told(1, 5, ("email:LAN@x.vn", "email:lan@x.vn", A))], policy=policy)
    assert edges(seen) == {(A, "email:lan@x.vn"): (1, 0, 5, 5)}


def test_the_same_value_under_two_types_is_two_identifiers(observed):
    assert edges(observed([Told(1, 5, ("cookie:1", "device:1"))])) == {("cookie:1", "device:1"): (1, 0, 5, 5)}


@pytest.mark.parametrize("value", ["null", "undefined", "0", "000-000", "", "[object Object]", "-1"])
def test_blocked_values_are_kept_with_their_reason_and_link_nothing(observed, value):
    seen = observed([Told(1, 5, (A, f"user_id:{value}", B))])
    assert edges(seen) == {(A, B): (1, 0, 5, 5)}
    (row,) = [one for one in seen.increment.identifiers.to_pylist() if one["type"] == "user_id"]
    assert (row["status"] > 0, bool(row["reason"]), row["events"]) == (True, True, 1)


def test_a_sighting_is_vouched_for_when_either_end_is(observed):
    events = [Told(1, 1, (A, B, C), ("email",)), Told(2, 2, (A, B, C), ("user_id", "fax")), Told(3, 3, (A, B, C))]
    assert {pair: vouched for pair, (_, vouched, *_) in edges(observed(events)).items()} == {
        (A, B): 1,
        (A, C): 1,
        (B, C): 2,
    }


def test_sources_are_told_by_edge(observed):
    seen = observed(
        [Told(1, 1, (A, B), source="app"), Told(2, 1, (A, C), source="web"), Told(3, 1, (A, B), source="web")]
    )
    names, e = keys(seen), seen.increment.edges
    told = {
        tuple(sorted((names[e.a[i]], names[e.b[i]]))): {
            name for code, name in enumerate(seen.increment.source_names) if int(seen.increment.sources[i]) >> code & 1
        }
        for i in range(len(e))
    }
    assert told == {(A, B): {"app", "web"}, (A, C): {"web"}}


@pytest.mark.parametrize(("count", "links"), [(20, 190), (21, 0)])
def test_an_event_of_more_than_twenty_identifiers_links_nothing(observed, count, links):
    crowd = tuple(f"cookie:c{n}" for n in range(count))
    seen = observed([Told(1, 1, crowd)])
    assert (len(edges(seen)), seen.crowded, len(keys(seen))) == (links, int(not links), count)


def test_unusable_values_do_not_make_a_crowd(observed):
    crowd = tuple(f"cookie:c{n}" for n in range(20))
    assert observed([Told(1, 1, (*crowd, "email:null", "user_id:0"))]).crowded == 0


def test_an_event_with_two_values_of_a_type_limited_to_one_links_nothing(observed):
    events = [Told(1, 1, (C, "user_id:d", A)), Told(2, 2, (C, B))]
    seen = observed(events, policy=ONE_ACCOUNT)
    assert (edges(seen), seen.crowded) == ({(B, C): (1, 0, 2, 2)}, 1)
    assert figures(seen)[C] == (0, 2, 1, 2)
    assert len(observed(events).increment.edges) == 4


def test_two_spellings_of_one_account_are_not_two_accounts(observed):
    policy = policy_of({"user_id": {"max_per_customer": 1, "normaliser": "text"}})
    assert observed([Told(1, 1, ("user_id:Lan", "user_id:LAN", A))], policy=policy).crowded == 0


def test_until_a_moment_later_events_are_not_seen(observed):
    seen = observed([Told(1, 5, (A, B)), Told(2, 6, (B, C))], until=5 * MINUTE)
    assert (edges(seen), keys(seen)) == ({(A, B): (1, 0, 5, 5)}, [A, B])


def test_sightings_come_by_event_and_hold_usable_identifiers_only(observed):
    batches = [[Told(10 * b + n, n, (f"cookie:{b}-{n}", B, "user_id:0")) for n in range(1, 9)] for b in range(3)]
    seen = observed(*batches)
    events = seen.sightings["event_id"].to_numpy()
    assert (np.diff(events) >= 0).all()
    assert len(events) == 3 * 8 * 2
    names = keys(seen)
    assert {names[row] for row in seen.sightings["identifier"].to_pylist()} == {B} | {
        f"cookie:{b}-{n}" for b in range(3) for n in range(1, 9)
    }


def test_traits_are_counted_folded_for_the_types_that_ask(observed):
    policy = policy_of({"email": {"shared_above": {"trait:family_name": 8}}})
    names = ["Trần", "TRAN ", "tran", "Đỗ", "do", "", "Lê"]
    events = [Told(n, n, (B, A), traits={"family_name": name, "city": "Huế"}) for n, name in enumerate(names)]
    seen = observed(events, policy=policy)
    rows = seen.increment.traits.to_pylist()
    assert {keys(seen)[row["identifier"]] for row in rows} == {B}
    assert {row["trait"] for row in rows} == {"family_name"}
    assert len({row["value_hash"] for row in rows}) == len(rows) == 3


def test_a_trait_name_with_quotes_in_it_harms_nobody(observed):
    policy = policy_of({"email": {"shared_above": {"trait:a'b\"c": 1}}})
    seen = observed([Told(1, 1, (B,), traits={"family_name": "x"})], policy=policy)
    assert len(seen.increment.traits) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"email": {"normaliser": "email"}},
        {"email": {"blocked": ("info@*",)}},
        {"email": {"max_per_customer": 1}},
        {"email": {"shared_above": {"trait:family_name": 3}}},
    ],
    ids=["normaliser", "blocked", "limited to one", "counted trait"],
)
def test_what_changes_the_edges_changes_the_reading(other):
    assert reading_of(policy_of({"email": {}})) != reading_of(policy_of(other))


@pytest.mark.parametrize(
    "same",
    [
        policy_of({"email": {"priority": 1, "trust": 0.5, "ttl": 3, "max_per_customer": 5}}),
        policy_of({"email": {"shared_above": {"user_id": 3}}}, conflict="newest", max_cluster_size=7),
    ],
)
def test_what_leaves_the_edges_alone_leaves_the_reading(same):
    assert reading_of(policy_of({"email": {}})) == reading_of(same)


def test_every_setting_of_a_normaliser_is_part_of_the_reading():
    assert reading_of(policy_of({"email": {"provider_rules": True}})) != reading_of(policy_of({"email": {}}))
    assert reading_of(policy_of({"phone": {"region": "US"}})) != reading_of(policy_of({"phone": {}}))


def test_the_default_rule_is_part_of_the_reading():
    assert reading_of(Policy(default=IdentifierRule("default", normaliser="text"))) != reading_of(Policy())


def test_a_trait_guard_of_the_default_rule_is_obeyed(open_shop):
    """A type that the policy does not name links by the default rule, whose guard counts a trait here."""
    guard = IdentifierRule("default", shared_above={"trait:family_name": 1})
    shop = open_shop(Policy(default=guard))
    shop.load(
        [
            Told(n, n, ("zalo_id:z", f"user_id:{n}x"), traits={"family_name": name})
            for n, name in enumerate(("Lê", "Vũ"))
        ]
    )
    shop.resolve()
    assert shop.statuses()["zalo_id:z"][0] == "shared"


def test_an_observation_in_the_making_shows_what_a_finished_one_does(open_shop, tmp_path):
    shop = open_shop(policy := policy_of({"email": {"shared_above": {"trait:family_name": 8}}}))
    for batch in ([Told(1, 5, (A, B), ("email",), {"family_name": "Lê"})], [Told(2, 9, (B, C), source="app")]):
        shop.load(batch)
    segments = shop.workspace.facts.segments()
    whole = observe(segments, policy, scratch=tmp_path)
    with observing(segments, policy, scratch=tmp_path) as seen:
        made, found = seen.increment, whole.increment
        assert made.identifiers.equals(found.identifiers)
        assert made.traits.equals(found.traits)
        assert (made.segments, made.source_names, made.upto) == ((1, 2), ("app", "web"), 0)
        assert ends(made) == ends(found)
        assert sorted(seen.sightings().to_pylist(), key=str) == sorted(whole.sightings.to_pylist(), key=str)


def test_where_nobody_takes_an_observation_nothing_is_left_of_it(open_shop, tmp_path):
    shop, threads = open_shop(), active_count()
    shop.load([Told(1, 5, (A, B))])
    segments = shop.workspace.facts.segments()
    with (
        pytest.raises(RuntimeError, match="the store is away"),
        observing(segments, Policy(), scratch=tmp_path / "scratch"),
    ):
        raise RuntimeError("the store is away")
    assert active_count() == threads
    assert not (tmp_path / "scratch").exists()
