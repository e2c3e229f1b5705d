"""Changes over GraphQL: done once, refused when stale, kept with who did it; one record in clear for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from knotwork.service.idempotency import KEPT, UNDER_WAY, Answers, Sent
from knotwork_graph.errors import UsageError
from tests.integration.api.conftest import LAN
from tests.unit.web.conftest import Visitor

DECIDE = """mutation($input: DecideInput!) { decide(input: $input) { __typename
    ... on Applied { clientMutationId fresh decision { id number by } } ... on Conflict { revision }
    ... on Contradiction { first } ... on NeedsSecondApproval { waiting } } }"""
UNMASK = """mutation($c: ID!, $r: String!) { unmask(input: { customer: $c, reason: $r }) {
    customer { id profile identifiers { key hash } } } }"""


def code(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


def test_a_steward_sees_one_record_in_clear_and_it_is_kept(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    steward = as_role("steward")
    masked = steward.graphql(f'{{ customer(key: "{LAN}") {{ id profile identifiers {{ key hash }} }} }}')
    assert "lan.nguyen" not in str(masked)
    clear = steward.graphql(UNMASK, c=LAN, r="to call her back")["data"]["unmask"]["customer"]
    assert clear["profile"]["name"] == "Nguyễn Thị Lan"
    assert [one["hash"] for one in clear["identifiers"]] == [
        one["hash"] for one in masked["data"]["customer"]["identifiers"]
    ]
    kept = kw.audit.rows(kind="unmasking")[-1]
    assert (kept.who, kept.what, kept.detail) == ("a steward", clear["id"], "to call her back")
    again = steward.graphql(f'{{ customer(key: "{LAN}") {{ profile }} }}')
    assert "Nguyễn Thị Lan" not in str(again)


def test_without_a_reason_or_without_the_chain_nothing_is_shown(
    kw: Any, as_role: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = as_role("steward")
    assert code(steward.graphql(UNMASK, c=LAN, r=" x ")) == "BAD_REQUEST"
    assert code(steward.graphql(UNMASK, c="cus_00000000ZZ", r="to call her back")) == "NOT_FOUND"
    assert kw.audit.rows(kind="unmasking") == ()

    def broken(*_: Any) -> None:
        raise OSError("no room for lan.nguyen@example.com")

    monkeypatch.setattr(kw.audit, "audit", broken)
    answer = steward.graphql(UNMASK, c=LAN, r="to call her back")
    assert code(answer) == "INTERNAL"
    assert "Nguyễn" not in str(answer)
    assert "lan.nguyen" not in str(answer)


def test_a_request_sent_twice_is_done_once(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    steward, other = as_role("steward"), as_role("steward")
    said = {"kind": "block", "a": "cookie:d-3", "reason": "noise", "idempotencyKey": "k-1", "clientMutationId": "one"}
    first = steward.graphql(DECIDE, input=said)["data"]["decide"]
    again = steward.graphql(DECIDE, input=said | {"clientMutationId": "two"})["data"]["decide"]
    assert (first["fresh"], again["fresh"]) == (True, True)
    assert again["decision"] == first["decision"]
    assert again["clientMutationId"] == "two"
    assert code(steward.graphql(DECIDE, input=said | {"a": "cookie:d-4"})) == "BAD_REQUEST"
    assert other.graphql(DECIDE, input=said)["data"]["decide"]["fresh"] is False
    assert len(kw.decisions()) == 2


def test_events_sent_twice_are_taken_once_and_what_is_wrong_is_named(as_role: Callable[[str], Visitor]) -> None:
    shop = as_role("collector")
    event = {
        "source": "shop",
        "message_id": "s-1",
        "timestamp": "2026-04-01T09:00:00Z",
        "identifiers": {"cookie": "n-1"},
    }
    query = """mutation($input: LoadEventsInput!) { loadEvents(input: $input) {
        received accepted duplicate rejected problems } }"""
    given = {"events": [event, event, {"source": "shop"}]}
    found = shop.graphql(query, input=given)["data"]["loadEvents"]
    assert (found["received"], found["accepted"], found["duplicate"], found["rejected"]) == (3, 1, 1, 1)
    assert found["problems"][0].startswith("3: ")
    assert shop.graphql(query, input=given)["data"]["loadEvents"]["duplicate"] == 2
    assert code(shop.graphql(query, input={"events": []})) == "BAD_REQUEST"
    assert code(shop.graphql(query, input={"events": [event] * 1001})) in ("BAD_REQUEST", "TOO_COSTLY")


def test_runs_are_moved_only_from_where_one_looked(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    admin, now = as_role("admin"), kw.home.store.state().current
    query = """mutation($n: Int, $r: Int) { rollbackRun(input: { number: $n, ifRevision: $r }) { __typename
        ... on ReadersSent { before now } ... on Conflict { revision } } }"""
    stale = admin.graphql(query, r=now - 1)["data"]["rollbackRun"]
    assert stale == {"__typename": "Conflict", "revision": str(now)}
    moved = admin.graphql(query, r=now)["data"]["rollbackRun"]
    assert moved == {"__typename": "ReadersSent", "before": now, "now": now - 1}
    assert kw.audit.rows(kind="publication")[-1].who == "a admin"
    publish = "mutation($n: Int!) { publishRun(input: { number: $n }) { ... on ReadersSent { now } } }"
    assert admin.graphql(publish, n=now)["data"]["publishRun"] == {"now": now}
    assert code(admin.graphql(publish, n=99)) == "NOT_FOUND"


def test_who_decides_is_the_token(as_role: Callable[[str], Visitor]) -> None:
    steward = as_role("steward")
    made = steward.graphql(DECIDE, input={"kind": "block", "a": "cookie:d-5", "reason": "noise"})["data"]["decide"]
    assert made["decision"]["by"] == "a steward"
    forged = steward.graphql(DECIDE, input={"kind": "block", "a": "cookie:d-6", "reason": "noise", "by": "mai"})
    assert code(forged) == "BAD_REQUEST"


def test_answers_are_kept_for_a_week_and_broken_off_requests_may_be_tried_again(tmp_path: Any) -> None:
    now, done = [0.0], []
    answers = Answers(tmp_path / "answers.db", lambda: now[0])
    sent = Sent("token 1", "k", "[1]")

    def do() -> int:
        done.append(1)
        return len(done)

    assert [answers.once(sent, do, int) for _ in range(3)] == [1, 1, 1]
    now[0] = KEPT + 1
    assert answers.once(sent, do, int) == 2

    def fail() -> int:
        raise RuntimeError

    other = Sent("token 1", "j", "[1]")
    with pytest.raises(RuntimeError):
        answers.once(other, fail, int)
    assert answers.once(other, do, int) == 3
    answers._run("UPDATE answers SET answer = NULL")
    with pytest.raises(UsageError, match="still under way"):
        answers.once(other, do, int)
    now[0] += UNDER_WAY + 1
    assert answers.once(other, do, int) == 4
    answers.forget()
    assert answers.once(other, do, int) == 5
    with pytest.raises(UsageError, match="at most 100"):
        Sent("token 1", "x" * 101, "")
