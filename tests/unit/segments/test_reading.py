"""What a segment says: read, written, read again; and every mistake named by file and key."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings

from knotwork_graph.errors import PolicyError, UsageError
from knotwork_graph.policy import policy_in
from knotwork_resolvers.segments import read_definitions, segment_of, toml_of, tree_of, write_definition
from knotwork_resolvers.segments.rules import Consent, Group, InSegment, Segment
from tests.unit.segments.made import segments


@settings(max_examples=60)
@given(segments())
def test_toml_and_json_of_a_segment_are_read_back_as_the_same_segment(segment: Segment):
    as_toml = tomllib.loads(toml_of(segment))
    as_json = json.loads(json.dumps(tree_of(segment)))
    assert repr(segment_of("made", as_toml)) == repr(segment)  # repr tells 1 from 1.0 and true, which are equal
    assert repr(segment_of("made", as_json)) == repr(segment)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", "nothing is asked here"),
    ({"all": []}, "all", "empty"),
    ({"all": {"known": True}}, "all", "list of conditions"),
    ({"all": [3]}, "all[1]", "a condition is a table"),
    ({"all": [{"evnt": "x"}]}, "all[1]", 'did you mean "event"?'),
    ({"all": [{"trait": "city", "event": "x"}]}, "all[1]", "trait and event"),
    ({"all": [{"trait": "age", "at_least": "ten"}]}, "all[1].at_least", "must be a number"),
    ({"all": [{"trait": "age", "at_leats": 10}]}, "all[1].at_leats", 'did you mean "at_least"?'),
    ({"all": [{"trait": "born", "before": "soon"}]}, "all[1].before", "is no moment"),
    ({"all": [{"trait": "city", "is": []}]}, "all[1].is", "1 to 1,000 values"),
    ({"all": [{"trait": "city", "is": [[1]]}]}, "all[1].is", "a text, a number"),
    ({"all": [{"trait": "city", "contains": " "}]}, "all[1].contains", "1 to 1,000 characters"),
    ({"all": [{"known": "yes"}]}, "all[1].known", "true or false"),
    ({"all": [{"event": "Order", "sum": "revenue", "above": 5}]}, "all[1].currency", "never added"),
    ({"all": [{"event": "Order", "sum": "revenue", "currency": "VND"}]}, "all[1].sum", "say how much"),
    ({"all": [{"event": "Order", "currency": "VND"}]}, "all[1].currency", "only a sum has a currency"),
    ({"all": [{"event": "Order", "first": "x", "last": "y"}]}, "all[1].last", "first stands here already"),
    ({"all": [{"event": "Order", "last": "timestamp"}]}, "all[1].last", "say when"),
    ({"all": [{"event": "Order", "last": "timestamp", "is": "x"}]}, "all[1].is", "no such key"),
    ({"all": [{"event": "Order", "in_last": "soon"}]}, "all[1].in_last", "is no duration"),
    ({"all": [{"event": "Order", "in_last": "0d"}]}, "all[1].in_last", "longer than nothing"),
    ({"all": [{"event": "Order", "in_last": "3d", "before_last": "5d"}]}, "all[1].before_last", "nothing lies"),
    ({"all": [{"event": "Order", "where": ["x"]}]}, "all[1].where", "table of properties"),
    ({"all": [{"event": "Order", "where": {"a b": {"abov": 1}}}]}, 'all[1].where."a b".abov', '"above"'),
    ({"all": [{"sequence": ["A"]}]}, "all[1].sequence", "2 to 10 steps"),
    ({"all": [{"sequence": ["A", {"evnt": "B"}]}]}, "all[1].sequence[2]", "a step names its event"),
    ({"all": [{"lifecycle": "activ"}]}, "all[1].lifecycle", 'did you mean "active"?'),
    ({"any": [{"all": [{"signal": "x", "above": True}]}]}, "any[1].all[1].above", "must be a number"),
    ({"all": [{"known": True}], "without_consent": True}, "without_consent", "no purpose"),
    ({"all": [{"known": True}], "titel": "x"}, "titel", 'did you mean "title"?'),
]


@pytest.mark.parametrize(("tree", "key", "words"), WRONG, ids=lambda one: str(one)[:40])
def test_a_mistake_is_named_by_file_and_key_with_a_remedy(tree, key, words):
    with pytest.raises(PolicyError) as caught:
        segment_of("vip", tree, file="knotwork.toml", place="segments.vip")
    said = str(caught.value)
    assert said.startswith("knotwork.toml: ")
    assert f"segments.vip{'.' if key else ''}{key}: " in said
    assert words in said


def test_all_mistakes_of_a_rule_are_told_at_once():
    tree = {"all": [{"trait": "a", "above": "x"}, {"event": "b", "in_last": 3}], "purpse": "x"}
    with pytest.raises(PolicyError, match="3 things need mending"):
        segment_of("vip", tree)


def test_groups_that_lie_too_deep_and_rules_without_end_are_refused():
    deep: dict[str, Any] = {"known": True}
    for _ in range(40):
        deep = {"all": [deep]}
    with pytest.raises(PolicyError, match="flatter"):
        segment_of("deep", deep)
    with pytest.raises(PolicyError, match="at most 500"):
        segment_of("long", {"any": [{"known": True}] * 600})


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "é", "x" * 65])
def test_a_name_that_could_not_stand_in_an_address_is_refused(name):
    with pytest.raises(PolicyError, match="up to 64 letters"):
        segment_of(name, {"all": [{"known": True}]})


def test_a_purpose_asks_for_its_consent_unless_it_is_said_otherwise():
    asked = segment_of("ads", {"purpose": "marketing", "all": [{"known": True}]})
    assert asked.whole_rule == Group(all=(Consent("marketing", granted=True), asked.rule))
    free = segment_of("ads", {"purpose": "marketing", "without_consent": True, "all": [{"known": True}]})
    assert free.whole_rule == free.rule


# --- the segments of a workspace


def tables(**rules: Any) -> MappingProxyType[str, Any]:
    return MappingProxyType(rules)


def of_segments(*names: str) -> dict[str, Any]:
    return {"all": [{"segment": name} for name in names]}


def test_segments_of_the_policy_and_of_files_come_after_those_that_they_name(tmp_path: Path):
    own = segment_of("a", of_segments("z"))
    assert write_definition(tmp_path, own).read_text(encoding="utf-8") == toml_of(own)
    found = read_definitions(
        tmp_path / "knotwork.toml", tables(m=of_segments("a"), z={"all": [{"known": True}]}), tmp_path
    )
    assert [one.name for one in found.segments] == ["z", "a", "m"]
    assert found["a"] == own
    assert found.files["a"].endswith("a.toml")
    with pytest.raises(UsageError, match='did you mean "m"'):
        found["mm"]


def test_segments_that_name_one_another_in_a_circle_are_refused_with_the_circle(tmp_path: Path):
    rules = tables(a=of_segments("b"), b=of_segments("c"), c=of_segments("a"), d=of_segments("a"))
    with pytest.raises(PolicyError, match="in a circle: a -> b -> c -> a"):
        read_definitions(tmp_path / "knotwork.toml", rules, tmp_path)
    with pytest.raises(PolicyError, match="in a circle: a -> a"):
        read_definitions(tmp_path / "knotwork.toml", tables(a=of_segments("a")), tmp_path)
    found = read_definitions(tmp_path / "knotwork.toml", tables(a=of_segments("b")), tmp_path)
    with pytest.raises(PolicyError, match="in a circle: a -> b -> a"):
        found.with_one(Segment("b", Group(all=(InSegment("a"),))))


def test_segments_that_name_one_another_without_end_are_refused(tmp_path: Path):
    rules = {f"s{number}": of_segments(f"s{number + 1}") for number in range(60)}
    with pytest.raises(PolicyError, match="more than 50 deep"):
        read_definitions(tmp_path / "knotwork.toml", rules, tmp_path)


def test_a_segment_that_stands_twice_is_refused(tmp_path: Path):
    write_definition(tmp_path, segment_of("a", of_segments("z")))
    with pytest.raises(PolicyError, match="has this segment already"):
        read_definitions(tmp_path / "knotwork.toml", tables(a=of_segments("z")), tmp_path)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path):
    (tmp_path / "bad.toml").write_text("all = [", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"bad\.toml: line 1"):
        read_definitions(tmp_path / "knotwork.toml", tables(), tmp_path)


def test_the_policy_file_hands_its_segments_on_as_they_stand():
    assert policy_in("[segments.vip]\nall = [{ known = true }]\n", {}).segments == {"vip": {"all": [{"known": True}]}}
    with pytest.raises(PolicyError, match="this is a section"):
        policy_in("segments = 3\n", {})
