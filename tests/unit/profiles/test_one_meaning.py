"""A profile has one meaning: of one customer or of everybody, collected a moment ago or after the night."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork.workspace import Workspace
from knotwork.workspace.layout import Layout
from knotwork_graph.policy import Settings
from knotwork_resolvers.profiles.moment import Moment
from tests.unit.profiles.world import DAY, all_at_once, histories, lines, load, one_by_one, policies

MINUTE = 60_000_000
NOW = Moment(390 * DAY * MINUTE)
moments = st.sampled_from([NOW, Moment(200 * DAY * MINUTE, 200 * DAY * MINUTE)])
few = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])


def opened(folder: str, policy) -> Workspace:
    Path(folder).mkdir(exist_ok=True)
    return Workspace(Layout(Path(folder)), Settings(policy=policy))


@few
@given(histories, histories, policies, moments)
def test_one_customer_is_told_as_among_everybody(early, late, policy, moment):
    with tempfile.TemporaryDirectory() as folder, opened(folder, policy) as workspace:
        told = lines([*early, *late])
        load(workspace, told[: len(early)])
        workspace.resolve()
        workspace.collect(told[len(early) :])
        assert one_by_one(workspace, moment) == all_at_once(workspace, moment)


@few
@given(histories, histories, policies)
def test_just_collected_is_as_after_the_night(early, late, policy):
    with tempfile.TemporaryDirectory() as folder, opened(folder, policy) as workspace:
        told = lines([*early, *late])
        load(workspace, told[: len(early)])
        workspace.resolve()
        workspace.collect(told[len(early) :])
        collected = all_at_once(workspace, NOW)
        workspace.resolve(full=True)
        assert all_at_once(workspace, NOW) == collected


@few
@given(histories, policies, st.randoms(use_true_random=False))
def test_any_order_of_the_same_facts_gives_the_same_profiles(history, policy, chance: Random):
    told = lines(history)
    shuffled = chance.sample(told, len(told))
    found = []
    for events in (told, shuffled):
        with tempfile.TemporaryDirectory() as folder, opened(folder, policy) as workspace:
            load(workspace, events)
            workspace.resolve()
            profiles = [dict(customer.profile) for customer in workspace.customers(100)[0]]
            keys = [min(one.key for one in customer.identifiers) for customer in workspace.customers(100)[0]]
            found.append(sorted(zip(keys, profiles, strict=True), key=str))
    assert found[0] == found[1]
