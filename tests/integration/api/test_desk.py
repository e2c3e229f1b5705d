"""The review desk over GraphQL: a case is shown masked, claimed, and answered by who the token says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import knotwork
from knotwork.http.app import create_app
from knotwork.http.entrance import access_of
from tests.integration.api.conftest import LAN, SECRETS
from tests.unit.web.conftest import TOKEN, Visitor

QUEUE = "{ reviewCases { waiting edges { node { number kind about detail } } pageInfo { hasNextPage } } }"
CARD = """query($n: Int!) { reviewCase(number: $n) { revision against case { about detail }
    sides { customer identifiers events orders } why { text } whyNot { text } notes { who what text }
    seenWith { key links { a b count firstSeen lastSeen sources } leftOut } split { words sides cut { a b firstSeen } }
    traits { trait shared left right } similar { number }
    choices { answer does customers contradicts second effect { handed { keys } untold } } } }"""


def test_a_case_is_shown_masked_claimed_and_answered(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    kw.review.refresh(everything=True)
    steward, other = as_role("steward"), as_role("admin")
    queue = steward.graphql(QUEUE)["data"]["reviewCases"]["edges"]
    assert queue, "the made workspace has a cookie that three people share"
    for edge in queue:
        card = steward.graphql(CARD, n=edge["node"]["number"])
        assert "errors" not in card, card
        shown = json.dumps([edge, card], ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in shown], shown
        evidence = card["data"]["reviewCase"]
        assert any(evidence[one] for one in ("seenWith", "why", "whyNot", "split"))
    number = queue[0]["node"]["number"]
    claim = "mutation($n: Int!) { claimCase(input: { number: $n }) { case { claimedBy } } }"
    assert steward.graphql(claim, n=number)["data"]["claimCase"]["case"]["claimedBy"] == "a steward"
    refused = other.graphql(claim, n=number)["errors"][0]["extensions"]
    assert refused == {"code": "CONFLICT", "holder": "a steward"}
    revision = steward.graphql(CARD, n=number)["data"]["reviewCase"]["revision"]
    answer = """mutation($n: Int!, $r: String!) { answerCase(input: { number: $n, answer: "leave", reason: "as it is",
        ifRevision: $r, idempotencyKey: "one" }) { __typename ... on CaseAnswered { cases answer } } }"""
    first = steward.graphql(answer, n=number, r=revision)
    assert first["data"]["answerCase"] == {"__typename": "CaseAnswered", "cases": [number], "answer": "leave"}
    assert steward.graphql(answer, n=number, r=revision) == first


DECIDE = """mutation($by: String!) {
    decide(input: { kind: "must_link", a: "user_id:1", b: "user_id:2", reason: "x", by: $by }) {
        __typename ... on NeedsSecondApproval { waiting } } }"""
SHARED = f"""mutation {{ decide(input: {{ kind: "mark_shared", a: "{LAN}", reason: "x" }}) {{ __typename }} }}"""
WAITING = "{ reviewWaiting { number decisions { kind a b } allDecisions undoes } }"
APPROVE = """mutation($n: Int!, $by: String!) { approve(input: { waiting: $n, by: $by })
    { __typename ... on CaseAnswered { decisions } } }"""


@pytest.mark.parametrize("role", ["steward", "admin"])
def test_who_proposed_never_approves_whatever_name_is_sent(made: Path, tmp_path: Path, role: str) -> None:
    shutil.copytree(made, tmp_path / "ws")
    with (tmp_path / "ws" / "knotwork.toml").open("a", encoding="utf-8") as policy:
        policy.write("[review]\ncustomers = 0\n")
    with knotwork.open(tmp_path / "ws") as kw:
        app = create_app(kw, token=TOKEN, access=access_of(kw))
        first, second = (Visitor(app, headers={"authorization": f"Bearer {token}"}) for token in tokens(kw, role))
        assert "leave `by` out" in first.graphql(DECIDE, by="linh")["errors"][0]["message"]
        waiting = first.graphql(DECIDE, by="")["data"]["decide"]["waiting"]
        assert second.graphql(WAITING)["data"]["reviewWaiting"] == [
            {
                "number": waiting,
                "decisions": [{"kind": "must_link", "a": "user_id:1", "b": "user_id:2"}],
                "allDecisions": 1,
                "undoes": [],
            }
        ]
        for by in ("", "somebody else", "linh"):
            refused = first.graphql(APPROVE, n=waiting, by=by)
            assert refused["errors"], "the token says who it is, and that is who proposed"
            assert len(kw.decisions()) == 1, "only the one that was there before"
        done = second.graphql(APPROVE, n=waiting, by="")["data"]["approve"]
        assert done["__typename"] == "CaseAnswered"
        record = kw.decisions()[-1]
        assert (record.by, record.approved_by) == (f"first {role}", f"second {role}")
        assert "errors" not in first.graphql(SHARED)
        (word,) = second.graphql(WAITING)["data"]["reviewWaiting"][0]["decisions"]
        assert word == {"kind": "mark_shared", "a": "email:la***@example.com", "b": ""}


def tokens(kw: knotwork.Workspace, role: str) -> Iterator[str]:
    """The tokens of two people of one role."""
    for name in ("first", "second"):
        yield kw.tokens.create(f"{name} {role}", role, by="mai")[1]
