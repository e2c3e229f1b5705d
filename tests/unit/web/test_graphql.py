from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import knotwork.graphql
from knotwork.graphql.schema import schema

LAN = "cus_0000000011"
BY_ID = "query($i: ID) { customer(id: $i) "
JOURNEYS = "edges { node { journey(last: 500) { event } } }"
SCHEMA = Path(knotwork.graphql.__file__).with_name("schema.graphql")


def code(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


def test_schema_file_is_the_current_schema() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema().as_str() + "\n"


def test_customer_by_key_and_by_id_is_the_same(clear_api: Any) -> None:
    query = "query($k: String, $i: ID) { customer(key: $k, id: $i) { id events identifiers { key } } }"
    by_key, by_id = clear_api.graphql(query, k="email:nguyenlan.90@gmail.com"), clear_api.graphql(query, i=LAN)
    assert by_key == by_id
    assert by_id["data"]["customer"]["events"] == 71


def test_journey_is_the_newest_events_in_order_of_time(clear_api: Any) -> None:
    answer = clear_api.graphql(BY_ID + "{ journey(last: 5) { timestamp event session known } } }", i=LAN)
    times = [event["timestamp"] for event in answer["data"]["customer"]["journey"]]
    assert len(times) == 5
    assert times == sorted(times)


def test_old_id_leads_to_its_heir_and_says_so(api: Any, people: Any) -> None:
    answer = api.graphql(BY_ID + "{ id redirectedFrom } }", i=people.OLD)
    assert answer["data"]["customer"] == {"id": LAN, "redirectedFrom": people.OLD}


def test_split_id_names_its_heirs(api: Any, people: Any) -> None:
    answer = api.graphql(BY_ID + "{ id } }", i=people.SPLIT)
    assert code(answer) == "SPLIT"
    assert answer["errors"][0]["extensions"]["heirs"] == [people.LAN, people.HUNG]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('{customer(key: "email:nobody@example.com"){id}}', "NOT_FOUND"),
        ('{customer(key: "no colon"){id}}', "BAD_REQUEST"),
        ("{customer{id}}", "BAD_REQUEST"),
        ('{customer(key: "a:b", id: "c"){id}}', "BAD_REQUEST"),
        ("{customers(first: 0){edges{cursor}}}", "BAD_REQUEST"),
        ("{customers(first: 101){edges{cursor}}}", "BAD_REQUEST"),
        ('{customers(after: "xyz"){edges{cursor}}}', "BAD_CURSOR"),
        ('{customers(after: "Y3VzXzAwMDAwMDAwMTE="){edges{cursor}}}', "BAD_CURSOR"),
        ('{customers(after: "é"){edges{cursor}}}', "BAD_CURSOR"),
    ],
)
def test_what_cannot_be_meant_is_a_typed_error(api: Any, query: str, expected: str) -> None:
    assert code(api.graphql(query)) == expected


def test_pages_hold_every_customer_once(api: Any, explorer: Any) -> None:
    query = """query($a: String) { customers(first: 2, after: $a) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    seen, after = [], None
    for _ in range(10):
        page = api.graphql(query, a=after)["data"]["customers"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted(explorer.views)


def test_batch_asks_the_service_once_for_customers_and_once_for_each_journey(api: Any, explorer: Any) -> None:
    api.graphql(
        """{ customers(first: 5) { edges { node {
        id profile identifiers { key } a: journey(last: 3) { event } b: journey(last: 3) { event } } } } }"""
    )
    assert explorer.calls == {"customers": 1, "journey": 5}


def test_customers_without_journeys_cost_one_call(api: Any, explorer: Any) -> None:
    api.graphql("{customers(first: 5) { edges { node { id events profile identifiers { key } } } } }")
    assert explorer.calls == {"customers": 1}


def test_overview_has_the_figures(api: Any) -> None:
    overview = api.graphql("{overview { customers events lastRun { number state } clusterSizes { name count } } }")[
        "data"
    ]["overview"]
    assert overview["lastRun"] == {"number": 7, "state": "published"}
    assert [each["name"] for each in overview["clusterSizes"]] == ["1", "2", "3", "4", "5-10", "11-25", "26+"]
    assert sum(each["count"] for each in overview["clusterSizes"]) == overview["customers"]


def deep(depth: int) -> str:
    return "{overview" + "{a: lastRun" * depth + "{number}" + "}" * depth + "}"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("{" + " ".join(f"a{n}: overview {{ events }}" for n in range(16)) + "}", "alias"),
        ("{overview{" + " events" * 1100 + "}}", "token"),
        (
            f"{{ a: customers(first: 100) {{ {JOURNEYS} }} b: customers(first: 100) {{ {JOURNEYS} }} }}",
            "rows",
        ),
        (
            f"query($n: Int!) {{ a: customers(first: $n) {{ {JOURNEYS} }} b: customers(first: $n) {{ {JOURNEYS} }} }}",
            "rows",
        ),
        ("{overview{events " + "@skip(if: false) " * 6 + "}}", "directives"),
        (deep(12), "depth"),
    ],
)
def test_costly_query_is_refused_before_it_runs(api: Any, explorer: Any, query: str, word: str) -> None:
    answer = api.graphql(query)
    assert any(word in error["message"].lower() for error in answer["errors"])
    assert not explorer.calls


def test_fragments_count_as_what_they_stand_for(api: Any, explorer: Any) -> None:
    page = "customers(first: 100) { edges { node { ...J } } }"
    query = f"{{ a: {page} b: {page} }} fragment J on Customer {{ journey(last: 500) {{ event }} }}"
    assert "rows" in api.graphql(query)["errors"][0]["message"]
    assert not explorer.calls


def test_introspection_works(api: Any) -> None:
    names = api.graphql("{__schema{types{name fields{name type{name ofType{name ofType{name}}}}}}}")
    assert "Customer" in {each["name"] for each in names["data"]["__schema"]["types"]}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_is_taken(api: Any, kind: str) -> None:
    answer = api.post("/graphql", content='{"query":"{overview{customers}}"}', headers={"content-type": kind})
    assert answer.status_code >= 400
    assert "data" not in answer.text


def test_get_shows_no_console_and_runs_nothing(api: Any, explorer: Any) -> None:
    answer = api.get("/graphql?query={overview{customers}}", headers={"accept": "text/html"})
    assert answer.status_code >= 400
    assert "graphiql" not in answer.text.lower()
    assert not explorer.calls


def test_list_of_queries_is_refused(api: Any, explorer: Any) -> None:
    answer = api.post("/graphql", json=[{"query": "{overview{customers}}"}] * 3)
    assert answer.status_code == 400
    assert not explorer.calls
