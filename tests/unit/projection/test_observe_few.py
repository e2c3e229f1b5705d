"""Single events show what a segment of the same events shows: the road without an engine never leads elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from knotwork_graph.facts import FactLog
from knotwork_graph.model.arrays import EDGE_COLUMNS
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.loading import load
from knotwork_resolvers.normalise import normalise_one
from knotwork_resolvers.projection import Observation, observe, observe_few
from knotwork_resolvers.projection.few_traits import fold, trait_hash
from knotwork_resolvers.projection.plain_values import plain
from tests.unit.identity.graphs import policy_of

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=250, deadline=None)
BLOCKED = ("info@*", "*[0-9]99", "shop?", "X-*")
RULES: dict[str, dict[str, Any]] = {
    "user_id": {"max_per_customer": 1, "shared_above": {"trait:name": 2}},
    "email": {"normaliser": "email", "blocked": BLOCKED, "shared_above": {"trait:family_name": 3, "trait:name": 3}},
    "phone": {"normaliser": "phone"},
    "card": {"normaliser": "loyalty_card", "blocked": ("re:^9+$", "info@*")},
    "device": {"normaliser": "device"},
    "nick": {"normaliser": "text"},
}
POLICIES = [
    Policy(),
    policy_of(RULES),
    Policy(default=IdentifierRule("default", normaliser="email", provider_rules=True, max_per_customer=1)),
]
VALUES = [
    *(
        "lan@example.com",
        "LAN@Example.com",
        "info@x.vn",
        "noreply@x.vn",
        "no mail",
        "lán@exämple.com",
        "a.b+c@gmail.com",
    ),
    *("0903123456", "+84903123456", "84903123456", "0999999999", "0123456789", "1900 1234", "090*****56", "00"),
    *(
        "c-81",
        "shop1",
        "a99",
        "299",
        "x-1",
        "X-1",
        "null",
        "None",
        "",
        " ",
        "-",
        "0-0",
        "guest",
        "{AB-CD}",
        "{}",
        "ffff",
    ),
    *("ga1.2.123.456", "GA1.2.123.456", "9999", "99-99", "12 34", "12-34", "ß", "ﬁ", "İ", "mailto:lan@example.com"),
    *("a" * 65 + "@x.vn", "a@" + "b" * 64 + ".vn", "lan@example.com.", "x\ty", "é", "e\u0301"),
]
LETTERS = st.text(st.sampled_from("aAzZ09-_@.+{}()*?x ,;:/é\u0130\u03a3đĐ"), max_size=14)
PRINTED = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
RAW = (
    st.sampled_from(VALUES)
    | LETTERS
    | PRINTED
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
)
NAMES = st.sampled_from(
    ["Trần", "TRAN ", "tran", "Đỗ", "do", "", " ", "ΟΔΥΣΣΕΥΣ", "각", "각", "1.50", "İ", "\U0001e08f"]
)
SAID = (
    NAMES | st.integers() | st.booleans() | st.none() | st.sampled_from([1.5, 1e30, -0.0]) | st.just({"a": [1.0, "x"]})
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["web", "app", "crm"]),
            "minute": st.integers(0, 59),
            "identifiers": st.dictionaries(
                st.sampled_from([*RULES, "other"]), st.lists(RAW, min_size=1, max_size=4), min_size=1, max_size=4
            ),
            "vouched": st.none() | st.lists(st.sampled_from(["email", "user_id", "fax"])),
            "traits": st.none() | st.dictionaries(st.sampled_from(["family_name", "name", "city"]), SAID),
        }
    ),
    min_size=1,
    max_size=12,
)


def line(number: int, event: dict[str, Any]) -> str:
    """The event as a line of JSON."""
    minute = event["minute"]
    said = {key: value for key, value in event.items() if key != "minute"}
    return json.dumps(said | {"message_id": number, "timestamp": f"2026-03-01T09:{minute:02}:00Z"})


def found(seen: Observation) -> dict[str, Any]:
    """All that was found, in an order that does not depend on the road."""
    made = seen.increment
    edges = zip(*(getattr(made.edges, name).tolist() for name in EDGE_COLUMNS), made.sources.tolist(), strict=True)
    return {
        "identifiers": made.identifiers.to_pylist(),
        "edges": sorted(edges),
        "sources": made.source_names,
        "traits": sorted(map(repr, made.traits.to_pylist())),
        "sightings": sorted(zip(*(column.to_pylist() for column in seen.sightings.columns), strict=True)),
        "crowded": seen.crowded,
    }


def columns(seen: Observation) -> list[pa.Schema]:
    return [table.schema for table in (seen.increment.identifiers, seen.increment.traits, seen.sightings)]


CROWD = {"source": "web", "minute": 0, "vouched": None, "traits": None}


@SOME
@example([CROWD | {"identifiers": {"other": [f"c{n}" for n in range(21)]}}], POLICIES[1])
@example([CROWD | {"identifiers": {"user_id": ["a", "b"], "other": ["c"]}}], POLICIES[1])
@given(EVENTS, st.sampled_from(POLICIES))
def test_single_events_show_what_a_segment_of_them_shows(events: list[dict[str, Any]], policy: Policy) -> None:
    with TemporaryDirectory() as folder:
        log, lines = FactLog(Path(folder, "facts")), Path(folder, "events.jsonl")
        lines.write_text("\n".join(line(number, event) for number, event in enumerate(events)), encoding="utf-8")
        assert load([lines], log).accepted == len(events)
        whole = observe(log.segments(), policy, scratch=Path(folder))
        table = pa.parquet.read_table(log.segments()[0].path)
    few = observe_few(table.to_pylist(), policy)
    assert found(few) == found(whole)
    assert columns(few) == columns(whole)
    assert (few.increment.segments, few.increment.upto) == ((), len(events))


def test_no_events_show_nothing() -> None:
    seen = observe_few([], Policy())
    assert (len(seen.increment.identifiers), len(seen.increment.edges), len(seen.sightings)) == (0, 0, 0)
    assert seen.increment.upto == 0


@MANY
@given(RAW, st.sampled_from([*RULES.values(), {}]))
def test_what_is_plain_is_what_the_vectors_make_of_it(raw: str, said: dict[str, Any]) -> None:
    rule = policy_of({"kind": said}).rule("kind")
    value = plain(rule, raw)
    assert value is None or (value, 0, "") == normalise_one(rule, raw)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("email", "LAN@Example.com"),
        ("phone", "0903123456"),
        ("phone", "+84903123456"),
        ("card", "no"),
        ("device", "AB-CD"),
        ("nick", "Lan"),
        ("user_id", "u-1"),
    ],
)
def test_what_most_events_bear_is_plain(kind: str, raw: str) -> None:
    rule = policy_of(RULES | {"card": {"normaliser": "loyalty_card"}}).rule(kind)
    assert plain(rule, raw) == normalise_one(rule, raw)[0]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@MANY
@given(name=NAMES | st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_names_are_folded_as_the_engine_folds_them(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    query = "SELECT replace(strip_accents(lower(trim($name))), 'đ', 'd')"
    assert engine.execute(query, {"name": name}).fetchall() == [(fold(name),)]


@pytest.mark.parametrize("name", ["plain", "with blank", "a.b", "a*b", "$", "[0]", "Tên"])
def test_a_trait_is_found_by_any_name(name: str) -> None:
    assert trait_hash(json.dumps({name: "x"}, ensure_ascii=False), name) == trait_hash('{"n":"X"}', "n") is not None
