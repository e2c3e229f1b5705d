"""What each command asks of the workspace, and what it prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest


def test_load_prints_the_sentence_the_reasons_and_where_the_rejects_wait(knotwork, workspace):
    done = knotwork("load", "a.jsonl", "-", "--mapping", "map.toml")
    assert done.status == 0
    assert done.out.splitlines()[0] == "received 3 = accepted 1 + duplicate 1 + rejected 1"
    assert "no identifier" in done.out
    assert "knotwork load --replay dead.jsonl" in done.out
    assert "note: hm" in done.err
    assert ("load", ("a.jsonl", "-"), Path("map.toml"), False) in workspace.asked


def test_load_hands_dead_letters_over_as_a_replay(knotwork, workspace):
    knotwork("load", "--replay", "dead.jsonl")
    assert ("load", ("dead.jsonl",), None, True) in workspace.asked


def test_load_as_json_is_one_document(knotwork):
    done = knotwork("load", "a.jsonl", "--format", "json")
    assert json.loads(done.out)["accepted"] == 1


def test_resolve_says_counts_changes_severed_and_shared(knotwork):
    done = knotwork("resolve")
    assert done.status == 0
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert lines == [
        "run 2: full (nothing was resolved before), as of 2026-03-01 12:00 UTC, in 0.2 s",
        "customers 1,234",
        "identifiers 5,000 2 shared",
        "edges 70 1 severed",
        "changes 5 5 created",
        "customers by identifiers",
        "1: 1,000, 2: 234",
    ]
    assert "warning: look here" in done.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T09:30:00", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00+07:00", datetime(2026, 3, 1, 2, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_resolve_reads_a_moment(knotwork, workspace, typed, meant):
    knotwork("resolve", "--as-of", typed, "--dry-run")
    assert ("resolve", meant, True, False) in workspace.asked


def test_a_dry_run_says_that_it_published_nothing(knotwork):
    assert knotwork("resolve", "--dry-run").out.startswith("nothing published (dry run)")


def test_spark_is_refused_with_the_remedy(knotwork, workspace):
    done = knotwork("resolve", "--engine", "spark")
    assert done.status == 2
    assert "knotwork[spark]" in done.err
    assert not workspace.asked


def test_customer_shows_identifiers_profile_and_last_events(knotwork):
    done = knotwork("customer", "email:lan@example.com")
    assert done.status == 0
    for part in ("cus_0000000001", "Nguyễn Thị Lan", "email:lan@example.com", "shared: 9 people use it", "Page Viewed"):
        assert part in done.out


def test_what_could_move_the_cursor_is_escaped(knotwork, workspace):
    workspace.event_name = "Bad\u202eevent\nforged line"
    done = knotwork("customer", "email:lan@example.com")
    assert "\x1b" not in done.out
    assert r"c-\x1b[2J" in done.out
    assert r"Bad\u202eevent\nforged line" in done.out


def test_an_id_that_was_split_shows_its_heirs(knotwork):
    done = knotwork("customer", "cus_0000000009")
    assert done.status == 0
    assert done.out.splitlines() == ["cus_0000000009 was split. Its heirs:", "  cus_0000000001", "  cus_0000000002"]


def test_customer_as_json_holds_the_customer_and_the_last_events(knotwork):
    document = json.loads(knotwork("customer", "cus_0000000001", "--format", "json").out)
    assert document["customer"]["identifiers"][0]["status"] == "linking"
    assert document["last_events"][0]["timestamp"] == "2026-03-01T12:00:00Z"


def test_what_is_neither_key_nor_id_is_wrong_usage(knotwork):
    done = knotwork("customer", "lan")
    assert done.status == 2
    assert "write it as type:value" in done.err


def test_an_unknown_customer_is_a_failure(knotwork):
    done = knotwork("customer", "email:nobody@example.com")
    assert done.status == 1
    assert done.err.splitlines()[-1] == "knotwork: no customer holds email:nobody@example.com"


def test_journey_in_a_pipe_is_one_line_an_event_under_the_columns(knotwork, workspace):
    done = knotwork("journey", "cus_0000000001", "--as-of", "2026-03-02", "--last", "2")
    lines = [line.split("\t") for line in done.out.splitlines()]
    assert lines[0] == ["timestamp", "channel", "event", "session", "carrier", "reason"]
    assert lines[1] == ["2026-03-01T12:00:00+00:00", "web", "Page Viewed", "1", "cookie:c-1", "its own"]
    assert len(lines) == 3
    assert ("journey", "cus_0000000001", datetime(2026, 3, 2, tzinfo=UTC), 2) in workspace.asked


def test_export_goes_to_standard_output_or_to_a_file(knotwork, workspace, tmp_path):
    assert knotwork("export", "members").out == "a,b\n"
    done = knotwork("export", "events", "--format", "parquet", "--out", str(tmp_path / "e.parquet"))
    assert (done.out, done.err.splitlines()[-1]) == ("", f"wrote 7 rows to {tmp_path / 'e.parquet'}")
    assert ("export", "events", "parquet", tmp_path / "e.parquet") in workspace.asked


def test_doctor_fails_where_something_is_not_well(knotwork, workspace):
    assert knotwork("doctor").status == 0
    workspace.findings = (SimpleNamespace(ok=False, what="graph: 2 edges too many", remedy="rebuild it"),)
    done = knotwork("doctor")
    assert done.status == 1
    assert "graph: 2 edges too many" in done.out
    assert "rebuild it" in done.out


def test_what_the_settings_warn_of_is_said_beside_the_answer(knotwork):
    done = knotwork("load", "a.jsonl", "--format", "json")
    assert "warning: matching.auto_join: something to know" in done.err
    json.loads(done.out)


def test_the_workspace_is_closed_however_a_command_ends(knotwork, workspace):
    knotwork("doctor")
    assert workspace.asked[-1] == ("close",)
    workspace.raises = RuntimeError("wheel fell off")
    knotwork("doctor")
    assert workspace.asked[-1] == ("close",)
