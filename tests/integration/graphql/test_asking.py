"""Explanations, the past and decisions over GraphQL, on a real workspace: the same as in Python, masked by role."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest

import knotwork
from knotwork.http.app import create_app
from knotwork.workspace.lock import writing
from knotwork_graph.model import from_micros
from tests.unit.web.conftest import TOKEN, Visitor

POLICY = """
[identifiers.user_id]
priority = 1
[identifiers.email]
normaliser = "email"
blocked = ["info@*"]
[identifiers.phone]
normaliser = "phone"
"""
EVENTS = (
    *({"user_id": "1", "email": "lan.nguyen@example.com", "cookie": "c-1"},) * 3,
    *({"user_id": "1", "name": "Nguyen Thi Lan", "cookie": "c-1"},) * 3,
    {"user_id": "2", "phone": "+84901234521", "cookie": "c-1"},
    {"user_id": "3", "name": "Tran Van Hung"},
)
SECRETS = ("lan.nguyen", "901234521", "Nguyen Thi Lan", "Tran Van Hung", "her sister's", "confided")
LAN, PHONE, NAME = "email:lan.nguyen@example.com", "phone:+84901234521", "name:Nguyen Thi Lan"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Lan's mail, name and cookie; a phone on her cookie and a third user: a steward parted one, joined the other."""
    tmp_path = tmp_path_factory.mktemp("asking")
    knotwork.init(tmp_path / "ws")
    (tmp_path / "ws" / "knotwork.toml").write_text(POLICY)
    lines = [
        {
            "source": "web",
            "message_id": f"m-{place} of lan.nguyen@example.com",
            "timestamp": f"2026-03-0{place + 1}T09:00:00Z",
            "event": "Seen",
            "identifiers": one,
        }
        for place, one in enumerate(EVENTS)
    ]
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with knotwork.open(tmp_path / "ws") as opened:
        opened.load(tmp_path / "events.jsonl")
        opened.resolve()
        opened.decide("must-link", "name:Tran Van Hung", LAN, reason="her sister's", by="mai", comment="confided")
        opened.decide("cannot-link", PHONE, NAME, reason="confided", by="mai")
        opened.resolve()
    return tmp_path / "ws"


@pytest.fixture
def kw(made, tmp_path):
    """A copy of that workspace."""
    shutil.copytree(made, tmp_path / "ws")
    with knotwork.open(tmp_path / "ws") as opened:
        yield opened


@pytest.fixture
def ask(kw):
    """Asks as somebody with a role: ``ask(role, query, **variables)``."""

    def asked(role: str, query: str, **variables):
        app = create_app(kw, token=TOKEN, role=role, show_personal=role == "steward")
        return Visitor(app, headers={"authorization": f"Bearer {TOKEN}"}).graphql(query, **variables)

    return asked


def code(answer):
    return answer["errors"][0]["extensions"]["code"]


WHY = """query($a: String!, $b: String!) { why(a: $a, b: $b) { together identifiers links run
    a { asked key customer status } paths { identifiers weakest links { a b count decided weight bridge
    said { number by reason } samples { messageId event } } } cutIdentifiers cutLinks leftOut notes text } }"""
WHY_NOT = """query($a: String!, $b: String!) { whyNot(a: $a, b: $b) { together
    between { kind identifiers reason rule collided said { number kind by reason } link { a b samples { messageId } } }
    steps { obstacle { kind } remedies { kind words enough } } collisions { setting values } otherwise { words }
    notes text } }"""
HISTORY = """query($of: String!) { history(of: $of) { __typename
    ... on IdentifierHistory { key periods { since until customer run change cause } }
    ... on CustomerHistory { id turns { held gained { customer identifiers keys } lost { keys } changes causes }
        led { heirs } leftOut } } }"""
DECISIONS = """query($every: Boolean!) { decisions(every: $every) { edges { cursor node {
    number kind a b by reason comment undoneBy undoes } } pageInfo { hasNextPage } } }"""
SIMULATE = """query($p: String!) { simulate(policy: $p) { unchanged merged split
    effects { kind before { key } examples } before { name count } warnings text } }"""


def test_why_is_what_python_says(kw, ask):
    found = ask("steward", WHY, a=LAN, b="name:Tran Van Hung")["data"]["why"]
    known = kw.why(LAN, "name:Tran Van Hung")
    assert (found["together"], found["links"]) == (True, known.links)
    assert [path["identifiers"] for path in found["paths"]] == [list(path.identifiers) for path in known.paths]
    link = found["paths"][0]["links"][0]
    assert link["said"] == {"number": 1, "by": "mai", "reason": "her sister's"}
    assert (link["decided"], link["weight"]) == (True, None)
    assert "decision 1: a steward (mai, " in " ".join(found["text"].split())
    samples = ask("steward", WHY, a=LAN, b="cookie:c-1")["data"]["why"]["paths"][0]["links"][0]["samples"]
    assert samples[0]["messageId"] == "m-0 of lan.nguyen@example.com"


def test_why_not_is_what_python_says(kw, ask):
    found = ask("steward", WHY_NOT, a=LAN, b=PHONE)["data"]["whyNot"]
    known = kw.why_not(LAN, PHONE)
    assert [one["kind"] for one in found["between"]] == [one.kind.value for one in known.between]
    assert [step["obstacle"]["kind"] for step in found["steps"]] == [one.obstacle.kind.value for one in known.steps]
    assert {"number": 2, "kind": "cannot_link", "by": "mai", "reason": "confided"} in [
        one["said"] for one in found["between"]
    ]


@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_no_secret_comes_through_a_mask_in_any_answer(kw, ask, role):
    kw.undo(2, reason="confided", comment="Tran Van Hung")
    kw.resolve()
    every = [
        ask(role, WHY, a=LAN, b=NAME),
        ask(role, WHY, a=LAN, b="user_id:3"),
        ask(role, WHY_NOT, a=LAN, b=PHONE),
        ask(role, WHY_NOT, a=NAME, b=PHONE),
        ask(role, HISTORY, of=LAN),
        ask(role, HISTORY, of=NAME),
        ask(role, HISTORY, of="cus_0000000001"),
        ask(role, DECISIONS, every=True),
        ask(role, SIMULATE, p='[identifiers.cookie]\nmax_per_customer = 1\nblocked = ["c-1"]'),
    ]
    for answer in every:
        assert "errors" not in answer
        shown = json.dumps(answer, ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in shown], shown


def test_the_same_answers_hold_the_secrets_for_a_steward(kw, ask):
    shown = json.dumps([ask("steward", WHY, a=LAN, b=NAME), ask("steward", DECISIONS, every=True)], ensure_ascii=False)
    assert {"lan.nguyen", "Nguyen Thi Lan", "her sister's", "confided"} <= {one for one in SECRETS if one in shown}


@pytest.mark.parametrize("query", ["why", "whyNot", "simulate", "history", "decisions"])
def test_who_sees_sums_alone_asks_for_nobody(ask, query):
    given = {
        "why": '(a: "a:1", b: "b:1") { run }',
        "whyNot": '(a: "a:1", b: "b:1") { run }',
        "simulate": '(policy: "") { merged }',
        "history": '(of: "a:1") { __typename }',
        "decisions": " { edges { cursor } }",
    }[query]
    assert code(ask("viewer", f"{{ {query}{given} }}")) == "FORBIDDEN"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('{ why(a: "email:nobody@x.vn", b: "cookie:c-1") { run } }', "NOT_FOUND"),
        ('{ why(a: "nonsense", b: "cookie:c-1") { run } }', "BAD_REQUEST"),
        ('{ why(a: "cookie:c-1", b: "cookie:c-1") { run } }', "BAD_REQUEST"),
        ('{ history(of: "cus_0000000099") { __typename } }', "NOT_FOUND"),
        ('{ history(of: "nonsense") { __typename } }', "BAD_REQUEST"),
        ('{ simulate(policy: "[resolution") { merged } }', "BAD_REQUEST"),
        ('{ simulate(policy: "[resolution]\\nconflict = \\"x\\"") { merged } }', "BAD_REQUEST"),
        ('{ customer(key: "cookie:c-1", knownAt: "2020-01-01T00:00:00Z") { id } }', "NOT_FOUND"),
        ('{ customer(key: "cookie:c-1", knownAt: "2020-01-01T00:00:00") { id } }', "BAD_REQUEST"),
        ("{ decisions(first: 101) { edges { cursor } } }", "BAD_REQUEST"),
        ('{ decisions(after: "x") { edges { cursor } } }', "BAD_CURSOR"),
        ("mutation { undoDecision(input: { number: 99 }) { __typename } }", "NOT_FOUND"),
        ('mutation { decide(input: { kind: "x", a: "a:1", reason: "r" }) { __typename } }', "BAD_REQUEST"),
        ('mutation { decide(input: { kind: "block", a: "a:1", reason: "" }) { __typename } }', "BAD_REQUEST"),
    ],
)
def test_what_cannot_be_meant_is_a_typed_error(ask, query, expected):
    assert code(ask("steward", query)) == expected


def test_a_policy_that_is_too_long_and_a_graph_that_is_too_large_are_refused(ask, monkeypatch):
    long = ask("steward", SIMULATE, p="#" * 100_001)
    assert (code(long), "too long" in long["errors"][0]["message"]) == ("BAD_REQUEST", True)
    monkeypatch.setattr("knotwork.service.explanations.MOST_SIMULATED", 1)
    assert "too large" in ask("steward", SIMULATE, p="")["errors"][0]["message"]


def test_one_simulation_at_a_time(kw, ask):
    with kw._explanations._simulating:
        assert "another simulation" in ask("steward", SIMULATE, p="")["errors"][0]["message"]
    assert ask("steward", SIMULATE, p=POLICY)["data"]["simulate"]["merged"] == 0


def test_a_customer_as_known_then_and_a_journey_as_of_then(kw, ask):
    first, second = (from_micros(at) for at in kw.home.store.publications().at.tolist())
    query = """query($t: DateTime) { customer(key: "name:Tran Van Hung", knownAt: $t) {
        id knownAt run events identifiers { key } } }"""
    then = ask("steward", query, t=first.isoformat())["data"]["customer"]
    assert (len(then["identifiers"]), then["run"], then["events"]) == (2, 1, 0)
    now = ask("steward", query, t=(second + timedelta(days=1)).isoformat())["data"]["customer"]
    assert len(now["identifiers"]) > 2
    journey = '{ customer(key: "cookie:c-1") { journey(asOf: "2026-03-01T12:00:00Z") { messageId } } }'
    assert len(ask("steward", journey)["data"]["customer"]["journey"]) == 1
    both = query.replace("events", "journey { event }")
    assert code(ask("steward", both, t=first.isoformat())) == "BAD_REQUEST"


def test_history_of_an_identifier_and_of_a_customer(kw, ask):
    found = ask("steward", HISTORY, of="name:Tran Van Hung")["data"]["history"]
    assert found["__typename"] == "IdentifierHistory"
    assert [one["change"] for one in found["periods"]] == ["created", "merged"]
    owner = kw.customer("cookie:c-1").id
    turns = ask("steward", HISTORY, of=owner)["data"]["history"]["turns"]
    assert "decision" in turns[-1]["causes"]


DECIDE = """mutation($input: DecideInput!) { decide(input: $input) { __typename
    ... on Applied { clientMutationId fresh remarks decision { number kind a b by reason } }
    ... on Contradiction { clientMutationId message first } } }"""
UNDO = """mutation($n: Int!) { undoDecision(input: { number: $n, by: "linh" }) { ... on Applied {
    fresh decision { number undoes by } } } }"""


def test_deciding_and_undoing(kw, ask):
    said = {"kind": "block", "a": " cookie:c-1", "reason": "noise", "by": "linh", "clientMutationId": "x-1"}
    made = ask("steward", DECIDE, input=said)["data"]["decide"]
    assert (made["__typename"], made["clientMutationId"], made["fresh"]) == ("Applied", "x-1", True)
    assert made["decision"] == {
        "number": 3,
        "kind": "block",
        "a": "cookie:c-1",
        "b": "",
        "by": "linh",
        "reason": "noise",
    }
    assert ask("steward", DECIDE, input=said)["data"]["decide"]["fresh"] is False
    refused = ask("steward", DECIDE, input=said | {"kind": "keep_linking"})["data"]["decide"]
    assert (refused["__typename"], refused["first"], refused["clientMutationId"]) == ("Contradiction", 3, "x-1")
    assert "decision 3 (a block by linh" in refused["message"]
    assert ask("steward", UNDO, n=3)["data"]["undoDecision"] == {
        "fresh": True,
        "decision": {"number": 4, "undoes": 3, "by": "linh"},
    }
    assert ask("steward", UNDO, n=3)["data"]["undoDecision"]["fresh"] is False
    assert [one.number for one in kw.decisions()] == [1, 2]


@pytest.mark.parametrize(
    ("role", "may"), [("viewer", False), ("analyst", False), ("collector", False), ("admin", True)]
)
def test_who_may_decide(kw, ask, role, may):
    before = len(kw.decisions(every=True))
    answers = [
        ask(role, DECIDE, input={"kind": "block", "a": "cookie:z", "reason": "r", "by": "m"}),
        ask(role, UNDO, n=1),
    ]
    if may:
        assert not any("errors" in one for one in answers)
    else:
        assert [code(one) for one in answers] == ["FORBIDDEN"] * 2
        assert len(kw.decisions(every=True)) == before


def test_while_another_process_writes_deciding_is_busy(kw, ask):
    with writing(kw.layout.lock, "resolve"):
        assert code(ask("steward", UNDO, n=1)) == "BUSY"


def test_decisions_come_in_pages(kw, ask):
    for place in range(5):
        kw.decide("block", f"cookie:{place}", reason="r", by="m")
    query = """query($a: String) { decisions(first: 3, after: $a) {
        edges { node { number } } pageInfo { endCursor hasNextPage } } }"""
    seen, after = [], None
    while True:
        page = ask("steward", query, a=after)["data"]["decisions"]
        seen += [edge["node"]["number"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [1, 2, 3, 4, 5, 6, 7]
