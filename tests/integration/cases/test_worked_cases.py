"""Each worked case of identity under its own config, through a real workspace; see ``worked`` for the judgements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import knotwork
from knotwork.workspace import init
from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise import normalise_one
from tests.integration.cases.worked import Case, Played, cases_in

pytestmark = pytest.mark.shared_data

CLUSTERS = (
    *(f"adobe-{number}" for number in ("01", "02", "03", "06", "07", "14", "24", "29", "32")),
    *("mixpanel-01", "mixpanel-02", "mixpanel-03", "tasman-01", "holmes-01", "rudderstack-01", "posthog-02"),
    *("segment-02", "segment-03"),
)
RULES = ("mixpanel-04", "posthog-03", "posthog-04")
"""Cases without events: a rule in words, or lists of values; each has a test of its own."""

ELSEWHERE = ("markov-02", "heuristic-01")
"""Attribution asks journeys, not identity: these are played in ``tests/unit/analyses/test_known_data.py``."""

NOT_APPLICABLE = {
    "segment-04": "a default order of types: priorities stand in the policy that init writes, never in the code",
}


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> dict[str, Case]:
    return {case.id: case for case in cases_in(shared_data)}


@pytest.fixture
def play(cases: dict[str, Case], tmp_path: Path) -> Iterator[Callable[..., Played]]:
    """Plays a case, or its first events, in a workspace of its own."""
    played: list[Played] = []

    def one(name: str, events: int | None = None) -> Played:
        played.append(Played(cases[name], tmp_path / f"{name}-{len(played)}", events=events))
        return played[-1]

    yield one
    for each in played:
        each.close()


def test_every_case_of_the_file_is_played_or_named_as_not_applicable(cases):
    assert {*CLUSTERS, *RULES, *ELSEWHERE, *NOT_APPLICABLE} == set(cases)


@pytest.mark.parametrize("name", CLUSTERS)
def test_the_customers_are_those_of_the_case(play, cases, name):
    played = play(name)
    assert played.report.accepted == len(cases[name].events)
    assert played.clusters() == {frozenset(cluster) for cluster in cases[name].expected["clusters"]}


@pytest.mark.parametrize("name", ["mixpanel-01", "mixpanel-02", "mixpanel-03"])
def test_each_event_is_whose_the_case_says(play, cases, name):
    played = play(name)
    wanted = cases[name].expected["event_profile"]
    assert {seq: played.profile(seq) for seq in wanted} == wanted


@pytest.mark.parametrize(("name", "before"), [("mixpanel-01", 3), ("mixpanel-02", 6)])
def test_before_the_login_the_events_are_the_device_s(play, cases, name, before):
    played = play(name, events=before - 1)
    wanted = cases[name].expected[f"event_profile_before_seq{before}"]
    assert {seq: played.profile(seq) for seq in wanted} == wanted


def test_people_are_counted_after_each_event(play, cases):
    counts = cases["rudderstack-01"].expected["people_after_seq"]
    assert {seq: len(play("rudderstack-01", events=int(seq)).clusters()) for seq in counts} == counts


def test_a_merge_beyond_the_cap_is_refused(cases, tmp_path):
    told = cases["mixpanel-04"]
    most = told.config["max_cluster_ids"]
    assert str(most) in told.expected["rule"]
    links = [(f"{n}", f"{n + 1}") for n in range(1, most)]
    events = [{"seq": n, "ids": {"anonymous_id": list(pair)}} for n, pair in enumerate(links)]
    full = Played(Case("cap", told.config, events, {}), tmp_path / "full")
    assert [len(cluster) for cluster in full.clusters()] == [most]
    over = [*events, {"seq": most, "ids": {"anonymous_id": [f"{most}", f"{most + 1}"]}}]
    split = Played(Case("cap", told.config, over, {}), tmp_path / "over")
    assert sorted(len(cluster) for cluster in split.clusters()) == [1, most]
    full.close()
    split.close()


def refused(value: str) -> bool:
    """Whether a value may not link, whatever the policy says."""
    return normalise_one(IdentifierRule("distinct_id"), value)[1] != 0


@pytest.mark.parametrize("how", ["refused_case_sensitive", "refused_blank"])
def test_values_that_name_nobody_are_refused(cases, how):
    assert [value for value in cases["posthog-03"].expected[how] if not refused(value)] == []


OURS_LINK = {"distinctid", "distinct_id", "id", "not_authenticated", "email"}
"""Names of fields that this product refuses too. They are not among our built-in values; a policy can block them."""


def test_values_that_name_nobody_are_refused_in_any_case(cases):
    values = cases["posthog-03"].expected["refused_case_insensitive"]
    spelled = {value: [value, value.upper(), value.title()] for value in values}
    assert {value for value, forms in spelled.items() if not all(map(refused, forms))} == OURS_LINK
    blocking = IdentifierRule("distinct_id", blocked=tuple(OURS_LINK))
    assert all(normalise_one(blocking, form)[1] for value in OURS_LINK for form in spelled[value])


def test_the_person_kept_wins_and_the_other_fills_the_gaps(cases, tmp_path):
    """Who is kept is who was there first: that is our ``first``, whichever of both the merging event names first."""
    told = cases["posthog-04"].expected
    policy = init(tmp_path / "shop")
    policy.write_text('[profile]\nsurvivorship = "first"\n', encoding="utf-8")
    said = [("a", told["keep"]), ("b", told["merge_in"]), (["b", "a"], {})]
    with knotwork.open(policy.parent) as kw:
        for minute, (who, traits) in enumerate(said):
            event = {"source": "app", "message_id": f"m-{minute}", "timestamp": f"2026-01-01T00:0{minute}:00Z"}
            assert kw.collect([event | {"identifiers": {"user_id": who}, "traits": traits}]).load.accepted == 1
        kw.resolve()
        assert dict(kw.profile("user_id:b")) == told["result"]


def test_what_segment_ignores_we_ignore_without_being_told(cases):
    expected = cases["segment-02"].expected
    assert [value for value in expected["ignored_values"] if not value.startswith("^") and not refused(value)] == []
    zeros = ["0", "000", "0-0", "00000000-0000-0000-0000-000000000000", "-"]
    assert all(re.fullmatch(r"[0-]*", value) and refused(value) for value in zeros)
    assert not any(refused(value) for value in expected["configurable_example"])
