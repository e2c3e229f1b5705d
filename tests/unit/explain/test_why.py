"""Why two identifiers are one customer, on graphs small enough to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf, log2

import pytest

from knotwork_graph.model import Decision, DecisionKind, Status
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.explain.answers import SampleEvent
from knotwork_resolvers.explain.ties import Hold, judged
from knotwork_resolvers.explain.why import why
from knotwork_resolvers.explain.wording import why_text
from tests.unit.explain.small_store import NOW, days_ago

EVENT = SampleEvent("web", "m-1", NOW, "Order Completed")


def sampled(links, known):
    return [(EVENT,)] * len(links)


def asked(store, ground, a, b, **more):
    return why(store, ground, store.side(f"t:{a}"), store.side(f"t:{b}"), sampled, **more)


def letters(keys):
    return "".join(key.removeprefix("t:") for key in keys)


def test_the_strongest_path_goes_where_its_weakest_link_is_heaviest(small, ground):
    found = asked(small("a-b:1 a-c:5 c-d:5 d-b:4", {1: "abcd"}), ground, "a", "b")
    assert found.together
    assert [letters(path.identifiers) for path in found.paths] == ["acdb", "ab"]
    assert found.paths[0].weakest == min(link.weight for link in found.paths[0].links)


def test_of_paths_equally_strong_the_one_of_fewer_links_comes_first(small, ground):
    found = asked(small("a-b:2 a-c:5 c-b:2 c-d:5 d-b:2", {1: "abcd"}), ground, "a", "b")
    assert [letters(path.identifiers) for path in found.paths] == ["ab", "acb", "acdb"]


def test_every_link_of_a_path_brings_its_evidence_in_the_order_of_the_path(small, ground):
    store = small("", {1: "abc"})
    store.tie("t:b", "t:a", 12, vouched=3, sources=("crm", "web"), first_seen=days_ago(100), last_seen=days_ago(2))
    store.tie("t:b", "t:c", 1)
    first, second = asked(store, ground, "a", "c").paths[0].links
    assert (first.a, first.b, second.a, second.b) == ("t:a", "t:b", "t:b", "t:c")
    assert (first.count, first.vouched, first.sources) == (12, 3, ("crm", "web"))
    assert (first.first_seen, first.last_seen) == (NOW - timedelta(days=100), NOW - timedelta(days=2))
    assert first.samples == (EVENT,)


def test_the_weight_is_the_evidence_weight_at_the_moment(small, ground):
    policy = Policy(half_life=timedelta(days=90), identifiers={"t": IdentifierRule("t", trust=0.5)})
    store = small("", {1: "ab"})
    store.tie("t:a", "t:b", 7, vouched=3, last_seen=days_ago(90))
    link = asked(store, replace(ground, policy=policy), "a", "b").paths[0].links[0]
    assert link.weight == pytest.approx(0.25 * (log2(8) + 2 * log2(4)) / 2)


def test_bridges_and_what_separates(small, ground):
    found = asked(small("a-b b-c a-c c-d d-e e-f d-f", {1: "abcdef"}), ground, "a", "f")  # a barbell
    assert letters(found.cut_identifiers) == "cd"
    assert found.cut_links == (("t:c", "t:d"),)
    assert [(link.a, link.b) for link in found.paths[0].links if link.bridge] == [("t:c", "t:d")]


def test_severed_expired_and_shared_hold_nothing(small, ground):
    policy = Policy(identifiers={"t": IdentifierRule("t", ttl=timedelta(days=30))})
    store = small("a-b b-c", {1: "abc"})
    store.put("t:s", 0, Status.SHARED, "shared: seen with 4 different t, more than 3")
    store.tie("t:a", "t:s", 99)
    store.tie("t:s", "t:c", 99)
    store.tie("t:a", "t:c", 99, last_seen=days_ago(31))
    found = asked(store, replace(ground, policy=policy), "a", "c")
    assert [letters(path.identifiers) for path in found.paths] == ["abc"]
    assert (found.identifiers, found.links) == (3, 2)


@pytest.mark.parametrize(("days", "hold"), [(30, Hold.LINKS), (30.0001, Hold.EXPIRED)])
def test_a_link_expires_just_after_its_ttl(small, ground, days, hold):
    policy = Policy(identifiers={"t": IdentifierRule("t", ttl=timedelta(days=30))})
    store = small("", {1: "ab"})
    store.tie("t:a", "t:b", last_seen=days_ago(days))
    (one,) = judged(store.around_customer(1, 9), replace(ground, policy=policy))
    assert one.hold is hold


def test_a_must_link_holds_without_any_event_and_outweighs_all(small, ground):
    said = Decision(DecisionKind.MUST_LINK, "t:a", "t:c", "lan", NOW)
    store = small("a-b:9 c-d:9", {1: "abcd"})
    found = asked(store, replace(ground, decisions=(said,)), "b", "d")
    assert [letters(path.identifiers) for path in found.paths] == ["bacd"]
    decided = found.paths[0].links[1]
    assert (decided.decided, decided.count, decided.weight, decided.first_seen) == (True, 0, None, None)
    assert found.paths[0].weakest not in (None, inf)
    assert "the decision: a steward (lan, 2026-06-30) says that they are one customer" in " ".join(
        why_text(found).split()
    )


def test_a_must_link_of_what_was_never_seen_with_another_is_named_by_number(small, ground):
    store = small("a-b", {1: "abxy"})
    said = (
        Decision(DecisionKind.MUST_LINK, "t:x", "t:y", "mai", NOW, "her old cards", 3),
        Decision(DecisionKind.MUST_LINK, "t:y", "t:b", "linh", NOW, "", 8),
    )
    found = asked(store, replace(ground, decisions=said), "x", "a")
    assert [letters(path.identifiers) for path in found.paths] == ["xyba"]
    assert [link.said.number if link.said else 0 for link in found.paths[0].links] == [3, 8, 0]
    text = " ".join(why_text(found).replace("|", " ").split())
    assert "decision 3: a steward (mai, 2026-06-30) says that they are one customer (must-link): her old cards" in text


def test_two_customers_are_said_to_be_two(small, ground):
    found = asked(small("a-b c-d", {1: "ab", 2: "cd"}), ground, "a", "c")
    assert not found.together
    assert found.paths == ()
    text = why_text(found)
    assert "t:a belongs to cus_0000000001" in text
    assert "knotwork why-not t:a t:c" in text


def test_an_identifier_of_nobody_is_said_to_link_nothing(small, ground):
    store = small("a-b", {1: "ab"})
    store.put("t:s", 0, Status.SHARED, "shared: seen with 9 different t, more than 3")
    found = asked(store, ground, "a", "s")
    assert not found.together
    assert "t:s links nothing: shared: seen with 9" in why_text(found)


def test_a_giant_is_read_in_part_and_the_answer_says_so(small, ground):
    store = small("", {1: "ab"})
    hub = store.put("t:hub", 1)
    for number in range(5_000):
        store.put(f"t:{number:05}", 1)
        store.tie(hub.key, f"t:{number:05}")
    store.tie("t:a", "t:00007", 3)
    store.tie("t:b", "t:00008", 3)
    store.handed = 0
    found = asked(store, ground, "a", "b", most=1_000)
    assert [key.removeprefix("t:") for key in found.paths[0].identifiers] == ["a", "00007", "hub", "00008", "b"]
    assert found.left_out
    assert (found.cut_identifiers, found.cut_links) == ((), ())
    assert store.handed <= 3_000
    assert "Left out" in why_text(found)
    assert "separates" not in why_text(found)


def test_text_keeps_to_eighty_columns_and_says_each_thing_once(small, ground):
    store = small("", {1: "abcd"})
    for a, b in ("ab", "bc", "cd", "bd"):
        store.tie(f"t:{a}", f"t:{b}", 1200, vouched=7, sources=("call_centre", "marketplace", "web", "app", "crm"))
    text = why_text(replace(asked(store, ground, "a", "d"), notes=("the policy has changed since run 7",)))
    assert max(map(len, text.splitlines())) <= 80
    for part in ("t:a and t:d are one customer, cus_0000000001.", "seen 1,200 times (7 vouched)", "Order Completed"):
        assert part in text
    assert "the identifier t:b" in text
    assert "the link of t:a and t:b" in text
    assert "a bridge" in text
    assert "2. by t:b, t:c" in text
    assert text.endswith("Note: the policy has changed since run 7.")
