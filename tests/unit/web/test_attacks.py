"""The attacks that graphql-cop tries, made anew: none finds anything. Each limit says its name and its value."""

from __future__ import annotations

from typing import Any

import pytest

from knotwork.graphql import limits
from knotwork.http.app import create_app
from tests.unit.web.conftest import TOKEN, Visitor

HEADERS = {"authorization": f"Bearer {TOKEN}"}


def refusal(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer.get("data") is None
    return answer["errors"][0]["extensions"]


def test_1_alias_overloading(api: Any, explorer: Any) -> None:
    query = "{" + " ".join(f"alias{place}: __typename" for place in range(101)) + "}"
    assert refusal(api.graphql(query)) == {"code": "TOO_COSTLY", "limit": "aliases", "allowed": 15, "found": 101}
    assert not explorer.calls


def test_2_array_based_batching(api: Any) -> None:
    answer = api.post("/graphql", json=[{"query": "query { __typename }"}] * 10)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_3_directive_overloading(api: Any) -> None:
    for directive in ("@aa", "@skip(if: false) "):
        found = refusal(api.graphql("{ __typename " + directive * 10 + " }"))
        assert (found["limit"], found["allowed"], found["found"]) == ("directives", 5, 10)


def test_4_circular_question_for_the_schema(api: Any) -> None:
    query = "{ __schema { types " + "{ fields { type " * 4 + "{ name }" + " } }" * 4 + " } }"
    assert api.graphql(query).get("data") is None


def test_5_duplicated_fields(api: Any) -> None:
    found = refusal(api.graphql("query cop { __typename \n" + "__typename \n" * 500 + "}"))
    assert (found["limit"], found["allowed"]) == ("repeats of one field", limits.REPEATS)


@pytest.mark.parametrize(
    "path", ["/", "/graphql", "/graphiql", "/playground", "/console", "/altair", "/graphql/console"]
)
def test_6_no_console(api: Any, path: str) -> None:
    text = api.get(path, headers={"accept": "text/html"}).text.lower().replace(path, "")
    assert not [word for word in ("graphiql", "graphql-playground", "graphql playground", "altair") if word in text]


def test_7_introspection_is_not_for_every_role(explorer: Any) -> None:
    query = "{ __schema { types { name } } }"
    for role in ("viewer", "collector"):
        answer = Visitor(create_app(explorer, token=TOKEN, role=role), headers=HEADERS).graphql(query)
        assert "data" not in answer
        assert "introspection" in answer["errors"][0]["message"].lower()
    stranger = Visitor(create_app(explorer, token=TOKEN))
    assert stranger.post("/graphql", json={"query": query}).status_code == 401


def test_8_no_suggestions_for_who_may_not_read_the_schema(explorer: Any, viewer_api: Any, api: Any) -> None:
    for query in (
        "{ overvew { events } }",
        "{ overview { evnts } }",
        "{ changes(firs: 1) { more } }",
        "{ ...on Custmer { id } }",
    ):
        assert "did you mean" not in str(viewer_api.graphql(query)).lower()
    assert "did you mean" in str(api.graphql("{ overvew { events } }")).lower()


def test_9_reading_by_get_needs_the_header_which_no_other_site_can_send(explorer: Any, analyst: Any) -> None:
    answer = analyst.get("/graphql?query={__typename}")
    assert answer.status_code == 401
    assert "__typename" not in answer.text


def test_10_no_mutation_by_get(clear_api: Any, explorer: Any) -> None:
    answer = clear_api.get("/graphql?query=mutation{__typename}")
    assert answer.status_code == 400
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_11_no_form_of_another_site(api: Any, kind: str) -> None:
    answer = api.post("/graphql", content="query=%7B__typename%7D", headers={"content-type": kind})
    assert answer.status_code == 415
    assert "data" not in answer.json()


def test_12_no_tracing_and_no_inner_failure(api: Any) -> None:
    answer = api.graphql("query cop { __typename }")
    assert answer == {"data": {"__typename": "Query"}}
    for bad in (
        "qwerty cop { abc }",
        "query cop { abc }",
        "{",
        "",
        "query($a: Nothing!) { __typename }",
        "\x00",
        "{a(b:",
    ):
        shown = str(api.post("/graphql", json={"query": bad}).json()).lower()
        assert "exception" not in shown
        assert "traceback" not in shown
        assert ".py" not in shown


def test_depth_says_how_deep(api: Any) -> None:
    query = "{customer(id: 1){identifiers" + "{a: type" * 12 + "}" * 12 + "}}"
    found = refusal(api.graphql(query))
    assert (found["limit"], found["allowed"]) == ("levels of depth", 10)


def test_very_deep_queries_fail_as_queries(api: Any) -> None:
    answer = api.graphql("{a" * 490 + "}" * 490)
    assert answer["errors"]
    assert "data" not in answer


def test_tokens_and_characters_say_how_many(api: Any) -> None:
    found = refusal(api.graphql("{overview{" + " events" * 1100 + "}}"))
    assert (found["limit"], found["allowed"]) == ("tokens", 1000)
    found = refusal(api.graphql("{ overview { events } } #" + "x" * 20_000))
    assert (found["limit"], found["allowed"]) == ("characters", 20_000)


def test_fragments_that_hold_each_other_cost_no_time(api: Any) -> None:
    parts = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    answer = api.graphql(f"{{ ...F0 }} {parts} fragment F60 on Query {{ overview {{ events }} }}")
    assert "errors" in answer or "data" in answer


@pytest.mark.parametrize(
    "body",
    ["", "null", "5", '"x"', "[]", "{}", '{"query": 5}', '{"query": "{a}", "variables": 5}', "\xff", '{"query":' * 50],
)
def test_what_is_no_request_is_told_so_in_json(api: Any, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = api.post("/graphql", content=body.encode("latin-1"), headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]
