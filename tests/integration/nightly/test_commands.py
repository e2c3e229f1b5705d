"""A night from the command line: published, held, published anyway, sent back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import knotwork
from tests.integration.cli.test_walk import Ran, knotwork_in
from tests.unit.nightly.night import joined, pairs
from tests.unit.run.shop import Told

GATES = "[gates]\nid_changes = 0.05\nlargest_customer = 6\ncustomer_growth = 1.5\nchanged_hands = 1\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace of twenty customers that a first night has published."""
    folder = tmp_path / "shop"
    knotwork.init(folder)
    (folder / "knotwork.toml").write_text(GATES, encoding="utf-8")
    load(folder, pairs(20))
    assert ran(folder, "recompute").returncode == 0
    return folder


def load(folder: Path, events: list[Told]) -> None:
    """Load some events."""
    lines = "".join(f"{one.line()}\n" for one in events)
    assert knotwork_in(folder, "load", "-", typed=lines).returncode == 0


def ran(folder: Path, *arguments: str) -> Ran:
    """One call of the command."""
    return knotwork_in(folder, *arguments)


def owner(folder: Path, key: str) -> str:
    """The id of the customer that readers see under a key."""
    return str(json.loads(ran(folder, "customer", key, "--format", "json").stdout)["customer"]["id"])


def listed(folder: Path) -> list[tuple[int, str, bool]]:
    """Number, state and whether readers see it, of each line of the list."""
    found = json.loads(ran(folder, "runs", "list", "--format", "json").stdout)
    return [(one["run"]["number"], one["run"]["state"], one["served"]) for one in found]


def test_a_first_night_is_published_with_a_report(shop):
    assert listed(shop) == [(1, "published", True)]
    shown = ran(shop, "runs", "show", "1")
    assert "20 customers from 20 events" in shown.stdout
    assert ran(shop, "runs", "show", "1", "--report", "md").stdout.startswith("# Run 1: published\n")
    page = ran(shop, "runs", "show", "1", "--report", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "http" not in page
    told = json.loads(ran(shop, "runs", "show", "1", "--report", "json").stdout)
    assert (told["run"], told["state"], told["counts"]["customers"]) == (1, "published", 20)
    assert all("x.vn" not in path.read_text("utf-8") for path in (shop / "data" / "reports" / "1").glob("report.*"))


def test_a_held_run_leaves_everything_as_it_was_and_says_what_to_do(shop):
    before = owner(shop, "email:1@x.vn")
    load(shop, joined(range(4)))
    held = ran(shop, "recompute")
    assert held.returncode == 3
    assert "knotwork: run 2 is held by id_changes, largest_customer" in held.stderr
    assert "HELD       largest_customer   8 of at most 6, 2 above" in held.stdout
    assert "`knotwork runs publish 2`" in held.stdout
    assert "`knotwork recompute --publish-anyway id_changes largest_customer`" in held.stdout
    assert all(len(line) <= 110 for line in held.stdout.splitlines())
    assert listed(shop) == [(2, "held", False), (1, "published", True)]
    assert owner(shop, "email:1@x.vn") == before
    difference = json.loads(ran(shop, "runs", "diff", "1", "2", "--format", "json").stdout)
    assert (difference["customers_before"], difference["customers_after"]) == (20, 17)
    assert {one["kind"]: one["customers"] for one in difference["movements"]}["merged"] == 3
    assert [one["key"] for one in difference["handed"]][:1] == ["cookie:c1"]
    assert ran(shop, "runs", "diff", "1", "2").stdout.splitlines()[0] == "run 1: 20 customers; run 2: 17"


def audited(folder: Path) -> list[tuple[str, str]]:
    """What the audit chain says of publications: which run, and after what."""
    with knotwork.open(folder) as workspace:
        rows = workspace.audit.rows(kind="publication")
    assert all(row.who for row in rows)
    return [(row.what, row.detail) for row in rows]


def test_who_sends_readers_elsewhere_stands_in_the_audit_chain(shop):
    load(shop, joined([0, 1, 2]))
    assert ran(shop, "recompute").returncode == 3
    assert audited(shop) == []
    assert ran(shop, "runs", "publish", "2").returncode == 0
    assert ran(shop, "runs", "rollback").returncode == 0
    assert ran(shop, "runs", "publish", "1").returncode == 0  # readers see it already
    lost = ran(shop, "runs", "rollback", "7")
    assert (lost.returncode, "there is no run 7" in lost.stderr) == (1, True)
    assert audited(shop) == [("run 3", "run 2, which was held, made anew"), ("run 1", "after run 3")]
    assert ran(shop, "recompute", "--publish-anyway", "id_changes").returncode == 0
    assert audited(shop)[2:] == [("run 4", "anyway, whatever id_changes said")]


def test_single_events_go_on_beside_a_held_run(shop):
    load(shop, joined(range(4)))
    assert ran(shop, "recompute").returncode == 3
    with knotwork.open(shop) as workspace:
        taken = workspace.collect([Told(50, 50, ("email:new@x.vn", "email:19@x.vn")).line()])
    assert taken.resolved.how == "incremental"
    assert owner(shop, "email:new@x.vn") == owner(shop, "email:19@x.vn")
    assert listed(shop) == [(3, "published", True), (2, "held", False), (1, "published", False)]


def test_a_held_run_is_made_anew_and_published(shop):
    load(shop, joined([0, 1, 2]))
    assert ran(shop, "recompute").returncode == 3
    load(shop, pairs(1, 50))
    sent = ran(shop, "runs", "publish", "2")
    assert sent.returncode == 0
    assert "Since run 2 was held, 1 event and 0 decisions have come" in sent.stdout
    assert "It makes run 2 anew." in sent.stdout
    assert owner(shop, "email:0@x.vn") == owner(shop, "email:2@x.vn")
    assert listed(shop) == [(3, "published", True), (2, "held", False), (1, "published", False)]


def test_a_held_run_that_another_gate_holds_now_is_held_again(shop):
    load(shop, joined([0, 1, 2]))
    assert ran(shop, "recompute").returncode == 3
    load(shop, pairs(60, 50))
    again = ran(shop, "runs", "publish", "2")
    assert again.returncode == 3
    assert "overruled  id_changes" in again.stdout
    assert "HELD       customer_growth" in again.stdout
    assert [one[1] for one in listed(shop)] == ["held", "held", "published"]


def test_gates_are_overruled_by_name_alone(shop):
    load(shop, joined(range(4)))
    assert ran(shop, "recompute", "--publish-anyway", "id_changes").returncode == 3
    assert ran(shop, "recompute", "--publish-anyway", "id_changes", "largest_customer").returncode == 0
    for arguments in (("id_changes",), ("--publish-anyway",), ("--publish-anyway", "id_change")):
        assert ran(shop, "recompute", *arguments).returncode == 2


def test_readers_are_sent_back_and_forth(shop):
    apart = owner(shop, "email:0@x.vn")
    load(shop, joined([0, 1]))
    assert ran(shop, "recompute").returncode == 0
    assert owner(shop, "email:1@x.vn") == apart
    back = ran(shop, "runs", "rollback")
    assert "Readers see run 1 now; it was run 2." in back.stdout
    assert "`knotwork runs publish 2` undoes this." in back.stdout
    assert owner(shop, "email:1@x.vn") != apart
    assert listed(shop) == [(2, "rolled_back", False), (1, "published", True)]
    assert ran(shop, "runs", "rollback").returncode == 1
    assert ran(shop, "runs", "rollback", "2").returncode == 2
    assert "already" in ran(shop, "runs", "publish", "1").stdout
    assert ran(shop, "runs", "publish", "2").returncode == 0
    assert owner(shop, "email:1@x.vn") == apart
    assert ran(shop, "runs", "publish", "7").returncode == 1


def test_after_a_rollback_the_next_night_starts_from_what_readers_see(shop):
    load(shop, joined([0, 1]))
    assert ran(shop, "recompute").returncode == 0
    assert ran(shop, "runs", "rollback").returncode == 0
    load(shop, pairs(1, 70))
    again = ran(shop, "recompute", "--format", "json")
    told = json.loads(again.stdout)
    assert (told["run"], told["served"], told["state"]) == (3, 1, "published")
    assert [one["customers"] for one in told["movements"] if one["kind"] == "merged"] == [1]


def test_incremental_runs_in_a_row_are_listed_as_one(shop):
    for number in range(3):
        load(shop, pairs(1, 80 + number))
        assert ran(shop, "resolve").returncode == 0
    lines = ran(shop, "runs", "list").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["run", "4", "2-3", "1"]
    every = ran(shop, "runs", "list", "--all").stdout.splitlines()
    assert [line.split("\t")[0] for line in every] == ["run", "4", "3", "2", "1"]
    assert "incremental" in ran(shop, "runs", "show", "3").stdout
    assert ran(shop, "runs", "show", "3", "--report", "md").returncode == 1


def test_the_command_itself_ends_with_the_status_of_a_held_run(shop):
    load(shop, joined(range(4)))
    command = [sys.executable, "-m", "knotwork", "--workspace", str(shop), "recompute", "--format", "json"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("KNOTWORK_")}
    ended = subprocess.run(command, capture_output=True, text=True, env=bare, timeout=120)
    assert ended.returncode == 3
    assert json.loads(ended.stdout)["state"] == "held"
    begin, end = (
        "knotwork: run 2 is held by id_changes, largest_customer: ",
        "`knotwork runs show 2` says what to do.\n",
    )
    assert ended.stderr.startswith(begin)
    assert "the largest customer holds 8 identifiers. " in ended.stderr
    assert (ended.stderr.endswith(end), ended.stderr.count("\n")) == (True, 1)


def test_if_older_recomputes_only_where_a_job_was_missed(shop: Path) -> None:
    assert ran(shop, "recompute", "--if-older", "20h").returncode in (0, 3)
    again = ran(shop, "recompute", "--if-older", "20h")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("Nothing to do: the last job began at ")
    told = ran(shop, "recompute", "--if-older", "20h", "--format", "json")
    assert (told.returncode, told.stdout) == (0, "")
    assert "Nothing to do" in told.stderr
    assert ran(shop, "recompute", "--if-older", "soon").returncode == 2
