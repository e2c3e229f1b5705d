"""Consent: each identifier's latest word, the strictest of a customer's, whosever the event was that bore it."""

from __future__ import annotations

import pytest

from knotwork_graph.policy import IdentifierRule, Policy, ProfileRules
from knotwork_resolvers.profiles.consent import Said, words_of
from tests.unit.profiles.world import load

A, B = "cookie:a", "email:b"


def allowed(*told: tuple[int, tuple[str, ...], str]) -> bool | None:
    words = words_of(Said(at, "web", keys, f'{{"m":{word}}}') for at, keys, word in told).get("m", ())
    return words[0].allowed if words else None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], None),
        ([(1, (A,), "true")], True),
        ([(1, (A,), "true"), (2, (A,), "false")], False),
        ([(1, (A,), "false"), (2, (A,), "true")], True),
        ([(1, (A,), "false"), (2, (B,), "true")], False),
        ([(1, (A, B), "false"), (2, (B,), "true")], False),
        ([(1, (A, B), "false"), (2, (B,), "true"), (3, (A,), "true")], True),
        ([(1, (A,), "true"), (1, (A,), "false")], False),
        ([(1, (A,), '"Yes"')], True),
        ([(1, (A,), '"perhaps"')], False),
        ([(1, (A,), "false"), (2, (A,), "null"), (3, (A,), '""')], False),
    ],
)
def test_the_strictest_of_the_latest_words(told, expected):
    assert allowed(*told) is expected
    assert allowed(*reversed(told)) is expected


def test_who_said_so_is_told():
    (first, second) = words_of([Said(1, "web", (A,), '{"m":false}'), Said(5, "crm", (B,), '{"m":true}')])["m"]
    assert (first.key, first.source, first.at, first.allowed) == (A, "web", 1, False)
    assert second.key == B


def test_a_word_on_somebody_else_s_event_counts_for_the_identifier(open_shop):
    """The event bears the accounts of two people and falls to one; the other's address said no all the same."""
    one = {"priority": 1, "max_per_customer": 1}
    policy = Policy(
        identifiers={
            "user_id": IdentifierRule("user_id", **one),
            "email": IdentifierRule("email", priority=3, shared_above={"user_id": 9}),
        },
        profiles=ProfileRules(purposes=("profiling",)),
    )

    def told(number, keys, **said):
        at = f"2026-03-0{number}T09:00:00Z"
        return {"source": "web", "message_id": f"m-{number}", "timestamp": at, "identifiers": keys, **said}

    made = open_shop(policy)
    events = [
        told(1, {"user_id": "lan", "email": "lan"}, consent={"marketing": True}),
        told(2, {"user_id": "lan", "email": "lan"}),
        told(3, {"user_id": "hung", "email": "lan"}, consent={"marketing": False}),
    ]
    load(made.workspace, events)
    made.resolve()
    assert made.owners()["user_id:hung"] != made.owners()["email:lan"] == made.owners()["user_id:lan"]
    lan, hung = (made.workspace.profile(f"user_id:{name}") for name in ("lan", "hung"))
    assert lan.consent["marketing"].allowed is False
    assert lan.consent["marketing"].words[0].identifier == "email:lan"
    assert hung.consent["marketing"].allowed is False
    assert lan.consent["profiling"].allowed is None
    assert "consent_disputed" in [one.name for one in lan.flags]
