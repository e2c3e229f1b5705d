"""Decisions are obeyed by the next run, named in every answer, and gone from it once they are undone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knotwork_graph.errors import ContradictionError
from knotwork_graph.model import Status
from knotwork_resolvers.explain.answers import ObstacleKind
from knotwork_resolvers.explain.wording import why_not_text, why_text

PLAIN = """
[identifiers.user_id]
priority = 1
[identifiers.email]
normaliser = "email"
[identifiers.device]
shared_above = { user_id = 3 }
"""

TWO = ({"user_id": "1", "device": "d"},) * 3 + ({"user_id": "2", "cookie": "c"},) * 2
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


def words(text: str) -> str:
    return " ".join(text.replace("|", " ").split())


def reasons(kw, key):
    return {one.key: (one.status, one.reason) for one in kw.customer(key).identifiers}


def edges(kw, key):
    return {(one.a, one.b): (one.kind, one.detail, one.count) for one in kw.cluster(kw.customer(key).id).edges}


def test_a_must_link_holds_after_the_next_run_and_why_names_it(shop):
    kw = shop(PLAIN, *TWO)
    number = kw.decide("must-link", "cookie:c", "device:d", reason="one tablet", by="mai").record.number
    before = kw.why("user_id:1", "user_id:2")
    assert not before.together
    assert any("stewards have decided since run 1" in note for note in before.notes)
    kw.resolve()
    found = kw.why("user_id:1", "user_id:2")
    assert found.together
    assert found.notes == ()
    assert [link.said.number for link in found.paths[0].links if link.said] == [number]
    told = f"decision {number}: a steward (mai, {TODAY}) says that they are one customer (must-link): one tablet"
    assert told in words(why_text(found))
    assert edges(kw, "user_id:1")["cookie:c", "device:d"] == ("decided", f"decision 1 (mai, {TODAY})", 0)


def test_a_must_link_of_an_identifier_that_was_always_alone(shop):
    kw = shop(PLAIN, {"email": "lan@x.vn"}, {"cookie": "c", "user_id": "1"})
    kw.decide("must-link", "email:lan@x.vn", "user_id:1", reason="called", by="mai")
    kw.resolve()
    found = kw.why("email:lan@x.vn", "cookie:c")
    assert found.paths[0].identifiers == ("email:lan@x.vn", "user_id:1", "cookie:c")


def test_a_cannot_link_parts_and_why_not_names_it_and_undoing_gives_all_back(shop):
    kw = shop(PLAIN, {"user_id": "1", "device": "d"}, {"device": "d", "cookie": "c"})
    first = kw.customer("user_id:1")
    number = kw.decide("cannot-link", "user_id:1", "cookie:c", reason="twins", by="mai").record.number
    kw.resolve()
    found = kw.why_not("user_id:1", "cookie:c")
    assert not found.together
    assert ObstacleKind.SEVERED in {one.kind for one in found.between} | {one.obstacle.kind for one in found.steps}
    assert f"decision {number}: a steward (mai, {TODAY}) keeps" in words(why_not_text(found))
    assert f"takes back decision {number}" in words(why_not_text(found))
    with pytest.raises(ContradictionError):
        kw.decide("must-link", "cookie:c", "user_id:1", reason="no")
    kw.undo(number)
    kw.resolve()
    assert kw.customer("user_id:1") == first
    assert kw.why("user_id:1", "cookie:c").together


@pytest.mark.parametrize(
    ("kind", "status", "stored"), [("block", Status.BLOCKED, "blocked"), ("mark-shared", Status.SHARED, "shared")]
)
def test_a_word_on_one_identifier_is_told_where_it_stands_between(shop, kind, status, stored):
    kw = shop(PLAIN, {"user_id": "1", "cookie": "c"}, {"cookie": "c", "email": "lan@x.vn"})
    kw.decide(kind, "cookie:c", reason="a shop's", by="mai")
    kw.resolve()
    found = kw.why_not("user_id:1", "email:lan@x.vn")
    assert f"{stored} by decision 1: a steward (mai, {TODAY}) said so: a shop's" in words(why_not_text(found))
    assert found.between[0].said.number == 1


def test_keep_linking_is_told_on_the_customer(shop):
    users = [{"user_id": str(number), "device": "d", "email": f"{number}@x.vn"} for number in range(5)]
    kw = shop(PLAIN, *users)
    assert not kw.why_not("user_id:1", "user_id:2").together
    kw.decide("keep-linking", "device:d", reason="a family", by="mai")
    kw.resolve()
    told = f"keeps linking: decision 1 (mai, {TODAY})"
    assert reasons(kw, "user_id:1")["device:d"] == (Status.LINKING, told)
    assert kw.why("user_id:1", "user_id:2").together


def test_a_blocked_identifier_that_a_must_link_holds_says_both(shop):
    kw = shop(PLAIN, {"user_id": "1"}, {"cookie": "c"})
    kw.decide("block", "cookie:c", reason="noise", by="mai")
    kw.decide("must-link", "cookie:c", "user_id:1", reason="his all the same", by="linh")
    kw.resolve()
    assert reasons(kw, "user_id:1")["cookie:c"] == (Status.BLOCKED, f"blocked: decision 1 (mai, {TODAY})")


def test_simulate_and_the_past_obey_decisions(shop, tmp_path):
    kw = shop(PLAIN, *TWO)
    kw.decide("must-link", "cookie:c", "device:d", reason="one tablet", by="mai")
    kw.resolve()
    (tmp_path / "same.toml").write_text(PLAIN)
    found = kw.simulate(tmp_path / "same.toml")
    assert (found.unchanged, found.split, found.merged) == (1, 0, 0)
    assert len(kw.journey("user_id:1", as_of=datetime(2026, 3, 5, 12, tzinfo=UTC))) == 5
