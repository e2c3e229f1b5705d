"""All segments as one query, beside the slow and plain way of finding the same customers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_graph.policy import ProfileRules
from knotwork_resolvers.segments import segment_of
from knotwork_resolvers.segments.query import CONSENTS, EVENTS, MEMBERS, SIGNALS, STAGES, TRAITS, query_of
from knotwork_resolvers.segments.rules import Comparison, Events, Filter, Group, Kind, Measure, Op, Segment, Sequence
from tests.unit.segments.oracle import Did, events_hold, sequence_holds

DAY = 86_400_000_000
NOW = 1_000 * DAY
PEOPLE = (1, 2, 3)
EVENT = pa.schema(
    [("customer", pa.int64()), ("place", pa.int64()), ("timestamp", pa.timestamp("us")), ("event", pa.string()),
     ("channel", pa.string()), ("properties", pa.string())]
)  # fmt: skip
OTHERS = {
    TRAITS: pa.schema([("customer", pa.int64()), ("trait", pa.string()), ("value", pa.string())]),
    SIGNALS: pa.schema([("customer", pa.int64()), ("signal", pa.string()), ("value", pa.float64())]),
    STAGES: pa.schema([("customer", pa.int64()), ("stage", pa.string()), ("until", pa.int64())]),
    CONSENTS: pa.schema([("customer", pa.int64()), ("purpose", pa.string()), ("allowed", pa.bool_())]),
}
Rows = Iterable[dict[str, Any]]


def answers(segments: list[Segment], did: list[Did], now: int = NOW, **others: Rows) -> dict[str, set[int]]:
    """Who is in each segment, and under ``changes_at`` whom time alone will change."""
    rows = ask(segments, did, now, **others)
    names = query_of(segments, ProfileRules()).segments
    return {name: {row["customer"] for row in rows if row[column]} for name, column in names.items()}


def ask(segments: list[Segment], did: list[Did], now: int = NOW, **others: Rows) -> list[dict[str, Any]]:
    """The rows of the query over made tables."""
    query = query_of(segments, ProfileRules())
    text = query.text
    for name in query.tables:
        text = text.replace(f"{{{name}}}", f"made_{name}")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, table in made(did, others).items():
            connection.register(f"made_{name}", table)
        asked = connection.execute(text, {**query.values, **({"now": now} if "$now" in text else {})})
        names = [column[0] for column in asked.description or ()]
        return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]


def made(did: list[Did], others: dict[str, Rows]) -> dict[str, pa.Table]:
    told = sorted(enumerate(did), key=lambda each: (each[1].at, each[0]))
    rows = [
        {"customer": one.customer, "place": place, "timestamp": one.at, "event": one.event, "channel": one.channel,
         "properties": json.dumps(one.properties)}
        for place, (_, one) in enumerate(told)
    ]  # fmt: skip
    held = others.pop("held", [{"customer": one, "type": "cookie"} for one in PEOPLE])
    tables = {EVENTS: pa.Table.from_pylist(rows, EVENT), MEMBERS: pa.Table.from_pylist(list(held))}
    return tables | {name: pa.Table.from_pylist(list(others.get(name, ())), schema) for name, schema in OTHERS.items()}


def ordered(did: list[Did], customer: int) -> list[Did]:
    return [
        one for _, one in sorted(enumerate(did), key=lambda each: (each[1].at, each[0])) if one.customer == customer
    ]


# --- properties

names = st.sampled_from("ABC")
amounts = st.one_of(st.integers(0, 4), st.sampled_from([0.1, 0.2, 0.3, 1.5]))
properties = st.fixed_dictionaries(
    {}, optional={"p": amounts, "q": st.sampled_from(["x", "y", ""]), "currency": st.sampled_from(["VND", "USD"])}
)
days = st.integers(0, 30)
did = st.builds(
    Did, st.sampled_from(PEOPLE), st.integers(0, 30).map(lambda ago: NOW - ago * DAY), names,
    st.sampled_from(["web", "app"]), properties,
)  # fmt: skip
lives = st.lists(did, max_size=14)
spans = st.integers(1, 25).map(lambda count: timedelta(days=count))
perhaps = st.one_of(st.none(), spans)
bounds = st.builds(
    lambda op, value: (Comparison(op, value),),
    st.sampled_from([Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST]),
    st.sampled_from([0, 0.3, 0.6, 1, 2, 3]),
)
wants = st.one_of(
    bounds,
    st.sampled_from([(Comparison(Op.EXISTS, operand=True),), (Comparison(Op.EXISTS, operand=False),)]),
    st.builds(lambda op, value: (Comparison(op, (value,)),), st.sampled_from([Op.IS, Op.IS_NOT]), st.integers(0, 3)),
)
kinds = st.builds(
    Kind,
    st.lists(names, min_size=1, max_size=2, unique=True).map(tuple),
    st.lists(st.builds(Filter, st.just("p"), wants), max_size=1).map(tuple),
    st.sampled_from([(), ("web",), ("app", "web")]),
)
ages = st.builds(lambda op, span: (Comparison(op, span),), st.sampled_from([Op.NEWER_THAN, Op.OLDER_THAN]), spans)
windows: dict[str, Any] = {"in_last": perhaps, "before_last": perhaps}
measures = st.one_of(
    st.builds(Events, kinds, st.just(Measure.COUNT), bounds, **windows),
    st.builds(
        Events, kinds, st.just(Measure.SUM), bounds, st.just("p"), st.sampled_from(["VND", "USD", "none"]), **windows
    ),
    st.builds(Events, kinds, st.just(Measure.DISTINCT), bounds, st.sampled_from("pq"), **windows),
    st.builds(Events, kinds, st.sampled_from([Measure.FIRST, Measure.LAST]), wants, st.just("p"), **windows),
    st.builds(Events, kinds, st.sampled_from([Measure.FIRST, Measure.LAST]), ages, st.just("timestamp"), **windows),
)
some_names = st.lists(names, max_size=1).map(tuple)
sequences = st.builds(
    Sequence, st.lists(kinds, min_size=2, max_size=3).map(tuple), perhaps, perhaps, some_names, some_names
)


def as_segments(leaves: list[Any]) -> list[Segment]:
    return [Segment(f"s{number}", Group(all=(leaf,))) for number, leaf in enumerate(leaves)]


@settings(max_examples=25)
@given(lives, st.lists(measures, min_size=1, max_size=6))
def test_measures_of_events_are_those_that_counting_by_hand_gives(lived: list[Did], leaves: list[Events]):
    found = answers(as_segments(leaves), lived)
    for number, leaf in enumerate(leaves):
        expected = {one for one in PEOPLE if events_hold(leaf, ordered(lived, one), NOW)}
        assert found[f"s{number}"] == expected, leaf


@settings(max_examples=25)
@given(lives, st.lists(sequences, min_size=1, max_size=4))
def test_sequences_are_those_that_trying_every_attempt_gives(lived: list[Did], leaves: list[Sequence]):
    found = answers(as_segments(leaves), lived)
    for number, leaf in enumerate(leaves):
        expected = {one for one in PEOPLE if sequence_holds(leaf, ordered(lived, one), NOW)}
        assert found[f"s{number}"] == expected, leaf


@settings(max_examples=20)
@given(lives, st.one_of(measures, sequences), st.integers(1, 40))
def test_nothing_changes_by_time_alone_before_the_moment_that_was_told(lived: list[Did], leaf: Any, later: int):
    segments = as_segments([leaf])
    due = {row["customer"]: row["changes_at"] for row in ask(segments, lived)}
    early, late = answers(segments, lived)["s0"], answers(segments, lived, NOW + later * DAY)["s0"]
    for customer in early ^ late:
        assert due[customer] is not None
        assert NOW < due[customer] <= NOW + later * DAY


# --- by name


def seg(name: str = "s", **tree: Any) -> Segment:
    return segment_of(name, tree)


def test_amounts_of_two_currencies_are_never_added():
    lived = [Did(1, NOW, "A", properties={"p": 60, "currency": one}) for one in ("VND", "usd")]
    rule = {"event": "A", "sum": "p", "at_least": 100}
    found = answers(
        [seg("vnd", all=[rule | {"currency": "VND"}]), seg("points", all=[rule | {"currency": "none"}]),
         seg("usd", all=[rule | {"currency": "USD", "at_least": 60}])], lived,
    )  # fmt: skip
    assert found == {"vnd": set(), "points": {1}, "usd": {1}}


def test_a_sum_is_exact_whatever_the_order():
    lived = [Did(1, NOW - day * DAY, "A", properties={"p": amount}) for day, amount in enumerate([0.1, 0.2, 0.3, 1e9])]
    exact = {"event": "A", "sum": "p", "currency": "none", "is": 1000000000.6}
    assert answers([seg(all=[exact])], lived)["s"] == answers([seg(all=[exact])], lived[::-1])["s"] == {1}


def test_groups_mean_all_any_and_none():
    lived = [Did(1, NOW, "A"), Did(1, NOW, "B"), Did(2, NOW, "B"), Did(2, NOW, "C"), Did(3, NOW, "A")]
    a, b, c = ({"event": name} for name in "ABC")
    found = answers(
        [seg("both", all=[a, b]), seg("either", any=[a, c]), seg("not", all=[b], none=[c]),
         seg("nested", all=[{"any": [a, b]}, {"none": [{"all": [a, b]}]}]), seg("nobody", none=[{"any": [a, b]}])],
        lived,
    )  # fmt: skip
    assert found == {"both": {1}, "either": {1, 2, 3}, "not": {1}, "nested": {2, 3}, "nobody": set()}


def test_segments_may_name_others_and_one_that_is_unknown_has_nobody():
    lived = [Did(1, NOW, "A"), Did(2, NOW, "B")]
    first, second = seg("first", all=[{"event": "A"}]), seg("second", none=[{"segment": "first"}])
    assert answers([first, second], lived)["second"] == {2, 3}
    assert answers([seg("third", any=[{"segment": "what"}, {"event": "B"}])], lived)["third"] == {2}


def rows(*told: tuple[Any, ...], names: str) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), one, strict=True)) for one in told]


def test_a_long_chain_of_segments_each_naming_the_one_before_twice_is_planned_all_the_same():
    first = seg("s0", all=[{"event": "A"}])
    chain = [
        seg(f"s{number}", any=[{"all": [{"segment": f"s{number - 1}"}]}, {"segment": f"s{number - 1}"}])
        for number in range(1, 50)
    ]
    found = answers([first, *chain], [Did(2, NOW, "A")])
    assert set(map(tuple, found.values())) == {(2,)}


def test_traits_signals_stages_consent_and_identifiers():
    said = [
        (1, "city", "Huế"), (1, "age", "40"), (2, "age", "many"), (2, "b", "1989-12-31T23:30:00+00:00"),
        (3, "b", "1990-01-01T06:00:00+07:00"), (1, "b", "soon"),
    ]  # fmt: skip
    rules: dict[str, dict[str, Any]] = {
        "hue": {"trait": "city", "is": ["Huế", "Đà Lạt"]},
        "old": {"trait": "age", "at_least": 40},
        "no_age": {"trait": "age", "exists": False},
        "born": {"trait": "b", "before": "1990-01-01"},
        "keen": {"signal": "shoes", "at_least": 2},
        "lost": {"lifecycle": ["lost", "at_risk"]},
        "yes": {"consent": "ads"},
        "no": {"consent": "ads", "is": False},
        "known": {"known": True},
        "anonymous": {"known": False},
        "two": {"identifier": "email", "at_least": 2},
    }
    found = answers(
        [seg(name, all=[rule]) for name, rule in rules.items()],
        [],
        held=rows((1, "email"), (1, "email"), (2, "cookie"), (3, "phone"), names="customer type"),
        traits=rows(*said, names="customer trait value"),
        signals=rows((1, "shoes", 2.0), (2, "shoes", 1.9), names="customer signal value"),
        stages=rows((2, "lost", None), (3, "at risk", 7), names="customer stage until"),
        consents=rows((1, "ads", True), (2, "ads", False), names="customer purpose allowed"),
    )
    assert found == {
        "hue": {1}, "old": {1}, "no_age": {3}, "born": {2, 3}, "keen": {1}, "lost": {2, 3}, "yes": {1}, "no": {2},
        "known": {1, 3}, "anonymous": {2}, "two": {1},
    }  # fmt: skip


@pytest.mark.parametrize("name", ['a"b', "x/y~z", "'; DROP TABLE people; --", "{events}", "$now", "đ"])
def test_names_are_only_names_whatever_signs_they_have(name: str):
    lived = [Did(1, NOW, name, name, {name: name}), Did(2, NOW, "other")]
    rule = {"event": name, "channel": name, "where": {name: name}, "last": name, "is": name}
    assert answers([seg(all=[rule])], lived)["s"] == {1}


def test_what_is_no_number_is_neither_above_nor_below_one():
    lived = [Did(number, NOW, "A", properties={"p": value}) for number, value in ((1, "nan"), (2, "inf"), (3, "5 "))]
    assert answers([seg("a", all=[{"event": "A", "where": {"p": {"above": 1}}}])], lived)["a"] == {3}
    assert answers([seg("b", all=[{"event": "A", "where": {"p": {"at_most": 9}}}])], lived)["b"] == {3}
