"""Data that others published with their answers, through a workspace as everybody has it."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knotwork.workspace import Workspace, init, open_workspace
from knotwork_resolvers.analyses import GivenPath, attribution_of
from tests.unit.analyses.made import Did

pytestmark = pytest.mark.shared_data
MAPPING = Path(__file__).resolve().parents[2] / "mappings" / "ecom.toml"
DAY = 24 * 60
CDNOW = """
[source]
name = "cdnow"
timestamp = "date"
event = "Order Completed"
[identifiers]
user_id = "user_id"
[properties]
revenue = "amount"
"""


RULES = {
    "first": ("first", "7d"),
    "last": ("last", "7d"),
    "last_non_direct": ("last_non_direct", "7d"),
    "linear": ("linear", "7d"),
    "time_decay_half_life_7d": ("time_decay", "7d"),
    "position_40_20_40": ("position", "7d"),
}
"""The case's name of each rule, and ours."""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    init(tmp_path / "shop")
    opened = open_workspace(tmp_path / "shop")
    yield opened
    opened.close()


def test_the_shop_s_sessions_are_exactly_its_own(workspace, shared_data):
    workspace.load(shared_data / "ecom" / "ecom.csv.gz", mapping=MAPPING)
    workspace.resolve()
    answer = workspace.analyse("sessions")
    assert answer.sessions == 3605
    assert workspace.analyse("transitions", by_session=True, top=3).events[0].starts > 0
    assert workspace.analyse("paths", by_session=True).paths == 3605


def test_buyers_have_the_published_frequency_recency_and_age(workspace, shared_data, tmp_path):
    """Purchases up to 1997-09-30 in weeks: frequency, recency and T of 2,357 customers."""
    rows = [line.split() for line in (shared_data / "cdnow" / "CDNOW_sample.txt").read_text().splitlines() if line]
    with (tmp_path / "cdnow.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["user_id", "date", "row", "amount"])
        for number, (_, user, day, _, amount) in enumerate(rows):
            writer.writerow([user, f"{day[:4]}-{day[4:6]}-{day[6:]}", number, amount])
    (tmp_path / "cdnow.toml").write_text(CDNOW.replace('event = "Order', 'message_id = "row"\nevent = "Order'))
    workspace.load(tmp_path / "cdnow.csv", mapping=tmp_path / "cdnow.toml")
    workspace.resolve()

    answer = workspace.analyse(
        "rfm",
        until=datetime(1997, 10, 1, tzinfo=UTC),
        as_of=datetime(1997, 9, 30, tzinfo=UTC),
        unit="week",
        each=True,
    )
    with (shared_data / "cdnow" / "cdnow_customers_summary.csv").open() as file:
        published = list(csv.DictReader(file))
    expected = sorted(tuple(float(row[name]) for name in ("frequency", "recency", "T")) for row in published)
    found = sorted((one.frequency, round(one.recency, 2), round(one.age, 2)) for one in answer.buyers)
    assert len(found) == len(expected) == 2357
    assert found == [pytest.approx(row, abs=0.0051) for row in expected]


def worked(shared_data, name):
    told = json.loads((shared_data / "cases" / "worked_cases.json").read_text())["cases"]
    return next(one for one in told if one["id"] == name)


def test_worked_case_of_five_touches_under_each_rule(shared_data, asked):
    case = worked(shared_data, "heuristic-01")
    told = [Did(1, one["day"] * DAY, "Visit", one["channel"]) for one in case["events"]]
    value = case["events"][-1]["conversion_value"]
    told.append(Did(1, case["events"][-1]["day"] * DAY, "Order Completed", None, value, source="zzz"))
    ask = asked(told)
    for rule, per_touch in case["expected"]["per_touch"].items():
        model, half_life = RULES[rule]
        expected = defaultdict(float)
        for event, amount in zip(case["events"], per_touch, strict=True):
            expected[event["channel"]] += amount
        found = {
            one.touchpoint: one.amounts[0].amount
            for one in ask("attribution", half_life=half_life, model=[model], lookback="60d").credits
            if one.amounts
        }
        tolerance = case["expected"]["tolerance"]
        assert {name: found.get(name, 0.0) for name in expected} == pytest.approx(expected, abs=tolerance), rule


def test_worked_case_of_three_channels(shared_data, tmp_path):
    case = worked(shared_data, "markov-02")
    paths = [GivenPath(tuple(one["path"]), one["conversions"], one["nulls"]) for one in case["events"]]
    answer = attribution_of(paths, scratch=tmp_path)
    assert {one.touchpoint: one.effect for one in answer.removal} == pytest.approx(case["expected"]["removal_effect"])
    shares = {one.touchpoint: one.share for one in answer.credits if one.model == "markov"}
    assert shares == pytest.approx(case["expected"]["share"])
