"""What the policy that ``init`` writes promises, measured on a made population with its usual failures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import knotwork
from knotwork_seeds import Population, generate

PEOPLE = 5000
A_YEAR_LATER = datetime(2027, 6, 30, tzinfo=UTC)  # what was seen stays with whom it was seen


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    generate(folder, Population(people=PEOPLE, months=18, seed=1), format="parquet")
    return folder


def judged(made: Path, workspace: Path):
    with knotwork.open(workspace) as opened:
        opened.load(made / "events")
        opened.resolve(as_of=A_YEAR_LATER)
        return opened.evaluate(made / "truth_identifiers.parquet")


@pytest.mark.slow
def test_the_recommended_policy_keeps_people_apart_and_each_together(made, tmp_path):
    knotwork.init(tmp_path)
    found = judged(made, tmp_path)
    assert found.pairwise.precision >= 0.99
    assert found.reach.reachable_recall >= 0.95
    assert found.reach.kept >= 0.95
    assert found.largest_customer <= 3 * found.largest_person


@pytest.mark.slow
def test_without_limits_most_people_fall_together(made, tmp_path):
    (tmp_path / "knotwork.toml").write_text("", encoding="utf-8")
    assert judged(made, tmp_path).pairwise.precision < 0.5
