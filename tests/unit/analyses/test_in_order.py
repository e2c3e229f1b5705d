"""The log holds everybody's events in the order of journeys, however they came to be there."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from knotwork.workspace import Workspace
from knotwork.workspace.layout import Layout
from knotwork_graph.policy import Settings
from knotwork_resolvers.analyses import EventLog, population_in, population_of
from knotwork_resolvers.analyses.scope import NO_NAME
from knotwork_resolvers.sessions import SESSION_GAP
from tests.unit.analyses.made import Did, write
from tests.unit.profiles.world import histories, lines, load, policies

ROWS = """
SELECT customer, t, step, session, pause, event::VARCHAR, channel::VARCHAR, next::VARCHAR FROM log
ORDER BY customer, place
"""


def log_of(population, folder):
    log = EventLog(population, folder)
    try:
        log.fill()
        course, channels = log.course, [log.course.channels[code] for code in log.course.channel.tolist()]
        arrays = course.customer.tolist(), course.moment.tolist(), channels, course.personal.tolist()
        return log.run(ROWS), log.events, list(zip(*arrays, strict=True))
    finally:
        log.close()


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(histories, histories, policies)
def test_what_came_since_stands_where_a_query_would_sort_it(early, late, policy):
    """Late events of old time, of new customers and of merged ones are put among the rows of the file."""
    told = lines([*early, *late])
    with tempfile.TemporaryDirectory() as folder, Workspace(Layout(Path(folder)), Settings(policy=policy)) as workspace:
        load(workspace, told[: len(early)])
        workspace.resolve()
        workspace.collect(told[len(early) :])
        population = population_of(workspace.home, policy)
        assert population.file is not None
        sorted_by_query = log_of(replace(population, file=None), workspace.home.scratch)
        assert log_of(population, workspace.home.scratch) == sorted_by_query
        workspace.resolve(full=True)
        assert log_of(population_of(workspace.home, policy), workspace.home.scratch) == sorted_by_query


@pytest.mark.parametrize("from_file", [True, False])
def test_each_event_knows_its_neighbours(tmp_path, from_file):
    gap = SESSION_GAP / 60_000_000
    told = [
        Did(0, 1, "Nobody's", keys=("email:lan",)),
        Did(4, 5, "A", "web"),
        Did(4, 5 + gap, None, keys=("cookie:a", "device:b")),
        Did(4, 6 + 2 * gap, "B", "shop", keys=("cookie:a", "phone:1")),
        Did(9, 2, "A"),
    ]
    found = population_in(write(tmp_path, told))
    rows, events, course = log_of(found if from_file else replace(found, file=None), tmp_path)
    minute = 60_000_000
    assert rows == [
        (4, 5 * minute, 1, 1, None, "A", "web", NO_NAME),
        (4, 5 * minute + SESSION_GAP, 2, 1, SESSION_GAP, NO_NAME, NO_NAME, "B"),
        (4, 6 * minute + 2 * SESSION_GAP, 3, 2, SESSION_GAP + minute, "B", "shop", None),
        (9, 2 * minute, 1, 1, None, "A", NO_NAME, None),
    ]
    assert events == (NO_NAME, "A", "B")
    assert [(who, channel, personal) for who, _, channel, personal in course] == [
        (0, NO_NAME, True), (4, "web", False), (4, NO_NAME, False), (4, "shop", True), (9, NO_NAME, False),
    ]  # fmt: skip


def test_a_log_of_nobody_is_empty(tmp_path):
    found = log_of(population_in(write(tmp_path, [Did(0, 1, "A")])), tmp_path)
    assert found == (
        [],
        (),
        [(0, 60_000_000, NO_NAME, False)],
    )
    assert log_of(population_in(None), tmp_path) == ([], (), [])
