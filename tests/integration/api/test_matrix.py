"""Who sees what: a question for every field of the schema, as every role, on people whose values must not leak."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)

from knotwork.access.classes import FIELD_CLASSES
from knotwork.access.roles import DataClass, Role, Sight, sight
from knotwork.graphql.schema import schema
from tests.integration.api.conftest import LAN, PHONE, SECRETS
from tests.unit.web.conftest import Visitor

TYPES = schema()._schema.type_map
QUERY: Any = TYPES["Query"]
DEEPEST = 6
GIVEN = {
    "customer": f'key: "{LAN}"', "identifier": f'key: "{LAN}"', "node": 'id: "cus_0000000001"',
    "nodes": 'ids: ["cus_0000000001", "run:1", "decision:1"]', "why": f'a: "{LAN}", b: "cookie:c-1"',
    "whyNot": f'a: "{LAN}", b: "user_id:2"', "history": f'of: "{LAN}"',
    "simulate": 'policy: "[identifiers.cookie]\\nmax_per_customer = 1"',
    "funnel": 'steps: ["Page Viewed", "Product Added"]', "attribution": 'conversion: "Order Completed"',
    "segment": 'name: "reachable"', "segmentMembers": 'name: "reachable"',
    "segmentWhy": f'name: "reachable", of: "{LAN}"', "segmentPreview": 'rule: { all: [{ identifier: "email" }] }',
    "run": "number: 1", "runDifference": "a: 1, b: 2", "decisions": "every: true",
    "reviewCase": "number: 1", "journey": f'of: "{LAN}"', "matchExplain": f'a: "{LAN}", b: "user_id:2"',
    "household": f'of: "{LAN}"', "decisionPreview": f'kind: "cannot_link", a: "{LAN}", b: "cookie:c-1"',
    "waitingPreview": "waiting: 1", "suggestSplit": 'customer: "cus_0000000001"',
}  # fmt: skip
ADMINISTRATORS = {"policy"}
ABSENT = {"reviewCase", "waitingPreview", "matchExplain"}
"""Questions about what this workspace has none of; tests of their own ask them."""


def selection(kind: Any, depth: int = 1) -> str:
    """Every field of a type that needs no argument, down to where the limit of depth is."""
    if isinstance(kind, GraphQLUnionType):
        return "{ __typename " + " ".join(f"... on {one.name} {selection(one, depth)}" for one in kind.types) + " }"
    if isinstance(kind, GraphQLInterfaceType):
        kinds = ("Customer", "Run", "Decision")
        return "{ __typename " + " ".join(f"... on {one} {selection(TYPES[one], depth)}" for one in kinds) + " }"
    found = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if any(is_required_argument(one) for one in field.args.values()):
            continue
        if not hasattr(inner, "fields") and not isinstance(inner, GraphQLUnionType):
            found.append(name)
        elif depth < DEEPEST:
            found.append(f"{name} {selection(inner, depth + 1)}")
    return "{ " + " ".join(found) + " }"


def asked(name: str) -> str:
    kind = get_named_type(QUERY.fields[name].type)
    arguments = f"({GIVEN[name]})" if name in GIVEN else ""
    chosen = selection(kind) if hasattr(kind, "fields") or isinstance(kind, GraphQLUnionType) else ""
    return f"{{ {name}{arguments} {chosen} }}"


def leaves(value: Any, owner: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of an answer under ``Type.field``; JSON stays whole."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one, owner)
    elif isinstance(value, dict) and "__typename" in value:
        for name, inner in value.items():
            whole = not (isinstance(inner, dict) and "__typename" in inner) and not isinstance(inner, list)
            plain = isinstance(inner, list) and not (inner and isinstance(inner[0], dict) and "__typename" in inner[0])
            if whole or plain:
                yield f"{value['__typename']}.{name}", inner
            else:
                yield from leaves(inner, owner)


NAMES = {"key", "id", "ids", "of", "a", "b", "customer", "number", "waiting"}
NAMING = {name for name, field in QUERY.fields.items() if NAMES & set(field.args)}
"""The questions that name somebody or something; a new one must be tried by who may not see it."""


def absent(role: Role, kind: DataClass) -> bool:
    return sight(role, kind) is Sight.ABSENT


@pytest.mark.parametrize("role", list(Role))
def test_every_field_as_every_role(as_role: Callable[[str], Visitor], role: Role) -> None:
    program, answered = as_role(role.value), set()
    for name in QUERY.fields:
        answer = program.graphql(asked(name))
        shown = json.dumps(answer, ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in shown], (name, shown[:2000])
        if "errors" in answer:
            codes = {one["extensions"]["code"] for one in answer["errors"]}
            assert codes <= {"FORBIDDEN", "NOT_FOUND"} | ({"BAD_REQUEST"} if name in ABSENT else set()), answer[
                "errors"
            ]
            continue
        answered.add(name)
        for field, value in leaves(answer["data"][name]):
            if not field.endswith("__typename") and value not in (None, [], ""):
                assert not absent(role, FIELD_CLASSES[field]), (name, field, value)
    expected = {
        Role.COLLECTOR: set(),
        Role.VIEWER: {
            "overview",
            "dataQuality",
            "runs",
            "segments",
            "segment",
            "segmentPreview",
            "matchReport",
            *ANALYSES,
        },
    }.get(role, set(QUERY.fields) - (ADMINISTRATORS if role is not Role.ADMIN else set()) - ABSENT)
    assert answered - ABSENT == expected


ANALYSES = {
    "transitions", "paths", "steps", "funnel", "retention", "rfm", "lifecycle", "attribution", "sessions", "stitching",
}  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "collector"])
def test_unknown_and_forbidden_look_the_same(as_role: Callable[[str], Visitor], role: str) -> None:
    program = as_role(role)
    pairs = [
        (f'customer(key: "{LAN}") {{ id }}', 'customer(key: "email:nobody@example.com") { id }'),
        ('customer(id: "cus_0000000001") { id }', 'customer(id: "cus_00000000ZZ") { id }'),
        (f'identifier(key: "{PHONE}") {{ type }}', 'identifier(key: "phone:+84999999999") { type }'),
        ('node(id: "cus_0000000001") { id }', 'node(id: "cus_00000000ZZ") { id }'),
        (f'history(of: "{LAN}") {{ __typename }}', 'history(of: "email:nobody@example.com") { __typename }'),
        (f'journey(of: "{LAN}") {{ edges {{ cursor }} }}', 'journey(of: "a:b") { edges { cursor } }'),
        (f'household(of: "{LAN}") {{ key }}', 'household(of: "a:b") { key }'),
        (f'matchExplain(a: "{LAN}", b: "user_id:2") {{ a }}', 'matchExplain(a: "a:b", b: "c:d") { a }'),
        ('suggestSplit(customer: "cus_0000000001") { ground }', 'suggestSplit(customer: "cus_00000000ZZ") { ground }'),
        (f'decisionPreview(kind: "block", a: "{LAN}") {{ events }}', 'decisionPreview(kind: "x", a: "a:b") { events }'),
        ("waitingPreview(waiting: 1) { events }", "waitingPreview(waiting: 99) { events }"),
        ('nodes(ids: ["cus_0000000001"]) { id }', 'nodes(ids: ["cus_00000000ZZ"]) { id }'),
        (f'whyNot(a: "{LAN}", b: "user_id:2") {{ run }}', 'whyNot(a: "a:b", b: "c:d") { run }'),
        ("runDifference(a: 1, b: 2) { a }", "runDifference(a: 98, b: 99) { a }"),
        ("run(number: 1) { served }", "run(number: 99) { served }"),
        ("reviewCase(number: 1) { revision }", "reviewCase(number: 999) { revision }"),
        (f'segmentWhy(name: "reachable", of: "{LAN}") {{ inside }}', 'segmentWhy(name: "x", of: "a:b") { inside }'),
        (f'why(a: "{LAN}", b: "cookie:c-1") {{ run }}', 'why(a: "a:b", b: "c:d") { run }'),
        (f'rfm(customers: ["{LAN}"]) {{ kind }}', 'rfm(customers: ["email:nobody@example.com"]) { kind }'),
    ]
    assert {exists.partition("(")[0] for exists, _ in pairs} >= NAMING
    for exists, does_not in pairs:
        one, other = program.graphql(f"{{ {exists} }}"), program.graphql(f"{{ {does_not} }}")
        assert one["errors"][0]["extensions"]["code"] == "FORBIDDEN", exists
        strip = [
            {key: each[key] for key in ("message", "extensions")} for each in (one["errors"][0], other["errors"][0])
        ]
        assert strip[0] == strip[1]


def test_one_by_one_scores_are_not_for_who_sees_sums(as_role: Callable[[str], Visitor]) -> None:
    answer = as_role("viewer").graphql('{ rfm(event: "Order Completed", each: true) { tables { rows } } }')
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


MUTATIONS = {
    "decide": ('{ kind: "block", a: "cookie:d-2", reason: "noise" }', {"steward", "admin"}),
    "undoDecision": ("{ number: 1 }", {"steward", "admin"}),
    "claimCase": ("{ number: 1 }", {"steward", "admin"}),
    "answerCase": ('{ number: 1, answer: "leave", reason: "r" }', {"steward", "admin"}),
    "approve": ("{ waiting: 99 }", {"steward", "admin"}),
    "refuse": ('{ waiting: 99, comment: "no" }', {"steward", "admin"}),
    "defineSegment": ('{ name: "x", rule: { all: [{ identifier: "phone" }] } }', {"steward", "admin"}),
    "loadEvents": ("{ events: [{ nonsense: 1 }] }", {"collector", "admin"}),
    "recompute": ("{}", {"admin"}),
    "publishRun": ("{ number: 1 }", {"admin"}),
    "rollbackRun": ("{}", {"admin"}),
    "splitCustomer": ('{ customer: "cus_0000000001", reason: "two people" }', {"steward", "admin"}),
    "answerCases": ('{ answer: "leave", reason: "r", dryRun: true }', {"steward", "admin"}),
    "unmask": ('{ customer: "cus_0000000001", reason: "to call her back" }', {"steward"}),
}


def test_every_mutation_is_known_here() -> None:
    mutations: Any = TYPES["Mutation"]
    assert set(mutations.fields) == set(MUTATIONS)
    for field in mutations.fields.values():
        assert isinstance(field.type, GraphQLNonNull)
        assert isinstance(field.args["input"].type, GraphQLNonNull)
        inputs = field.args["input"].type.of_type.fields
        assert {"clientMutationId", "idempotencyKey"} <= set(inputs)
    assert all(isinstance(one, GraphQLObjectType) for one in (TYPES["Mutation"], TYPES["Query"]))


@pytest.mark.parametrize("role", list(Role))
def test_every_mutation_as_every_role(
    as_role: Callable[[str], Visitor], app: Any, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    monkeypatch.setattr("knotwork.http.jobs.Jobs.start", lambda *_: None)
    program = as_role(role.value)
    for name, (given, allowed) in MUTATIONS.items():
        answer = program.graphql(f"mutation {{ {name}(input: {given}) {{ __typename }} }}")
        codes = {one["extensions"]["code"] for one in answer.get("errors", [])}
        assert ("FORBIDDEN" in codes) == (role.value not in allowed), (name, role, answer)
        assert "INTERNAL" not in codes, (name, answer)
