"""Why two identifiers are not one customer, obstacle by obstacle; each advice is proven by its trial."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from knotwork_graph.model import Decision, DecisionKind, Status
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.explain.answers import ChangeKind, ObstacleKind, SampleEvent
from knotwork_resolvers.explain.evidence import Meaning, Sighting
from knotwork_resolvers.explain.why_not import why_not
from knotwork_resolvers.explain.wording import why_not_text
from tests.unit.explain.small_store import NOW, days_ago

LIMITED = Policy(identifiers={"u": IdentifierRule("u", max_per_customer=1)})
FADING = Policy(identifiers={"t": IdentifierRule("t", ttl=timedelta(days=30))})
SHARED = "shared: seen with 4 different u, more than 3"


def asked(store, ground, a, b, events=(), **more):
    return why_not(store, ground, store.side(a), store.side(b), lambda *_: events, lambda *_: (), **more)


def under(ground, policy, *decisions):
    return replace(ground, policy=policy, decisions=decisions)


def kinds(found):
    return [step.obstacle.kind.value for step in found.steps]


def changes(found):
    return {
        (change.kind.value, change.setting, change.value): change.enough for s in found.steps for change in s.remedies
    }


@pytest.fixture
def two_users(small):
    """Two users on one device, which went to the first: the other's link is severed."""
    store = small("", {})
    for key, customer in (("u:1", 1), ("t:d", 1), ("u:2", 2), ("t:e", 2)):
        store.put(key, customer)
    store.tie("u:1", "t:d", 9)
    store.tie("u:2", "t:e", 9)
    store.tie("u:2", "t:d", 3, rule="max_per_customer.u", detail="u:1 | u:2")
    return store


def test_a_severed_link_names_its_rule_its_values_and_what_would_let_it_hold(two_users, ground):
    found = asked(two_users, under(ground, LIMITED), "u:1", "t:e")
    (obstacle,) = found.between
    assert obstacle.kind is ObstacleKind.SEVERED
    assert set(obstacle.identifiers) == {"t:d", "u:2"}
    assert (obstacle.rule, obstacle.collided, obstacle.link.count) == ("max_per_customer.u", "u:1 | u:2", 3)
    assert changes(found) == {
        ("decision", "", ""): True,
        ("policy", "identifiers.u.max_per_customer", "2"): True,
    }
    assert found.otherwise == ()
    text = why_not_text(found)
    assert "a customer may hold at most 1 u, and these collide: u:1 and u:2" in text
    assert "A steward decides that u:1 and t:e belong together" in text


def test_a_limit_is_raised_as_far_as_it_takes_and_no_further(two_users, ground):
    two_users.put("u:3", 3)
    two_users.tie("u:3", "t:d", 4, rule="max_per_customer.u", detail="u:1 | u:3")  # would come in before u:2
    found = asked(two_users, under(ground, LIMITED), "u:1", "t:e")
    assert changes(found)["policy", "identifiers.u.max_per_customer", "3"] is True


def test_an_expired_link_wants_a_longer_ttl_or_a_new_event(small, ground):
    store = small("", {1: "a", 2: "b"})
    store.tie("t:a", "t:b", last_seen=days_ago(100.5))
    found = asked(store, under(ground, FADING), "t:a", "t:b")
    assert kinds(found) == ["expired"]
    assert found.between[0].reason == "expired: last seen 101 days before the run, and the ttl is 30 days"
    assert changes(found) == {("event", "", ""): True, ("policy", "identifiers.t.ttl", '"101d"'): True}


def test_a_shared_identifier_between_two_can_be_kept_linking(small, ground):
    store = small("", {1: "a", 2: "b"})
    store.put("t:s", 0, Status.SHARED, SHARED)
    store.tie("t:a", "t:s")
    store.tie("t:s", "t:b")
    found = asked(store, ground, "t:a", "t:b")
    assert [(one.kind.value, one.identifiers, one.reason) for one in found.between] == [("shared", ("t:s",), SHARED)]
    assert changes(found) == {("decision", "", ""): True, ("policy", "identifiers.t.shared_above", ""): True}


def test_keeping_a_shared_identifier_is_not_enough_where_a_limit_stands_behind_it(small, ground):
    store = small("", {})
    store.put("t:s", 0, Status.SHARED, SHARED)
    for number in (1, 2):
        store.put(f"u:{number}", number)
        store.tie(f"u:{number}", "t:s", number)
    found = asked(store, under(ground, LIMITED), "u:1", "u:2")
    assert set(changes(found).values()) == {False}
    assert [(one.setting, one.limit, one.held) for one in found.collisions] == [
        ("identifiers.u.max_per_customer", 1, 2)
    ]
    assert [change.kind for change in found.otherwise] == [ChangeKind.DECISION]
    text = why_not_text(found)
    assert "Not enough, as a trial shows" in text
    assert "Nearest way between them: 1 step" in text
    assert "identifiers.u.max_per_customer = 1, and they hold 2: u:1, u:2" in text


def test_the_way_of_fewest_changes_is_found_through_other_customers(small, ground):
    store = small("", {1: "a", 2: "b", 3: "c"})
    store.put("t:s", 0, Status.SHARED, SHARED)
    store.tie("t:a", "t:c", 3, rule="max_cluster_size")
    store.tie("t:c", "t:s")
    store.tie("t:s", "t:b")
    found = asked(store, under(ground, Policy(max_cluster_size=1)), "t:a", "t:b")
    assert kinds(found) == ["severed", "shared"]
    assert found.between == ()
    assert changes(found)["policy", "resolution.max_cluster_size", "4"] is True


def test_one_step_beats_two(small, ground):
    store = small("", {1: "a", 2: "b", 3: "c"})
    store.tie("t:a", "t:c", 9, rule="max_cluster_size")
    store.tie("t:c", "t:b", 9, rule="max_cluster_size")
    store.tie("t:a", "t:b", 1, last_seen=days_ago(400))
    found = asked(store, under(ground, replace(FADING, max_cluster_size=1)), "t:a", "t:b")
    assert kinds(found) == ["expired"]


def test_no_chain_of_events_at_all(small, ground):
    found = asked(small("a-b c-d", {1: "ab", 2: "cd"}), ground, "t:a", "t:c")
    assert (found.between, found.steps, found.left_out) == ((), (), ())
    assert [change.kind for change in found.otherwise] == [ChangeKind.DECISION, ChangeKind.EVENT]
    assert "No chain of events leads from one to the other." in why_not_text(found)


def test_a_steward_s_word_stands_between(small, ground):
    said = Decision(DecisionKind.CANNOT_LINK, "t:a", "t:b", "lan", NOW)
    found = asked(small("a-b", {1: "a", 2: "b"}), under(ground, Policy(), said), "t:a", "t:b")
    assert [one.kind for one in found.between] == [ObstacleKind.FORBIDDEN]
    assert "takes back the decision that keeps t:a and t:b apart" in why_not_text(found)


def number(kind, a, b, number, by="mai", reason="twins"):
    return Decision(kind, f"t:{a}", None if b is None else f"t:{b}", by, NOW, reason, number)


def words(found):
    return " ".join(why_not_text(found).split())


def test_a_cannot_link_is_named_by_number_and_taking_it_back_is_tried(small, ground):
    said = number(DecisionKind.CANNOT_LINK, "b", "a", 4)
    found = asked(small("a-b", {1: "a", 2: "b"}), under(ground, Policy(), said), "t:a", "t:b")
    assert "decision 4: a steward (mai, 2026-06-30) keeps them apart: twins" in words(found)
    assert "A steward takes back decision 4 that keeps t:a and t:b apart." in words(found)
    assert [(one.said.number, one.said.by) for one in found.between] == [(4, "mai")]
    assert changes(found) == {("decision", "", ""): True}


def test_taking_a_cannot_link_back_is_not_enough_where_a_limit_parts_them_too(small, ground):
    said = number(DecisionKind.CANNOT_LINK, "b", "c", 4)
    policy = Policy(identifiers={"u": IdentifierRule("u", max_per_customer=1)})
    store = small("a-b b-c c-d", {1: "ab", 2: "cd"})
    for key, owner, customer in (("u:1", "t:a", 1), ("u:2", "t:d", 2)):
        store.put(key, customer)
        store.tie(key, owner, count=9)
    found = asked(store, under(ground, policy, said), "u:1", "u:2")
    assert kinds(found) == ["forbidden"]
    assert changes(found) == {("decision", "", ""): False}
    assert [change.words for change in found.otherwise] == [
        "A steward decides that u:1 and u:2 belong together (must-link)."
    ]


def test_a_cannot_link_that_severed_a_path_is_named(small, ground):
    said = number(DecisionKind.CANNOT_LINK, "a", "c", 5)
    store = small("a-b", {1: "ab", 2: "c"})
    store.tie("t:b", "t:c", rule="cannot_link", detail="t:a | t:c")
    found = asked(store, under(ground, Policy(), said), "t:b", "t:c")
    assert [one.said.number for one in found.between] == [5, 5]
    assert "A steward takes back decision 5 that is in the way (t:a | t:c)." in words(found)
    assert changes(found) == {("decision", "", ""): True}


def test_a_cannot_link_of_two_that_were_never_seen_together_stands_between_them(small, ground):
    said = number(DecisionKind.CANNOT_LINK, "a", "d", 6)
    found = asked(small("a-b c-d", {1: "ab", 2: "cd"}), under(ground, Policy(), said), "t:b", "t:c")
    assert [(one.kind, one.identifiers) for one in found.between] == [(ObstacleKind.FORBIDDEN, ("t:a", "t:d"))]
    assert "decision 6: a steward (mai, 2026-06-30) keeps them apart: twins" in words(found)


def test_a_must_link_is_not_advised_before_what_contradicts_it_is_taken_back(small, ground):
    said = (number(DecisionKind.CANNOT_LINK, "a", "c", 6), number(DecisionKind.MUST_LINK, "a", "b", 7))
    found = asked(small("a-b", {1: "ab", 2: "c"}), under(ground, Policy(), *said), "t:b", "t:c")
    assert [change.words for change in found.otherwise if change.kind is ChangeKind.DECISION] == [
        "A steward takes back decision 6, and then decides that t:b and t:c belong together (must-link)."
    ]


@pytest.mark.parametrize(
    ("kind", "status", "stored", "shown", "taken"),
    [
        (
            DecisionKind.MARK_SHARED,
            Status.SHARED,
            "shared: a steward said so",
            "shared by decision 9: a steward (mai, 2026-06-30) said so: twins",
            "A steward takes back decision 9 that marks t:s as shared.",
        ),
        (
            DecisionKind.BLOCK,
            Status.BLOCKED,
            "blocked: a steward said so",
            "blocked by decision 9: a steward (mai, 2026-06-30) said so: twins",
            "A steward takes back decision 9 that blocks t:s.",
        ),
    ],
)
def test_a_steward_s_word_on_one_identifier_is_named_and_taking_it_back_is_tried(
    small, ground, kind, status, stored, shown, taken
):
    store = small("", {1: "a", 2: "b"})
    store.put("t:s", 0, status, stored)
    store.tie("t:a", "t:s")
    store.tie("t:b", "t:s")
    found = asked(store, under(ground, Policy(), number(kind, "s", None, 9)), "t:a", "t:b")
    assert shown in words(found)
    assert taken in words(found)
    assert changes(found)["decision", "", ""] is True


def test_a_link_that_no_run_has_looked_at(small, ground):
    found = asked(small("a-b", {1: "a", 2: "b"}), ground, "t:a", "t:b")
    assert kinds(found) == ["unresolved"]
    assert changes(found) == {("resolve", "", ""): True}


def test_one_customer_is_said_to_be_one(small, ground):
    found = asked(small("a-b", {1: "ab"}), ground, "t:a", "t:b")
    assert found.together
    assert "knotwork why t:a t:b" in why_not_text(found)


def test_a_side_that_links_nothing_is_the_first_obstacle(small, ground):
    store = small("", {1: "a"})
    store.put("t:s", 0, Status.SHARED, SHARED)
    store.tie("t:a", "t:s")
    found = asked(store, ground, "t:s", "t:a")
    assert [one.identifiers for one in found.between] == [("t:s",)]
    assert kinds(found) == ["shared"]
    assert changes(found)["decision", "", ""] is True


def test_a_blocked_value_has_no_links_to_follow(small, ground):
    store = small("", {1: "a"})
    store.put("t:info", 0, Status.BLOCKED, "blocked by a pattern of the policy")
    found = asked(store, ground, "t:a", "t:info")
    assert [(one.kind.value, one.reason) for one in found.between] == [
        ("blocked", "blocked by a pattern of the policy")
    ]
    assert found.steps == ()


def sighting(message, *keys, bad=()):
    meanings = [Meaning(key, Status.LINKING, "") for key in keys] + [
        Meaning(key, Status.BLOCKED, "empty") for key in bad
    ]
    return Sighting.of(SampleEvent("web", message, NOW, "Seen"), tuple(meanings))


def test_events_that_bear_too_much_and_values_blocked_in_common_are_found(small, ground):
    store = small("a-c b-d", {1: "ac", 2: "bd"})
    crowd = sighting("m-9", "t:a", "t:b", *(f"t:x{number}" for number in range(19)))
    mine, theirs = (crowd, sighting("m-1", "t:a", "t:c", bad=["e:0"])), (sighting("m-2", "t:b", "t:d", bad=["e:0"]),)
    found = asked(store, ground, "t:a", "t:b", events=(mine, theirs))
    assert [one.kind.value for one in found.between] == ["crowded", "blocked"]
    assert found.between[0].sample.message_id == "m-9"
    assert "21 identifiers, and more than 20 link nothing" in found.between[0].reason
    assert found.between[1].identifiers == ("e:0",)


def test_two_values_of_a_type_limited_to_one_crowd_an_event(small, ground):
    store = small("", {})
    store.put("u:1", 1)
    store.put("u:2", 2)
    both = (sighting("m-1", "u:1", "u:2"),)
    found = asked(store, under(ground, LIMITED), "u:1", "u:2", events=(both, ()))
    assert [one.kind.value for one in found.between] == ["crowded"]
    assert "two values of u" in found.between[0].reason


def test_a_sample_of_a_severed_link_is_shown(two_users, ground):
    events = ((sighting("m-1", "u:2", "t:d"),), (sighting("m-2", "u:2", "t:e"),))
    found = asked(two_users, under(ground, LIMITED), "u:1", "u:2", events=events)
    assert [one.message_id for one in found.between[0].link.samples] == ["m-1"]


def test_a_hub_of_thousands_is_looked_at_in_part_and_the_answer_says_so(small, ground):
    store = small("", {1: "a", 2: "b"})
    store.put("t:hub", 0, Status.SHARED, SHARED)
    for number in range(5_000):
        store.put(f"t:{number:05}", 100 + number)
        store.tie("t:hub", f"t:{number:05}")
    store.tie("t:hub", "t:a")
    store.tie("t:hub", "t:b")
    found = asked(store, ground, "t:a", "t:b", most=1_000)
    assert kinds(found) == ["shared"]
    assert set(changes(found).values()) == {None}
    assert store.handed <= 2_100
    assert "Not tried: too much hangs together" in why_not_text(found)


def test_where_nothing_was_found_in_what_was_read_that_is_all_that_is_said(small, ground):
    store = small("", {1: "a", 2: "b"})
    for number in range(200):
        store.put(f"t:{number:05}", 100 + number)
        store.tie("t:a", f"t:{number:05}", rule="max_cluster_size")
    found = asked(store, ground, "t:a", "t:b", most=50)
    assert found.steps == ()
    assert "a way may lie in what was not looked at" in found.left_out[0]
    assert "No chain of events" not in why_not_text(found)


def test_text_keeps_to_eighty_columns(two_users, ground):
    text = why_not_text(asked(two_users, under(ground, LIMITED), "u:1", "t:e"))
    assert max(map(len, text.splitlines())) <= 80
