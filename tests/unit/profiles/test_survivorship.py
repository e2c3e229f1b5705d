"""Which value survives: each rule by name, ranks and lists of sources, ties, and that order does not matter."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.policy import ProfileRules, SourceRule, TraitRule
from knotwork_resolvers.profiles.claims import Claim, Telling, claims_of
from knotwork_resolvers.profiles.survivorship import ranked


def claim(value: str, source: str = "web", *, first: int = 0, last: int = 0, count: int = 1, vouched: int = 0) -> Claim:
    return Claim("name", value, source, True, first, max(first, last), count, vouched, first, last)


def values(claims, **rules) -> list[str]:
    return [one.value for one in ranked(claims, ProfileRules(**rules)).get("name", ())]


THREE = [
    claim("Lan", first=1, last=9, count=2),
    claim("Nguyễn Lan", "crm", first=5, count=3),
    claim("L", "list", first=3, last=7, vouched=1),
]


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        ("latest", ["Lan", "L", "Nguyễn Lan"]),
        ("first", ["Lan", "L", "Nguyễn Lan"]),
        ("most_frequent", ["Nguyễn Lan", "Lan", "L"]),
        ("longest", ["Nguyễn Lan", "Lan", "L"]),
        ("verified_first", ["L", "Lan", "Nguyễn Lan"]),
    ],
)
def test_each_rule_has_its_order(rule, order):
    assert values(THREE, survivorship=rule) == order


def test_the_source_that_stands_first_goes_first():
    rules = {"survivorship": "source_priority", "source_priority": ("list", "crm")}
    assert values(THREE, **rules) == ["L", "Nguyễn Lan", "Lan"]


def test_a_value_that_many_sources_say_is_more_frequent():
    said = [claim("Lan", "a"), claim("Lan", "b"), claim("Mai", "c", first=9)]
    assert values(said, survivorship="most_frequent") == ["Lan", "Lan", "Mai"]


def test_a_trait_has_a_rule_of_its_own():
    traits = {"name": TraitRule("name", "longest")}
    assert values(THREE, survivorship="first", traits=traits)[0] == "Nguyễn Lan"


def test_a_source_of_lower_rank_goes_first_whatever_the_rule():
    sources = {"list": SourceRule("list", 1), "web": SourceRule("web", 90)}
    assert values(THREE, sources=sources) == ["L", "Nguyễn Lan", "Lan"]


def test_a_list_of_sources_goes_before_their_ranks():
    sources = {"list": SourceRule("list", 1)}
    rules = {"survivorship": "source_priority", "source_priority": ("web",), "sources": sources}
    assert values(THREE, **rules) == ["Lan", "L", "Nguyễn Lan"]


def test_a_source_stands_for_one_of_its_values():
    said = [claim("old", "crm", first=1, count=5), claim("new", "crm", first=9), claim("web", first=5)]
    sources = {"crm": SourceRule("crm", survivorship="most_frequent")}
    assert values(said) == ["new", "web", "old"]
    assert values(said, sources=sources) == ["web", "old", "new"]


def test_a_source_that_is_never_asked_says_nothing():
    sources = {"web": SourceRule("web", never=("name",))}
    assert values([claim("Lan")], sources=sources) == []
    assert values(THREE, sources=sources) == ["L", "Nguyễn Lan"]


def test_ties_go_by_time_source_and_value():
    said = [claim("b", "a"), claim("a", "b"), claim("c", "b"), claim("z", "a", first=1)]
    assert values(said) == ["z", "c", "a", "b"]
    assert values(said, survivorship="first") == ["b", "a", "c", "z"]


rules = st.builds(
    ProfileRules,
    survivorship=st.sampled_from(["latest", "first", "most_frequent", "longest", "source_priority", "verified_first"]),
    source_priority=st.just(("b",)),
    sources=st.fixed_dictionaries(
        {"a": st.builds(SourceRule, st.just("a"), st.integers(1, 3), st.sampled_from([None, "longest", "first"]))}
    ),
)
tellings = st.lists(
    st.builds(
        Telling,
        st.integers(0, 9),
        st.integers(0, 3),
        st.sampled_from("abc"),
        st.sampled_from(['{"name":"Lan"}', '{"name":"Mai"}', '{"name":"Hoa Mai"}']),
        st.booleans(),
    ),
    max_size=12,
)


@given(tellings, rules, st.randoms(use_true_random=False))
def test_claims_in_any_order_rank_alike(told, chosen, chance: Random):
    claims = list(claims_of(told))
    assert ranked(chance.sample(claims, len(claims)), chosen) == ranked(claims, chosen)


@given(tellings, rules)
def test_every_claim_is_ranked_once(told, chosen):
    claims = claims_of(told)
    order = ranked(claims, chosen).get("name", ())
    assert sorted(map(repr, order)) == sorted(map(repr, claims))
