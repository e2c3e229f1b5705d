"""Data that others published with their answers, through a workspace as everybody has it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knotwork.workspace import Workspace, init, open_workspace
from knotwork_resolvers.analyses import GivenPath, attribution_of

pytestmark = pytest.mark.shared_data
MAPPING = Path(__file__).resolve().parents[2] / "mappings" / "ecom.toml"
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


def test_worked_cases_of_attribution(shared_data, tmp_path):
    told = json.loads((shared_data / "cases" / "worked_cases.json").read_text())["cases"]
    case = next(one for one in told if one["id"] == "markov-02")
    paths = [GivenPath(tuple(one["path"]), one["conversions"], one["nulls"]) for one in case["events"]]
    answer = attribution_of(paths, scratch=tmp_path)
    assert {one.touchpoint: one.effect for one in answer.removal} == pytest.approx(case["expected"]["removal_effect"])
    shares = {one.touchpoint: one.share for one in answer.credits if one.model == "markov"}
    assert shares == pytest.approx(case["expected"]["share"])
