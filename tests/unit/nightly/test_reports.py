"""Reports: three forms of one value, put in place when their run is there, and no identifier in any of them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from knotwork_graph.errors import UnknownRunError
from knotwork_resolvers.nightly import Shelf
from knotwork_resolvers.nightly.report import as_json, from_json
from tests.unit.nightly.night import OPEN, joined, pairs

HOLDING = replace(OPEN, id_changes=0.0, largest_customer=3, ledger=True)


@pytest.fixture
def night(open_night):
    """Ten customers that a recomputation published."""
    made = open_night(gates=HOLDING)
    made.load(pairs(10))
    made.recompute()
    return made


@pytest.fixture
def held(night):
    """A report on a run that was held."""
    night.load(joined([0, 1, 2]))
    return night.recompute()


def test_a_report_is_read_back_as_it_was(held):
    assert from_json(as_json(held)) == held


def test_it_tells_what_moved_in_figures_and_by_name(held):
    moved = {one.kind: (one.customers, one.identifiers) for one in held.movements}
    assert moved == {"born": (0, 0), "merged": (2, 4), "split": (0, 0), "moved": (0, 0), "retired": (0, 0)}
    assert len(held.largest_changes) == 2
    assert all("was merged into" in one for one in held.largest_changes)
    assert (held.counts["customers"], held.counts_before["customers"], held.fresh) == (8, 10, 2)
    assert held.stitching == 1.0
    assert [one.name for one in held.steps][-1] == "ask the gates"
    assert all(one.peak_mib > 0 for one in held.steps)


def test_its_forms_lie_in_a_folder_of_the_run_and_hold_no_identifier(night, held):
    folder = night.workspace.layout.reports / str(held.run)
    assert sorted(path.name for path in folder.iterdir()) == [
        "members.parquet",
        "report.html",
        "report.json",
        "report.md",
    ]
    for form in ("report.html", "report.json", "report.md"):
        text = (folder / form).read_text(encoding="utf-8")
        assert "x.vn" not in text
        assert "id_changes" in text
        assert "cus_" in text


def test_the_page_is_whole_in_itself(night, held):
    page = night.workspace.runs.report(held.run, "html")
    assert not re.search(r"(?:src|href|url|@import|<script)", page)
    assert "prefers-color-scheme: dark" in page
    assert "<code>knotwork runs publish 2</code>" in page


def test_the_page_can_be_read_from_the_keyboard_and_by_ear(night, held):
    page = night.workspace.runs.report(held.run, "html")
    assert page.count("<main>") == page.count("</main>") == 1
    assert page.count('class="scroll"') == page.count('class="scroll" tabindex="0" role="region" aria-label="')
    assert "<th></th>" not in page
    assert page.count("<th ") == page.count("<th scope=")


def test_tables_of_the_markdown_are_even(night, held):
    lines = night.workspace.runs.report(held.run, "md").splitlines()
    tables = [line.count(" | ") for line in lines if line.startswith("| ")]
    assert {tables[place] for place in range(len(tables)) if lines} <= {2, 5}
    assert "| id_changes | HELD | 20 % | 0 % | 20 % | 2 of 10 customers lose their id |" in lines


def test_a_report_that_waits_is_put_in_place_with_its_run_or_thrown_away(night, held, tmp_path):
    store, shelf = night.workspace.home.store, Shelf(tmp_path / "reports")
    shelf.prepare(held)
    assert shelf.report(held.run) is None
    shelf.settle(store)
    assert shelf.report(held.run) == held
    for stranger in (replace(held, run=7), replace(held, started=held.finished)):
        shelf.prepare(stranger)
        shelf.settle(store)
    assert [path.name for path in (tmp_path / "reports").iterdir() if path.is_dir()] == [str(held.run)]


def test_a_report_of_another_version_is_no_hindrance(night, held):
    path = night.workspace.layout.reports / str(held.run) / "report.json"
    for text in ('{"run": 2, "mood": "fine"}', '{"run": ', "[]"):
        path.write_text(text, encoding="utf-8")
        assert night.workspace.runs.show(held.run).report is None
        assert [one.run.number for one in night.workspace.runs.list()] == [2, 1]
        assert night.workspace.runs.report(held.run, "json") == text


def test_of_old_held_runs_the_report_stays_and_what_they_found_goes(night, held):
    for _ in range(3):
        last = night.recompute()
    runs = night.workspace.runs
    assert runs.show(held.run).report == held
    with pytest.raises(UnknownRunError, match="kept no more"):
        runs.diff(1, held.run)
    assert runs.diff(1, last.run).customers_after == 8


def test_what_waits_is_said_where_a_run_is_held(night, held):
    assert "single events go on as ever" in held.notes[0]
    from knotwork_graph.policy import Policy

    again = night.gated(HOLDING, Policy(max_cluster_size=400))
    assert "single events wait for a full run: the policy has changed" in again.recompute().notes[0]
    again.close()
