"""The nightly job as metrics: what Prometheus reads, whole, with no customer named in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from knotwork_resolvers.nightly.metrics import Metric, as_text, metrics_of
from tests.unit.nightly.night import OPEN, Night
from tests.unit.run.shop import Told

DOCUMENT = Path(__file__).parents[3] / "docs" / "nightly.md"
LINE = re.compile(r'([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[0-9.e+-]+)')


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A night with some customers, resolved once."""
    made = Night(tmp_path / "shop")
    made.load([Told(number, number, (f"email:a{number % 7}@x.vn", f"cookie:c{number}")) for number in range(40)])
    made.recompute()
    return made


def read(text: str) -> dict[str, float]:
    """Every sample of a text by name and labels; each line must be one, or say what a name means."""
    found = {}
    for line in text.splitlines():
        if not line.startswith(("# HELP ", "# TYPE ")):
            sample = LINE.fullmatch(line)
            assert sample, line
            found[sample[1] + (sample[2] or "")] = float(sample[3])
    return found


def test_the_file_tells_the_newest_job(night: Night) -> None:
    path = night.folder / "data" / "reports" / "metrics.prom"
    told = read(path.read_text(encoding="utf-8"))
    assert told["knotwork_nightly_customers"] == 7
    assert told["knotwork_nightly_held"] == 0
    assert told['knotwork_nightly_changed_customers{kind="born"}'] == 7
    assert told['knotwork_nightly_step_seconds{step="publish"}'] >= 0
    assert told["knotwork_nightly_peak_bytes"] > 1e6
    assert 0 <= told["knotwork_nightly_stitching_ratio"] <= 1
    assert "x.vn" not in path.read_text(encoding="utf-8")
    assert "cus_" not in path.read_text(encoding="utf-8")


def test_a_held_job_is_told_beside_when_one_was_last_published(night: Night) -> None:
    before = {one.name: one.value for one in night.workspace.runs.metrics()}
    night = night.gated(replace(OPEN, largest_customer=1))
    assert night.recompute().state == "held"
    found = night.workspace.runs.metrics()
    now = {one.name: one.value for one in found}
    assert now["knotwork_nightly_held"] == 1
    assert now["knotwork_nightly_published_timestamp_seconds"] == before["knotwork_nightly_published_timestamp_seconds"]
    assert now["knotwork_nightly_finished_timestamp_seconds"] > before["knotwork_nightly_finished_timestamp_seconds"]
    passed = {one.labels["gate"]: one.value for one in found if one.name == "knotwork_nightly_gate_passed"}
    assert [gate for gate, value in passed.items() if not value] == ["largest_customer"]


def test_before_the_first_job_there_is_nothing(tmp_path: Path) -> None:
    assert Night(tmp_path / "new").workspace.runs.metrics() == ()


def test_the_page_names_every_metric(night: Night) -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    table = page[page.index("## Watching it") : page.index("## Every night")]
    documented = set(re.findall(r"`([a-z_]+)(?:\{[a-z]+\})?`", table))
    made = {one.name.removeprefix("knotwork_nightly_") for one in night.workspace.runs.metrics()}
    assert made | {"gate_value", "gate_limit"} <= documented


def test_each_name_is_explained_once_and_its_samples_stand_together(night: Night) -> None:
    report = night.workspace.runs.show(1).report
    assert report is not None
    text = as_text(metrics_of(report, report))
    helps = re.findall(r"^# HELP (\S+)", text, re.MULTILINE)
    assert len(helps) == len(set(helps))


def test_labels_are_escaped() -> None:
    text = as_text([Metric("a", "b", 1, {"step": 'x "y" \\ z\n'})])
    assert text.endswith('a{step="x \\"y\\" \\\\ z\\n"} 1\n')
