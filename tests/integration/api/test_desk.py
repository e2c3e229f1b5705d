"""The review desk over GraphQL: a case is shown masked, claimed, and answered by who the token says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.integration.api.conftest import SECRETS
from tests.unit.web.conftest import Visitor

QUEUE = "{ reviewCases { waiting edges { node { number kind about detail } } pageInfo { hasNextPage } } }"
CARD = """query($n: Int!) { reviewCase(number: $n) { revision against case { about detail }
    traits { trait shared left right } choices { answer does customers contradicts second } similar { number } } }"""


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
