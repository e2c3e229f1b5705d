"""What the command line can do and GraphQL shows as well: golden records, journeys in pages, splits, many cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.integration.api.conftest import LAN, PHONE, SECRETS
from tests.unit.web.conftest import Visitor

RECORD = """query($k: String!, $t: DateTime) { customer(key: $k) { profile goldenRecord(asOf: $t) {
    known stage events traits {
    trait value rule source at said { events vouched } messageId event beaten { value said { source } } }
    channels { name count } sums { event currency amount } purchases { frequency value } consent { purpose allowed }
    flags { name about } } } }"""
JOURNEY = """query($of: String!, $v: JourneyView!, $n: Int!, $a: String) { journey(
    of: $of, view: $v, first: $n, after: $a) {
    edges { cursor node { messageId event known } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


def said(answer: dict[str, Any]) -> Any:
    assert "errors" not in answer, answer
    return answer["data"]


def code(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


def test_a_golden_record_says_where_each_value_is_from(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    analyst = as_role("analyst")
    found = said(analyst.graphql(RECORD, k=LAN))["customer"]
    record, own = found["goldenRecord"], kw.profile(LAN)
    assert [one["trait"] for one in record["traits"]] == sorted(own.traits)
    assert {one["trait"]: one["value"] for one in record["traits"]} == found["profile"]
    name = next(one for one in record["traits"] if one["trait"] == "name")
    assert (name["value"], name["source"], name["rule"]) == ("N. T. L.", "web", own.traits["name"].rule)
    assert name["said"]["events"] == own.traits["name"].said.events
    assert record["events"] == own.events
    assert record["purchases"]["frequency"] == own.purchases.frequency
    assert not [secret for secret in SECRETS if secret in json.dumps(found, ensure_ascii=False)]
    early = said(analyst.graphql(RECORD, k=LAN, t="2026-03-02T00:00:00Z"))["customer"]["goldenRecord"]
    assert early["events"] == kw.profile(LAN, events_until("2026-03-02T00:00:00+00:00")).events < own.events


def test_the_graph_as_of_a_moment_is_counted_up_to_then(as_role: Callable[[str], Visitor]) -> None:
    query = """query($k: String!, $t: DateTime) { customer(key: $k) {
        now: cluster { keys own counts froms tos } then: cluster(asOf: $t) { keys own counts froms tos } } }"""
    for moment, same in (("2100-01-01T00:00:00Z", True), ("2000-01-01T00:00:00Z", False)):
        found = said(as_role("analyst").graphql(query, k=LAN, t=moment))["customer"]
        now, then = inside(found["now"]), inside(found["then"])
        assert now
        assert then == (now if same else set())
        assert not [secret for secret in SECRETS if secret in json.dumps(found)]
    refused = as_role("analyst").graphql(query, k=LAN, t="2026-03-01T00:00:00")
    assert code(refused) == "BAD_REQUEST"


def inside(graph: dict[str, Any]) -> set[tuple[str, str, int]]:
    """The links between a customer's own identifiers."""
    keys, own = graph["keys"], graph["own"]
    links = zip(graph["froms"], graph["tos"], graph["counts"], strict=True)
    return {(keys[a], keys[b], count) for a, b, count in links if own[a] and own[b]}


def events_until(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)


def test_a_customer_as_known_then_has_no_record(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    query = "query($t: DateTime) { customer(key: %s, knownAt: $t) { %s } }"
    then = kw.home.store.run(1).finished.isoformat()
    for field in ("goldenRecord { events }", "journey { event }", "sessions { number }", "cluster { keys }"):
        answer = as_role("analyst").graphql(query % (json.dumps(LAN), field), t=then)
        assert code(answer) == "BAD_REQUEST", answer


def test_a_journey_is_read_page_by_page_by_customer_and_by_device(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    analyst = as_role("analyst")
    for view in ("customer", "device"):
        whole = kw.journey_page("cookie:c-1", 100, None, view).events
        seen, after = [], None
        while True:
            page = said(analyst.graphql(JOURNEY, of="cookie:c-1", v=view.upper(), n=2, a=after))["journey"]
            assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
            seen += [(edge["node"]["event"], edge["node"]["known"]) for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert seen == [(one.event, one.known) for one in whole]
        assert len(seen) > 2
    assert code(analyst.graphql(JOURNEY, of="cookie:c-1", v="CUSTOMER", n=2, a=after)) == "BAD_CURSOR"
    assert code(analyst.graphql(JOURNEY, of="cookie:nobody", v="CUSTOMER", n=2)) == "NOT_FOUND"
    assert code(analyst.graphql(JOURNEY, of="cookie:c-1", v="CUSTOMER", n=501)) == "BAD_REQUEST"


SPLIT = """mutation($c: ID!, $s: [String!]!) { splitCustomer(
    input: { customer: $c, side: $s, code: "different_people" }) { __typename
    ... on CaseAnswered { decisions run remarks } ... on NeedsSecondApproval { waiting remarks }
    ... on Contradiction { message } } }"""


def test_a_split_is_suggested_previewed_and_done(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    steward, owner = as_role("steward"), kw.customer(LAN).id
    query = """query($c: String!, $s: [String!]) { suggestSplit(customer: $c, side: $s) {
        sides ground evidence share words cut { a b count } } }"""
    whole = said(steward.graphql(query, c=owner))["suggestSplit"]
    assert sum(map(len, whole["sides"])) == len(kw.customer(LAN).identifiers)
    by_hand = said(steward.graphql(query, c=owner, s=[PHONE]))["suggestSplit"]
    assert [by_hand["ground"], by_hand["sides"][1]] == ["by hand", ["phone:+84 90 *** **21"]]
    assert not [secret for secret in SECRETS if secret in json.dumps([whole, by_hand], ensure_ascii=False)]
    done = said(steward.graphql(SPLIT, c=owner, s=[PHONE]))["splitCustomer"]
    assert done["__typename"] == "CaseAnswered", done
    assert done["decisions"]
    assert kw.customer(PHONE).id != kw.customer(LAN).id
    assert said(as_role("analyst").graphql("{ reviewReport { waiting people { name count } } }"))["reviewReport"]
    assert code(steward.graphql(SPLIT.replace("different_people", "nonsense"), c=owner, s=[])) == "BAD_REQUEST"


PREVIEW = """query($a: String!, $b: String) { decisionPreview(kind: "cannot_link", a: $a, b: $b) {
    customers identifiers created kept retired handed { before after keys } severed contradicts untold revenue } }"""


def test_what_a_decision_would_do_is_what_it_does(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    steward = as_role("steward")
    found = said(steward.graphql(PREVIEW, a=LAN, b="cookie:c-1"))["decisionPreview"]
    own = kw.review.preview("cannot_link", LAN, "cookie:c-1")
    assert (found["customers"], found["identifiers"]) == (own.customers, own.identifiers)
    assert found["created"] == list(own.created)
    assert not [secret for secret in SECRETS if secret in json.dumps(found)]
    assert code(steward.graphql(PREVIEW, a="nonsense", b="cookie:c-1")) == "BAD_REQUEST"


MANY = """mutation($d: Boolean!) { answerCases(input: { answer: "leave", reason: "as it is", dryRun: $d }) { __typename
    ... on CasesAnswered { cases decisions customers done waiting leftOut { case reason } } } }"""


def test_many_cases_are_tried_and_then_answered_at_once(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    kw.review.refresh(everything=True)
    steward = as_role("steward")
    numbers = [one.number for one in kw.review.queue(100).cases]
    tried = said(steward.graphql(MANY, d=True))["answerCases"]
    assert (tried["cases"], tried["done"]) == (numbers, False)
    assert numbers
    assert [one.number for one in kw.review.queue(100).cases] == numbers
    done = said(steward.graphql(MANY, d=False))["answerCases"]
    assert (done["cases"], done["done"]) == (numbers, True)
    assert not kw.review.queue(100).cases


RISKY = """mutation($a: String!) { decide(input: { kind: "block", a: $a, reason: "her sister told me" }) {
    __typename ... on NeedsSecondApproval { waiting } } }"""


def test_what_waits_is_listed_and_previewed_without_what_was_written(
    kw: Any, as_role: Callable[[str], Visitor], monkeypatch: Any
) -> None:
    monkeypatch.setattr("knotwork.service.review.deciding.risks", lambda *_: ("it is risky",))
    steward = as_role("steward")
    waiting = said(steward.graphql(RISKY, a="cookie:c-1"))["decide"]["waiting"]
    listed = said(steward.graphql("{ reviewWaiting { number by why reason } }"))["reviewWaiting"]
    assert listed == [{"number": waiting, "by": "a steward", "why": ["it is risky"], "reason": "***"}]
    query = "query($n: Int!) { waitingPreview(waiting: $n) { customers identifiers } }"
    effect = kw.review.preview_waiting(waiting)
    assert said(steward.graphql(query, n=waiting))["waitingPreview"] == {
        "customers": effect.customers,
        "identifiers": effect.identifiers,
    }
    assert code(steward.graphql(query, n=99)) == "NOT_FOUND"
