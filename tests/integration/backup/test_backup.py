"""Backups of a real workspace: whole, of one moment, and good to go on with."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

import knotwork
from knotwork.cli.main import open_workspace, status
from knotwork.service.backup import restore
from knotwork.workspace.layout import Layout
from knotwork.workspace.lock import writing
from knotwork_graph.errors import StoreError, UsageError, WorkspaceBusyError

POLICY = "[identifiers.user_id]\nmax_per_customer = 1\n"


def event(number, **identifiers):
    return {
        "source": "web",
        "message_id": f"m-{number}",
        "timestamp": "2026-03-01T09:00:00Z",
        "identifiers": identifiers or {"user_id": str(number % 7), "cookie": f"c-{number % 11}"},
    }


@pytest.fixture
def kw(tmp_path):
    """Ten loaded events, ten collected ones, two decisions of which one is undone, and readers sent back once."""
    knotwork.init(tmp_path / "ws")
    (tmp_path / "ws" / "knotwork.toml").write_text(POLICY)
    (tmp_path / "events.jsonl").write_text("\n".join(json.dumps(event(number)) for number in range(10)))
    with knotwork.open(tmp_path / "ws") as opened:
        opened.load(tmp_path / "events.jsonl")
        opened.resolve()
        opened.collect(event(number) for number in range(10, 20))
        opened.decide("cannot-link", "cookie:c-1", "cookie:c-2", reason="two people", by="mai")
        opened.decide("block", "cookie:c-3", reason="a till", by="mai")
        opened.resolve()
        opened.undo(2, by="mai")
        opened.resolve()
        yield opened


def seen(kw):
    """All that readers see, and what became of it."""
    store = kw.home.store
    members = sorted(tuple(row.values()) for row in store.member_rows().to_pylist())
    customers = [kw.customer(view.id) for view in kw.customers(100, None)[0]]
    journeys = {one.id: [event.message_id for event in one.journey()] for one in customers}
    return members, journeys, kw.decisions(every=True), kw.changes().entries, store.state()


def content(kw):
    return [one for one in kw.doctor() if not one.ok]


@pytest.mark.parametrize("name", ["kept", "kept.tar"])
def test_what_comes_back_is_what_was_there(kw, tmp_path, name):
    made = kw.backup(tmp_path / name)
    assert made.path.exists()
    restored = restore(tmp_path / name, tmp_path / "again")
    assert (restored.files, restored.bytes) == (made.files, made.bytes)
    with knotwork.open(tmp_path / "again") as again:
        assert seen(again) == seen(kw)
        assert content(again) == content(kw) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["again", "events.jsonl", name, "ws"])


def test_work_goes_on_in_both_alike(kw, tmp_path):
    kw.backup(tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "again")
    (tmp_path / "more.jsonl").write_text("\n".join(json.dumps(event(number)) for number in range(15, 40)))
    with knotwork.open(tmp_path / "again") as again:
        for one in (kw, again):
            assert one.load(tmp_path / "more.jsonl").duplicate == 5
            one.resolve()
            one.collect([event(99, user_id="new", cookie="c-1")])
            assert content(one) == []
        assert seen(again)[:2] == seen(kw)[:2]
        assert again.resolve(full=True).counts["customers"] == len(seen(again)[1])


def test_a_cursor_goes_on_in_the_restored_workspace_and_one_from_later_does_not(kw, tmp_path):
    early = kw.changes(first=2).cursor
    kw.backup(tmp_path / "kept")
    kw.collect([event(99, user_id="new", cookie="new")])
    restore(tmp_path / "kept", tmp_path / "again")
    with knotwork.open(tmp_path / "again") as again:
        assert again.changes(early).entries == kw.changes(early).entries[:-1]
        with pytest.raises(UsageError, match="restored from a backup"):
            again.changes(kw.changes().cursor)


def test_whoever_writes_is_awaited_and_then_named(kw, tmp_path):
    with writing(kw.layout.lock, "load"), pytest.raises(WorkspaceBusyError, match="load"):
        kw.backup(tmp_path / "kept", patience=0.05)
    assert not (tmp_path / "kept").exists()
    assert not list(kw.layout.data.glob(".knotwork-*"))


COLLECTOR = """
import sys, knotwork
from knotwork_graph.errors import WorkspaceBusyError
with knotwork.open(sys.argv[1]) as kw:
    number = 1000
    while True:
        events = [{"source": "live", "message_id": f"l-{number + n}", "timestamp": "2026-03-02T09:00:00Z",
            "identifiers": {"user_id": str((number + n) % 13), "cookie": f"c-{(number + n) % 37}"}} for n in range(3)]
        try:
            kw.collect(events)
            number += 3
            if number % 60 == 0:
                kw.resolve(full=True)
            print(number, flush=True)
        except WorkspaceBusyError:
            pass
"""


def test_every_backup_taken_while_others_write_holds_together(kw, tmp_path):
    script = tmp_path / "collector.py"
    script.write_text(COLLECTOR)
    child = subprocess.Popen([sys.executable, script, tmp_path / "ws"], stdout=subprocess.PIPE, text=True)
    numbers = count()
    try:
        for _ in range(6):
            acknowledged = int(child.stdout.readline())
            check_one(kw, tmp_path / f"kept-{next(numbers)}", acknowledged)
            for _ in range(4):
                child.stdout.readline()
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def check_one(kw, place: Path, acknowledged: int) -> None:
    """A backup holds what was acknowledged before, its graph equals its facts, and its feed tells its customers."""
    kw.backup(place)
    restore(place, place.with_suffix(".ws"))
    with knotwork.open(place.with_suffix(".ws")) as again:
        assert again.facts.event_count() >= 20 + acknowledged - 1000
        again.resolve()  # what came while databases were copied is taken, and waits
        assert content(again) == []
        again.resolve(full=True)
        assert content(again) == []


def test_a_damaged_backup_is_refused_and_leaves_nothing(kw, tmp_path):
    kw.backup(tmp_path / "kept")
    victim = next((tmp_path / "kept").rglob("events.parquet"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match="not as it was written"):
        restore(tmp_path / "kept", tmp_path / "again")
    victim.unlink()
    with pytest.raises(StoreError, match="is missing"):
        restore(tmp_path / "kept", tmp_path / "again")
    (tmp_path / "torn.tar").write_bytes(b"torn")
    with pytest.raises(StoreError, match="cannot be unpacked"):
        restore(tmp_path / "torn.tar", tmp_path / "again")
    with pytest.raises(StoreError, match="no backup"):
        restore(tmp_path / "ws", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".knotwork-*"))


def test_places_that_cannot_be_meant(kw, tmp_path):
    kw.backup(tmp_path / "kept")
    for out, words in (("kept", "already"), ("no/such", "no such folder"), ("ws/data/kept", "within the data")):
        with pytest.raises(UsageError, match=words):
            kw.backup(tmp_path / out)
    with pytest.raises(UsageError, match="holds something"):
        restore(tmp_path / "kept", tmp_path / "ws")
    with pytest.raises(UsageError, match="no such backup"):
        restore(tmp_path / "nothing", tmp_path / "again")


def test_a_server_that_cannot_be_reached_leaves_no_half_a_backup(kw, tmp_path, monkeypatch):
    monkeypatch.setenv("KNOTWORK_GRAPH_URL", "neo4j://127.0.0.1:1")
    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", "nobody is there")
    with knotwork.open(tmp_path / "ws") as other, pytest.raises(StoreError):
        other.backup(tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    assert not list(tmp_path.glob(".knotwork-*"))


KEPT = {
    "answers.db", "audit.db", "dead_letters", "decisions.jsonl", "facts", "generations", "graph", "matching.db",
    "reports", "review.db", "secret", "segments", "tokens.db", "webhooks",
}  # fmt: skip
"""What lies in a data folder and is in every backup."""

OF_NO_USE = {"lock", "scratch"}
"""What is not: turns, and what is made again. Whoever adds a file to the data folder adds it here or there."""


def test_whatever_has_a_place_in_the_data_folder_was_thought_of(kw):
    places = {name: getattr(kw.layout, name) for name, one in vars(Layout).items() if isinstance(one, property)}
    named = {one.relative_to(kw.layout.data).parts[0] for one in places.values() if kw.layout.data in one.parents}
    assert named - KEPT == OF_NO_USE


def test_everything_in_the_data_folder_is_in_a_backup_but_what_is_of_no_use(kw, tmp_path):
    (tmp_path / "ws" / "knotwork.toml").write_text(POLICY + '[webhooks.crm]\nurl = "http://127.0.0.1:1/"\n')
    (tmp_path / "ws" / "crm.toml").write_text("# a mapping")
    kw.layout.secret.write_text("known to nobody")
    kw.layout.secret.chmod(0o600)
    (kw.layout.data / "nobody_thought_of.json").write_text("{}")
    with knotwork.open(tmp_path / "ws") as lived:
        lived.collect([event(900), {"source": "web"}])
        lived.recompute()
        lived.tokens.create("lan", "analyst", by="mai")
        lived.webhooks.list()
        there = {one.name.removesuffix("-wal").removesuffix("-shm") for one in lived.layout.data.iterdir()}
        assert there - KEPT - OF_NO_USE == {"nobody_thought_of.json"}
        lived.backup(tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", tmp_path / "again")
    back = tmp_path / "again" / "data"
    assert {one.name for one in back.iterdir()} == there - OF_NO_USE
    assert (back / "secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "again" / "crm.toml").read_text() == "# a mapping"
    assert sorted(one.name for one in back.rglob("*.lock")) == []


def test_events_collected_while_a_backup_is_taken_are_in_it_or_come_after_it(kw, tmp_path):
    with kw.turns.alone("backup"), knotwork.open(tmp_path / "ws") as other:  # as it is while databases are copied
        assert other.collect([event(700)]).resolved.how == "waiting"
    kw.backup(tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "again")
    with knotwork.open(tmp_path / "again") as again:
        assert again.facts.event_count() == kw.facts.event_count() == 21
        again.resolve()
        assert content(again) == []


def test_from_the_command_line(kw, tmp_path, capsys):
    kw.close()
    assert status(["--workspace", str(tmp_path / "ws"), "backup", str(tmp_path / "kept.tar")], open_workspace) == 0
    assert "backed up" in capsys.readouterr().out
    assert status(["restore", str(tmp_path / "kept.tar"), str(tmp_path / "again")], open_workspace) == 0
    printed = capsys.readouterr()
    assert "restored" in printed.out
    assert "doctor" in printed.err
    assert status(["--workspace", str(tmp_path / "again"), "doctor"], open_workspace) == 0
    assert status(["restore", str(tmp_path / "kept.tar"), str(tmp_path / "again")], open_workspace) == 2
