"""Requests that Schemathesis makes from the schemas, seeded: no server error, and nothing of the inside is shown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from graphql.language import parse_value
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import knotwork
import knotwork.graphql
from knotwork.http.app import Access, create_app
from tests.integration.api.conftest import SECRETS
from tests.serving import running
from tests.unit.web.conftest import TOKEN

SCHEMA = Path(knotwork.graphql.__file__).with_name("schema.graphql")
INSIDE = ("Traceback", ".py", "duckdb", "sqlite", "pydantic", "INTERNAL", "site-packages", *SECRETS)
HEADERS = {"authorization": f"Bearer {TOKEN}"}
EXAMPLES = 120
FEW = settings(
    max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LIKELY = ("email:lan.nguyen@example.com", "cus_0000000001", "cookie:c-1", "run:1", "reachable", "Page Viewed", "")


@pytest.fixture(scope="module")
def client(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("generated") / "ws"
    shutil.copytree(made, folder)
    with knotwork.open(folder) as kw, pytest.MonkeyPatch.context() as patched:
        patched.setattr("knotwork.http.jobs.Jobs.start", lambda *_: None)
        app: Any = create_app(kw, token=TOKEN, role="admin", access=Access(per_minute=1_000_000))
        with running(app) as address, httpx.Client(base_url=address, timeout=60) as opened:
            yield opened


def checked(answer: Any, asked: str) -> None:
    assert answer.status_code < 500, (asked, answer.text)
    shown = answer.text
    assert not [word for word in INSIDE if word in shown and word not in asked], (asked, shown[:2000])


RULES = ('{ all: [{ identifier: "email" }] }', "{ any: [] }", "{ a: 1 }", "[1]", '"x"', "null", "5")
schemathesis.graphql.scalar("JSON", st.sampled_from([parse_value(one) for one in RULES]))
graphql: Any = schemathesis.graphql.from_file(SCHEMA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_graphql(client: httpx.Client, root: str) -> None:
    operations = [
        one.ok() for one in graphql.get_all_operations() if one.ok().definition.root_type.name.lower() in root.lower()
    ]
    assert len(operations) > 10
    for operation in operations:

        @seed(20260301)
        @settings(FEW, max_examples=max(3, EXAMPLES // len(operations)))
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            checked(client.post("/graphql", json={"query": case.body}, headers=HEADERS), case.body)

        asked()


@seed(20260301)
@FEW
@given(
    first=st.integers(-5, 200),
    text=st.sampled_from(LIKELY) | st.text(max_size=30),
    cursor=st.none() | st.text(max_size=30),
)
def test_likely_and_strange_arguments(client: httpx.Client, first: int, text: str, cursor: str | None) -> None:
    query = """query($f: Int, $t: String!, $c: String, $i: ID!, $ids: [ID!]!) {
        a: customer(key: $t) { id } b: customers(first: $f, after: $c) { edges { cursor } } identifier(key: $t) { type }
        node(id: $i) { id } nodes(ids: $ids) { id } history(of: $t) { __typename } segment(name: $t) { size }
        changes(since: $c, first: 5) { cursor } segmentMembers(name: "reachable", after: $c) { size }
        why(a: $t, b: "cookie:c-1") { run } funnel(steps: [$t]) { kind } decisions(last: 3, before: $c) {
            edges { cursor } } }"""
    given_ = {"f": first, "t": text, "c": cursor, "i": text, "ids": [text, text]}
    checked(client.post("/graphql", json={"query": query, "variables": given_}, headers=HEADERS), json.dumps(given_))


def test_http(client: httpx.Client) -> None:
    schema: Any = schemathesis.openapi.from_dict(client.get("/openapi.json", headers=HEADERS).json())
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) == 4
    for operation in operations:

        @seed(20260301)
        @settings(FEW, max_examples=25)
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            path = case.formatted_path
            sent = {name: value for name, value in (case.query or {}).items() if isinstance(value, str | int | float)}
            checked(client.get(path, params=sent, headers=HEADERS), f"{path} {sent}")

        asked()
