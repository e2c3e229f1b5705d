"""``why`` and ``why_not`` through a real workspace, one obstacle at a time."""

from __future__ import annotations

import pytest

from knotwork_graph.errors import KnotworkError, UnknownCustomerError, UnknownRunError
from knotwork_resolvers.explain.wording import why_not_text
from tests.integration.explain.conftest import LIMITED


def test_why_tells_the_events_behind_each_link(shop):
    kw = shop(
        LIMITED,
        {"email": "Lan@Example.com", "user_id": "1", "_vouched": ["user_id"]},
        {"email": "lan@example.com", "user_id": "1"},
        {"user_id": "1", "device": "d"},
    )
    found = kw.why(" email:LAN@example.com", "device:d")
    assert found.together
    (path,) = found.paths
    assert path.identifiers == ("email:lan@example.com", "user_id:1", "device:d")
    assert [(link.count, link.vouched, link.sources) for link in path.links] == [(2, 1, ("web",)), (1, 0, ("web",))]
    assert [[one.message_id for one in link.samples] for link in path.links] == [["m-1", "m-2"], ["m-3"]]
    assert found.cut_identifiers == ("user_id:1",)
    assert found.notes == ()


def test_a_customer_id_stands_for_its_strongest_identifier(shop):
    kw = shop(LIMITED, {"email": "lan@example.com", "user_id": "1"}, {"email": "lan@example.com", "device": "d"})
    customer = kw.customer("user_id:1").id
    assert kw.why(customer, "device:d").a.key == "user_id:1"
    assert kw.why("user_id:1", customer).b.key != "user_id:1"


def test_a_severed_link(shop):
    kw = shop(LIMITED, *({"user_id": "1", "device": "d"},) * 3, {"user_id": "2", "device": "d"})
    found = kw.why_not("user_id:2", "device:d")
    (obstacle,) = found.between
    assert (obstacle.kind, obstacle.rule) == ("severed", "max_per_customer.user_id")
    assert [one.message_id for one in obstacle.link.samples] == ["m-4"]
    assert [(one.setting, one.value, one.enough) for one in found.steps[0].remedies] == [
        ("", "", True),
        ("identifiers.user_id.max_per_customer", "2", True),
    ]


def test_an_expired_link(shop):
    kw = shop(LIMITED, {"user_id": "1", "cookie": "c"}, {"user_id": "1"})
    found = kw.why_not("user_id:1", "cookie:c")
    assert [one.kind for one in found.between] == ["expired"]
    assert found.steps[0].remedies[1].setting == "identifiers.cookie.ttl"


def test_a_crowded_event_that_is_a_third_customers_stands_between_all_who_are_on_it(shop):
    many = {"badge": [f"c{number:02}" for number in range(30)]}
    kw = shop(LIMITED, many, {"badge": "c28", "device": "d"}, {"badge": "c29"})
    assert kw.customer("badge:c28").events == kw.customer("badge:c29").events == 1
    (obstacle,) = kw.why_not("badge:c28", "badge:c29").between
    assert (obstacle.kind, obstacle.identifiers) == ("crowded", ("badge:c28", "badge:c29"))
    assert (obstacle.sample.message_id, "30 identifiers" in obstacle.reason) == ("m-1", True)
    assert kw.why_not("device:d", "badge:c29").between[0].identifiers == ("badge:c28", "badge:c29")


def test_a_crowded_event_that_came_singly_is_found_as_well(shop):
    kw = shop(LIMITED, {"user_id": "9"}, {"user_id": "1", "device": "a"}, {"user_id": "2", "device": "b"})
    event = {"source": "web", "message_id": "late", "timestamp": "2026-06-01T00:00:00Z"}
    kw.collect([event | {"identifiers": {"user_id": ["1", "2"], "email": "x@example.com"}}])
    for a, b in (("user_id:1", "user_id:2"), ("email:x@example.com", "device:b"), ("email:x@example.com", "user_id:1")):
        assert [one.sample.message_id for one in kw.why_not(a, b).between] == ["late"]


def test_one_word_that_opens_several_obstacles_is_one_step(shop):
    policy = '[resolution]\nconflict = "isolate"\n[identifiers.user_id]\nmax_per_customer = 1\n'
    kw = shop(policy, *({"user_id": "u1", "cookie": "c"},) * 2, {"user_id": "u2", "cookie": "c"})
    text = why_not_text(kw.why_not("user_id:u1", "user_id:u2"))
    assert "Nothing stands directly between them; the way leads over others." in text
    first, rest = text.split("Or one obstacle after the other: 2 steps")
    assert "Smallest change that would join them: 1 step\n  A steward decides that user_id:u1 and user_id:u2" in first
    assert "A steward" not in rest
    assert (rest.count("severed"), "max_per_customer = 2" in rest) == (2, True)


def test_a_shared_identifier(shop):
    kw = shop(LIMITED, *({"user_id": str(number), "device": "kiosk"} for number in range(1, 5)))
    found = kw.why_not("user_id:1", "user_id:2")
    assert [(one.kind, one.identifiers) for one in found.between] == [("shared", ("device:kiosk",))]
    assert kw.why_not("device:kiosk", "user_id:2").steps[0].obstacle.kind == "shared"
    assert not kw.why("device:kiosk", "user_id:1").together


def test_a_blocked_value_on_the_events_of_both(shop):
    kw = shop(
        LIMITED,
        {"email": "INFO@shop.vn", "user_id": "1", "device": "d"},
        {"email": "info@shop.vn", "user_id": "2", "device": "e"},
    )
    found = kw.why_not("user_id:1", "user_id:2")
    assert {one.kind for one in found.between} <= {"blocked"}
    assert found.steps == ()
    asked = kw.why_not("user_id:1", "email:info@shop.vn")
    assert [(one.kind, one.reason) for one in asked.between][:1] == [("blocked", "blocked by a pattern of the policy")]


def test_an_event_that_bears_two_users(shop):
    kw = shop(
        LIMITED,
        {"user_id": ["1", "2"], "device": "d"},
        {"user_id": "1", "device": "d"},
        {"user_id": "2", "device": "e"},
    )
    found = kw.why_not("user_id:1", "user_id:2")
    assert [(one.kind, one.sample.message_id) for one in found.between] == [("crowded", "m-1")]


def test_what_is_newer_than_the_run_is_said(shop):
    kw = shop(LIMITED, {"user_id": "1", "device": "d"})
    kw.layout.policy.write_text(LIMITED.replace("user_id = 3", "user_id = 4"), encoding="utf-8")
    (kw.layout.folder / "more.jsonl").write_text(
        '{"source": "web", "message_id": "n", "timestamp": "2026-03-05T00:00:00Z", "identifiers": {"user_id": "9"}}'
    )
    import knotwork

    with knotwork.open(kw.layout.folder) as again:
        again.load(kw.layout.folder / "more.jsonl")
        notes = again.why("user_id:1", "device:d").notes
        assert ["the policy has changed" in notes[0], "events were loaded" in notes[1]] == [True, True]
        again.resolve(dry_run=True)  # brings the graph up to the facts and publishes nothing
        with pytest.raises(UnknownCustomerError, match="not resolved yet"):
            again.why("user_id:9", "user_id:1")


@pytest.mark.parametrize("ask", ["why", "why_not"])
def test_questions_without_an_answer_get_one_clear_word(shop, ask):
    kw = shop(LIMITED, {"user_id": "1", "email": "a@b.vn"}, {"user_id": "2"})
    question = getattr(kw, ask)
    alone, two = kw.customer("user_id:2").id, kw.customer("user_id:1").id
    with pytest.raises(UnknownCustomerError, match="this email was never seen"):
        question("user_id:1", "email:nobody@b.vn")
    with pytest.raises(UnknownCustomerError, match="no identifier of the type emial"):
        question("user_id:1", "emial:a@b.vn")
    with pytest.raises(UnknownCustomerError, match="no customer was ever called"):
        question("user_id:1", "cus_00000000ZZ")
    with pytest.raises(KnotworkError, match="one and the same"):
        question("email:A@b.vn", "email:a@B.vn ")
    with pytest.raises(KnotworkError, match="one and the same"):
        question(two, two)
    with pytest.raises(KnotworkError, match="asked for already"):
        question(alone, "user_id:2")
    with pytest.raises(ValueError, match="write it as type:value"):
        question("user_id:1", "lan")


@pytest.mark.parametrize("ask", ["why", "why_not"])
def test_before_the_first_run_there_is_nothing_to_explain(shop, ask):
    kw = shop(LIMITED, {"user_id": "1", "email": "a@b.vn"}, resolve=False)
    with pytest.raises(UnknownRunError, match="nothing is resolved yet"):
        getattr(kw, ask)("user_id:1", "email:a@b.vn")


def test_after_a_trial_of_another_reading_nothing_falls_over_and_it_says_so(shop):
    """A dry run reads the graph in another way, and readers still see the customers of the run before."""
    kw = shop(LIMITED, {"user_id": "1", "email": "l.an+a@gmail.com"}, {"user_id": "1", "device": "d"})
    other = LIMITED.replace('normaliser = "email"', 'normaliser = "email"\nprovider_rules = true')
    kw.layout.policy.write_text(other, encoding="utf-8")
    import knotwork

    with knotwork.open(kw.layout.folder) as tried:
        tried.resolve(dry_run=True)
        found = tried.why("email:l.an+a@gmail.com", "device:d")
        assert (found.together, found.paths) == (True, ())
        assert ["the policy has changed" in found.notes[0], "read anew since run 1" in found.notes[1]] == [True, True]
        assert len(found.notes) == 2, "no event was loaded"
        assert tried.customer("email:l.an+a@gmail.com") == tried.customer("user_id:1"), "readers see the run before"
        assert len(tried.journey("email:l.an+a@gmail.com")) == 2
        (ill,) = [one.what for one in tried.doctor() if not one.ok]
        assert "the graph was read anew since run 1" in ill
        tried.resolve()
        assert tried.why("email:lan@gmail.com", "device:d").paths
        assert all(one.ok for one in tried.doctor())
