"""What the policy that ``init`` writes promises, measured on a made population with its usual failures."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("browser", ["cookie", "anonymous_id"])
def test_what_is_sent_as_an_identifier_but_names_no_person_glues_nobody(tmp_path, browser):
    """Addresses of offices and names of browsers, types that the policy does not name, on mostly unknown visitors."""
    knotwork.init(tmp_path / "ws")
    lines = []
    for visitor in range(300):
        seen = {browser: f"v-{visitor}", "ip": f"10.0.0.{visitor % 12}", "user_agent": f"agent {visitor % 7}"}
        lines.append(event(f"a{visitor}", seen))
        lines.append(event(f"b{visitor}", {browser: f"v-{visitor}", "session": f"s-{visitor}"}))
        if visitor % 10 == 0:
            lines.append(event(f"c{visitor}", {browser: f"v-{visitor}", "email": f"lan{visitor}@example.com"}))
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with knotwork.open(tmp_path / "ws") as opened:
        opened.load(tmp_path / "events.jsonl")
        found = opened.resolve().counts
    assert found["customers"] == 300  # every visitor with the session, and the mailbox of who gave one
    assert found["largest"] == 3


def event(name: str, identifiers: dict[str, str]) -> str:
    """One line of a file of events."""
    return json.dumps(
        {"source": "web", "message_id": name, "timestamp": "2026-03-01T09:00:00Z", "identifiers": identifiers}
    )
