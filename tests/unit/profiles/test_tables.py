"""Profiles as tables: the same as one by one, in three views, with every value and what it beat."""

from __future__ import annotations

import json

import pytest

from knotwork_graph.errors import UsageError
from knotwork_graph.policy import IdentifierRule, Policy, ProfileRules, Signal, SourceRule, TraitRule
from tests.unit.profiles.world import load

POLICY = Policy(
    identifiers={"user_id": IdentifierRule("user_id", priority=1), "cookie": IdentifierRule("cookie", priority=6)},
    profiles=ProfileRules(
        traits={"name": TraitRule("name", "longest")},
        signals={"shoes": Signal("shoes", {"Viewed": 1.5}, {"category": "shoes"}, above=2)},
    ),
)


def event(number: int, day: int, keys: dict[str, str], **said) -> dict[str, object]:
    return {"source": "web", "message_id": f"m-{number}", "timestamp": f"2026-03-{day:02}T09:00:00Z"} | {
        "identifiers": keys,
        **said,
    }


EVENTS = [
    event(1, 1, {"cookie": "a"}, event="Viewed", channel="web", properties={"category": "shoes"}),
    event(2, 2, {"cookie": "a", "user_id": "lan"}, traits={"name": "Lan", "birth_date": "1990-01-02"}),
    event(3, 3, {"user_id": "lan"}, source="crm", traits={"name": "Nguyễn Lan", "birth_date": "1990-02-01"}),
    event(4, 4, {"user_id": "lan"}, event="Viewed", channel="app", properties={"category": "shoes"}),
    event(5, 5, {"user_id": "lan"}, event="Order Completed", properties={"revenue": 0.1, "currency": "VND"}),
    event(6, 6, {"user_id": "lan"}, event="Order Completed", properties={"revenue": 0.2, "currency": "vnd"}),
    event(7, 7, {"user_id": "lan"}, event="Order Completed", properties={"revenue": 5, "currency": "USD"}),
    event(8, 8, {"cookie": "b"}, event="Viewed", consent={"marketing": False}),
]


@pytest.fixture
def workspace(open_shop):
    made = open_shop(POLICY)
    load(made.workspace, EVENTS)
    made.resolve()
    return made.workspace


def rows(workspace, what):
    out = workspace.layout.folder / f"{what}.out"
    workspace.export(what, "jsonl", out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_row_says_all_that_a_profile_says(workspace):
    lan, profile = rows(workspace, "profiles")[0], workspace.profile("user_id:lan")
    assert lan["traits"] == dict(profile) == {"name": "Nguyễn Lan", "birth_date": "1990-02-01"}
    assert (lan["known"], lan["stage"], lan["events"]) == (profile.known, profile.stage, profile.events)
    assert lan["identifiers"] == {"cookie": ["a"], "user_id": ["lan"]}
    assert lan["counts"] == profile.counts == {"Order Completed": 3, "Viewed": 2}
    assert lan["value"] == profile.purchases.value == {"USD": 5.0, "VND": 0.3}
    assert (lan["purchases"], lan["recency_days"]) == (3, profile.purchases.recency_days)
    assert lan["signals"] == {"shoes": 3.0} == {name: one.value for name, one in profile.signals.items()}
    assert profile.signals["shoes"].lit
    assert lan["channels"] == list(profile.channels) == ["app", "web"]
    assert lan["flags"] == ["many_values:birth_date", "mixed_currencies"]
    assert [one.name for one in profile.flags] == ["many_values", "mixed_currencies"]


def test_known_and_anonymous_part_everybody(workspace):
    every = [row["customer_id"] for row in rows(workspace, "profiles")]
    known, unknown = rows(workspace, "known"), rows(workspace, "anonymous")
    assert [row["customer_id"] for row in (*known, *unknown)] == every
    assert known[0]["contacts"]["user_id"] == ["lan"]
    assert (unknown[0]["devices"], unknown[0]["consent"]) == ({"cookie": ["b"]}, {"marketing": False})


def test_pages_of_a_view_are_its_rows(workspace):
    for view, table in (("everybody", "profiles"), ("known", "known"), ("anonymous", "anonymous")):
        page = workspace.profiles(view)
        assert [one for one, _ in page.profiles] == [row["customer_id"] for row in rows(workspace, table)]
    first = workspace.profiles(first=1)
    assert first.more
    rest = workspace.profiles(after=first.profiles[0][0])
    assert [one for one, _ in (*first.profiles, *rest.profiles)] == [
        row["customer_id"] for row in rows(workspace, "profiles")
    ]
    with pytest.raises(UsageError, match='did you mean "known"'):
        workspace.profiles("knwon")


def test_claims_say_what_survives_and_what_it_beat(workspace):
    names = [row for row in rows(workspace, "claims") if row["trait"] == "name"]
    told = [(row["value"], row["survives"], row["source"], row["rule"], row["message_id"]) for row in names]
    assert told == [("Nguyễn Lan", True, "crm", "longest", "m-3"), ("Lan", False, "web", "longest", "m-2")]


def told(number: int, traits: dict[str, object], **said):
    return event(number, number, {"user_id": "lan"}, traits=traits, **said)


def test_more_names_than_columns_are_told_the_same(open_shop):
    many = {f"t{number:02}": number for number in range(70)}
    made = open_shop(POLICY)
    load(made.workspace, [told(1, many), told(2, {"t01": 100, "city": "Hue"})])
    made.resolve()
    (lan,) = rows(made.workspace, "profiles")
    assert lan["traits"] == many | {"t01": 100, "city": "Hue"} == dict(made.workspace.profile("user_id:lan"))


def test_what_a_source_must_not_say_leaves_the_others_agreed(open_shop):
    policy = Policy(profiles=ProfileRules(sources={"pos": SourceRule("pos", never=("city",))}))
    made = open_shop(policy)
    load(made.workspace, [told(1, {"city": "Hue", "a/b~": " x "}), told(2, {"city": "Vinh", "a/b~": ""}, source="pos")])
    made.resolve()
    (lan,) = rows(made.workspace, "profiles")
    assert lan["traits"] == {"city": "Hue", "a/b~": "x"} == dict(made.workspace.profile("user_id:lan"))


def test_more_kinds_of_events_and_identifiers_than_two_are_all_listed(open_shop):
    made = open_shop(POLICY)
    keys = [{"user_id": "lan", "cookie": f"c{number}"} for number in range(3)]
    amounts = {"revenue": 2, "currency": "VND"}
    load(
        made.workspace,
        [
            event(n, n + 1, keys[n % 3], event=f"Deed {n:02}", channel=f"c {n:02}", properties=amounts)
            for n in range(27)
        ],
    )
    made.resolve()
    (lan,) = rows(made.workspace, "profiles")
    assert lan["identifiers"] == {"cookie": ["c0", "c1", "c2"], "user_id": ["lan"]}
    assert lan["channels"] == [f"c {n:02}" for n in range(27)]
    assert lan["counts"] == {f"Deed {n:02}": 1 for n in range(27)}
    assert lan["sums"] == [{"event": f"Deed {n:02}", "currency": "VND", "events": 1, "amount": 2.0} for n in range(27)]
