"""Pages: forward, backward and the whole list are one, whatever is inserted meanwhile, at a constant cost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knotwork
from knotwork.http.app import create_app
from knotwork_resolvers.generation.customer_events import CustomerEvents
from knotwork_resolvers.journeys.reading import TEXTS as TEXTS_OF_JOURNEYS
from tests.neo4j_server.home import PASSWORD
from tests.unit.web.conftest import TOKEN, Visitor

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $sort: CustomerSort!, $d: Boolean!) {
    customers(first: $first, after: $after, last: $last, before: $before, sort: $sort, descending: $d) {
        edges { cursor node { id events } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def program(kw: Any) -> Visitor:
    return Visitor(create_app(kw, token=TOKEN), headers={"authorization": f"Bearer {TOKEN}"})


def event(number: int, times: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "source": "web",
            "message_id": f"m-{number}-{time}",
            "timestamp": f"2026-03-{1 + (number * 7 + time) % 28:02}T09:00:00Z",
            "event": "Seen",
            "identifiers": {"user_id": f"u{number:04}", "cookie": f"c{number:04}"},
        }
        for time in range(times)
    ]


@contextmanager
def workspace(folder: Path, people: int, graph: str = "") -> Iterator[Any]:
    knotwork.init(folder / "ws")
    (folder / "ws" / "knotwork.toml").write_text(graph)
    rows = [one for number in range(people) for one in event(number, 1 + number % 4)]
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with knotwork.open(folder / "ws") as kw:
        kw.load(folder / "events.jsonl")
        kw.resolve()
        yield kw


@pytest.fixture(scope="module")
def kw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with workspace(tmp_path_factory.mktemp("paging"), 23) as opened:
        yield opened


def walk(
    asker: Visitor, size: int, sort: str, *, descending: bool, backward: bool, between: Callable[[], None]
) -> list[str]:
    """The ids of all pages in the order of the list, with ``between`` called after each page."""
    pages: list[list[str]] = []
    cursor = None
    for _ in range(200):
        way = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        answer = asker.graphql(PAGE, sort=sort, d=descending, **way)
        assert "errors" not in answer, answer
        found = answer["data"]["customers"]
        pages.append([one["node"]["id"] for one in found["edges"]])
        info = found["pageInfo"]
        assert info["hasPreviousPage" if not backward else "hasNextPage"] == (cursor is not None)
        more, cursor = (
            (info["hasPreviousPage"], info["startCursor"]) if backward else (info["hasNextPage"], info["endCursor"])
        )
        if not more:
            break
        between()
    return [one for page in (reversed(pages) if backward else pages) for one in page]


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 30),
    sort=st.sampled_from(["ID", "EVENTS", "LAST_SEEN", "FIRST_SEEN", "IDENTIFIERS"]),
    descending=st.booleans(),
)
def test_forward_is_backward_is_the_whole_list(kw: Any, size: int, sort: str, descending: bool) -> None:
    asker = program(kw)
    whole = walk(asker, 100, sort, descending=descending, backward=False, between=lambda: None)
    assert len(whole) == len(set(whole)) == 23
    for backward in (False, True):
        assert walk(asker, size, sort, descending=descending, backward=backward, between=lambda: None) == whole


@pytest.mark.parametrize(("sort", "backward"), [("ID", False), ("ID", True), ("EVENTS", False), ("EVENTS", True)])
def test_what_is_inserted_meanwhile_loses_and_doubles_nobody(tmp_path: Path, sort: str, backward: bool) -> None:
    with workspace(tmp_path, 12) as opened:
        asker, number = program(opened), iter(range(500, 600))
        before = walk(asker, 100, sort, descending=False, backward=False, between=lambda: None)
        seen = walk(
            asker, 3, sort, descending=False, backward=backward, between=lambda: opened.collect(event(next(number)))
        )
        assert len(seen) == len(set(seen))
        assert [one for one in seen if one in before] == before


def test_a_cursor_of_another_list_or_both_ways_at_once_is_told_so(kw: Any) -> None:
    asker = program(kw)
    found = asker.graphql(PAGE, first=2, sort="EVENTS", d=False)["data"]["customers"]["pageInfo"]["endCursor"]
    for given_ in (
        {"first": 2, "after": found, "sort": "ID", "d": False},
        {"first": 2, "after": found, "sort": "EVENTS", "d": True},
        {"first": 2, "after": found[:-4] + "AAAA", "sort": "EVENTS", "d": False},
    ):
        assert asker.graphql(PAGE, **given_)["errors"][0]["extensions"]["code"] == "BAD_CURSOR"
    both = asker.graphql(PAGE, first=2, last=2, sort="ID", d=False)
    assert both["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Counts the statements that reach either store."""
    from knotwork_graph.neo4j.work import Work
    from knotwork_graph.sqlite.connection import Bulk, Lookup

    seen: Counter[str] = Counter()
    with monkeypatch.context() as patched:
        for owner, name in ((Lookup, "rows"), (Bulk, "fetch"), (Work, "rows")):
            original = getattr(owner, name)

            def counting(self: Any, *given: Any, _original: Any = original, **more: Any) -> Any:
                seen["statements"] += 1
                return _original(self, *given, **more)

            patched.setattr(owner, name, counting)
        yield seen


MOST_STATEMENTS = 16
QUERIES = {
    "customers": "query($n: Int!) { customers(first: $n) { edges { node { id profile identifiers { key hash } } } } }",
    "backward": "query($n: Int!) { customers(last: $n) { edges { node { id profile identifiers { key } } } } }",
    "sorted": "query($n: Int!) { customers(first: $n, sort: EVENTS) { edges { node { id identifiers { key } } } } }",
    "journeys": """query($n: Int!) { customers(first: $n) { edges { node {
        profile journey(last: 5) { event } sessions(last: 5) { number } identifiers { key } } } } }""",
    "journeys then": """query($n: Int!) { customers(first: $n) { edges { node {
        journey(last: 5, asOf: "2026-03-20T00:00:00Z") { event } } } } }""",
    "records": """query($n: Int!) { customers(first: $n) { edges { node {
        goldenRecord { events traits { trait source beaten { value } } } } } } }""",
    "clusters": "query($n: Int!) { customers(first: $n) { edges { node { cluster { keys kinds } } } } }",
    "decisions": "query($n: Int!) { decisions(first: $n) { edges { node { number } } } }",
    "runs": "query($n: Int!) { runs(first: $n) { edges { node { number } } } }",
}


def test_several_at_once_are_what_each_is_alone(kw: Any) -> None:
    ids, then = [view.id for view in kw.customers(23)[0]], datetime(2026, 3, 20, tzinfo=UTC)
    for as_of, last in ((None, None), (None, 2), (then, None), (then, 1)):
        found = kw.browsing.journeys_of([*ids, "cus_00000000ZZ"], as_of, last)
        assert found == {one: kw.journey(one, as_of, last) for one in ids}
    alone = {one: kw.cluster(one) for one in ids}
    unsourced = {
        one: replace(view, edges=tuple(replace(e, sources=()) for e in view.edges)) for one, view in alone.items()
    }
    assert kw.browsing.clusters_of([*ids, "cus_00000000ZZ"]) == unsourced
    assert any(view.edges for view in alone.values())


def statements(kw: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    asker = program(kw)
    made: dict[str, list[int]] = {}
    for name, query in QUERIES.items():
        asker.graphql(query, n=1)  # whatever is opened once is open now
        made[name] = []
        for size in (1, 2, 5, 20):
            with counted(monkeypatch) as seen:
                assert "errors" not in asker.graphql(query, n=size)
            made[name].append(seen["statements"])
    ids = [f"cus_00000000{one}" for one in ("01", "02", "03", "04", "05", "06")]
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    made["nodes"] = []
    for some in (ids[:1], ids[:2], ids[:3], ids):
        with counted(monkeypatch) as seen:
            assert None not in asker.graphql(nodes, ids=some)["data"]["nodes"]
        made["nodes"].append(seen["statements"])
    return made


ONE = """query($id: ID!) { customer(id: $id) {
    profile journey(last: 5) { event known carrier } sessions(last: 5) { number } identifiers { key } } }"""
MOST_FOR_ONE = 8  # half of them ask whether anybody has written


def test_one_customer_with_its_journey_is_looked_up_once(kw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asker, read = program(kw), Counter[str]()
    original = CustomerEvents.rows_of

    def counting(self: Any, customers: Any, *more: Any) -> Any:
        read["events"] += 1
        return original(self, customers, *more)

    asker.graphql(ONE, id="cus_0000000001")  # whatever is opened once is open now
    with counted(monkeypatch) as seen, monkeypatch.context() as patched:
        patched.setattr(CustomerEvents, "rows_of", counting)
        assert "errors" not in asker.graphql(ONE, id="cus_0000000001")
    assert seen["statements"] <= MOST_FOR_ONE
    assert read["events"] == 1


TEXTS = """query($id: ID!) { some: customer(id: $id) { profile journey(last: 5) { event } }
    more: customer(id: $id) { profile journey(last: 5) { messageId source channel properties traits consent session }
        sessions(last: 5) { number channels events { source } } } }"""
EVERY = """query($id: ID!) { customer(id: $id) {
    journey(last: 5) { event messageId source channel properties traits consent session } } }"""


def test_each_journey_of_a_request_has_the_texts_that_it_asks_for(kw: Any) -> None:
    asker = program(kw)
    found, every = (asker.graphql(query, id="cus_0000000001")["data"] for query in (TEXTS, EVERY))
    events = every["customer"]["journey"]
    assert events
    assert all(event["messageId"] and event["event"] and event["source"] for event in events)
    assert [one["event"] for one in found["some"]["journey"]] == [one["event"] for one in events]
    assert [
        one | {"event": event["event"]} for one, event in zip(found["more"]["journey"], events, strict=True)
    ] == events
    assert [one["source"] for each in found["more"]["sessions"] for one in each["events"]] == [
        one["source"] for one in events
    ]
    assert [one["channels"] for one in found["more"]["sessions"]] == [
        [
            *dict.fromkeys(
                event["channel"] for event in every["customer"]["journey"] if event["session"] == one["number"]
            )
        ]
        for one in found["more"]["sessions"]
    ]


def test_of_a_journey_only_those_texts_are_read_that_are_asked_for(kw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asker, read = program(kw), list[set[str]]()
    original = CustomerEvents.rows_of

    def noted(self: Any, customers: Any, columns: Any) -> Any:
        read.append(set(columns))
        return original(self, customers, columns)

    monkeypatch.setattr(CustomerEvents, "rows_of", noted)
    every = ("profile journey(last: 5) { event }", "journey(last: 5) { messageId }", "sessions { channels }", "events")
    for fields in every:
        assert "errors" not in asker.graphql(
            f"query($id: ID!) {{ customer(id: $id) {{ {fields} }} }}", id="cus_0000000001"
        )
    texts = [columns & {*TEXTS_OF_JOURNEYS} for columns in read]
    assert texts == [{"event", "source", "traits"}, {"message_id"}, {"channel"}, set()]  # a profile has its own


def check(made: dict[str, list[int]]) -> None:
    for name, counts in made.items():
        assert len(set(counts[1:])) == 1, (name, counts)
        assert 0 < counts[0] <= counts[1] <= MOST_STATEMENTS, (name, counts)


def test_a_request_costs_the_same_statements_however_long_its_page_is(kw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    check(statements(kw, monkeypatch))


@pytest.mark.neo4j
def test_on_a_server_too(neo4j_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOTWORK_GRAPH_USER", "neo4j")
    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", PASSWORD)
    with workspace(tmp_path, 23, graph_of(neo4j_server)) as opened:
        check(statements(opened, monkeypatch))


def graph_of(address: str) -> str:
    return f'[graph]\nurl = "{address}"\n'
