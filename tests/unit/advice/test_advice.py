"""The whole check: limits that the data suggest, the text to paste, and questions it refuses."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.errors import KnotworkError, UsageError
from knotwork_graph.policy import IdentifierRule, read_policy
from knotwork_resolvers.advice import Degree, Spread, advise, policy_text
from knotwork_resolvers.advice.suggest import guards, limit, pattern_of
from knotwork_resolvers.normalise.blocked import blocked_by
from tests.unit.advice.worlds import NOW, couples, graph_of, policy_of, shared_by

WORLD = graph_of(
    *couples("email", 40),
    *shared_by("device:test-kiosk", 40),
    *((f"device:d{n}", f"email:email-{n:04}") for n in range(40)),
)
POLICY = policy_of(user_id=1, email=2)


def advice_on(name, graph=WORLD, policy=POLICY):
    (found,) = advise(graph, policy, NOW, [name])
    return found


def test_a_kiosk_is_found_and_its_cluster_foretold():
    found = advice_on("device")
    assert (found.values, found.named) == (41, False)
    assert (found.largest_unlimited, found.joined_unlimited) == (121, 40)
    assert [(one.value, one.customers, one.block) for one in found.suspects] == [("test-kiosk", 40, True)]
    assert found.per_customer == Spread(40, 1, 1, 1, 1)


def test_the_suggestion_is_tried():
    found = advice_on("device", policy=policy_of(email=2))
    assert found.largest_now > found.largest_suggested == 3


def test_all_types_are_looked_at_when_none_is_named():
    assert [one.type for one in advise(WORLD, POLICY, NOW)] == ["device", "email", "user_id"]


def test_an_unknown_type_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match='type devise; did you mean "device"'):
        advise(WORLD, POLICY, NOW, ["devise"])


def test_an_empty_graph_is_refused_with_what_to_do():
    with pytest.raises(KnotworkError, match="Load events first"):
        advise(graph_of(), POLICY, NOW)


def test_blocked_values_are_counted_or_written_out_as_asked():
    found = advice_on("device")
    assert 'blocked = ["test-kiosk"]' in policy_text(found, values=True)
    hidden = policy_text(found, values=False)
    assert "test-kiosk" not in hidden
    assert "1 suspected values more" in hidden


@pytest.mark.parametrize("values", [True, False])
def test_the_text_is_a_policy_that_says_what_was_suggested(tmp_path, values):
    rule = IdentifierRule("till no.", priority=4, normaliser="text", blocked=('a"b', "re:^x"), trust=0.5)
    found = replace(
        advice_on("device"), suggested=replace(rule, max_per_customer=3, shared_above={"user_id": 2, "trait:name": 4})
    )
    text = policy_text(replace(found, rule=rule), values=values)
    (tmp_path / "knotwork.toml").write_text(text, encoding="utf-8")
    read = read_policy(tmp_path / "knotwork.toml", {}).policy.rule("till no.")
    assert read == replace(found.suggested, shared_above=read.shared_above)
    assert dict(read.shared_above) == {"user_id": 2, "trait:name": 4}


def test_no_limit_is_said_in_a_comment():
    found = replace(advice_on("device"), suggested=IdentifierRule("device"), per_customer=Spread(9, 4, 30, 60, 90))
    text = policy_text(found, values=False)
    assert "# max_per_customer: no limit suggested, 99 of 100 customers have up to 30" in text
    assert tomllib.loads(text) == {"identifiers": {"device": {}}}


@given(st.lists(st.integers(1, 30), min_size=1, max_size=300))
def test_a_suggested_limit_is_kept_by_99_of_100_customers(counts):
    found = limit(Spread.of(np.array(counts)))
    assert found is None or sum(count <= found for count in counts) >= 0.99 * len(counts)


def test_a_guard_stands_only_where_something_exceeds_it_or_it_stood_before():
    degrees = [
        Degree("email", Spread(9, 1, 1, 1, 1)),
        Degree("phone", Spread(9, 1, 2, 9, 9)),
        Degree("card", Spread(9, 1, 1, 1, 1)),
    ]
    rule = IdentifierRule("device", shared_above={"card": 7, "trait:name": 5})
    assert guards(rule, degrees) == {"card": 2, "phone": 3, "trait:name": 5}


def test_a_guard_that_the_data_keep_is_not_loosened():
    rule = IdentifierRule("device", shared_above={"email": 1, "user_id": 2, "phone": 1})
    kept = [Degree("email", Spread(9, 1, 1, 1, 4)), Degree("user_id", Spread(9, 1, 2, 2, 2))]
    assert guards(rule, [*kept, Degree("phone", Spread(100, 1, 2, 2, 2))]) == {"email": 1, "user_id": 2, "phone": 3}


def test_few_values_loosen_no_guard():
    rule = IdentifierRule("device", shared_above={"phone": 1})
    assert guards(rule, [Degree("phone", Spread(99, 1, 7, 7, 7))]) == {"phone": 1}
    assert guards(IdentifierRule("device"), [Degree("phone", Spread(99, 1, 1, 7, 7))]) == {"phone": 2}


def test_a_guard_on_what_is_not_counted_stays():
    rule = IdentifierRule("ip", shared_above={"cookie": 10, "card": 7})
    assert guards(rule, [Degree("card", Spread(9, 1, 1, 1, 1))]) == {"card": 2, "cookie": 10}


letters = st.text(st.sampled_from("ab*?[]!-re:"), max_size=8)


@given(letters.filter(bool), letters)
def test_a_pattern_matches_its_value_alone(value, other):
    rule = IdentifierRule("device", blocked=(pattern_of(value),))
    assert blocked_by(rule, pa.array([value, other])).tolist() == [True, other == value]
