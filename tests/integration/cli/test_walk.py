"""The whole way through the command line, over a real workspace."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

import knotwork
from knotwork.cli.main import open_workspace, status

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINE = re.compile(r"received (\d+) = accepted (\d+) \+ duplicate (\d+) \+ rejected (\d+)")


@dataclass(frozen=True, slots=True)
class Ran:
    """How one call ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def knotwork_in(folder: Path, *arguments: str, typed: str = "") -> Ran:
    """One call of the command in ``folder``; the variables of the outside do not reach it."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("KNOTWORK_")}
    out, err, typing = (io.TextIOWrapper(io.BytesIO(text), encoding="utf-8") for text in (b"", b"", typed.encode()))
    with ExitStack() as stack:
        stack.enter_context(chdir(folder))
        stack.enter_context(patch.dict(os.environ, bare, clear=True))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        stack.enter_context(patch.object(sys, "stdin", typing))
        ended = status(arguments, open_workspace)
        out.flush()
        err.flush()
    return Ran(ended, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def counts(ran: Ran) -> tuple[int, ...]:
    """Received, accepted, duplicate and rejected, from the sentence that scripts look for."""
    found = LINE.search(ran.stdout)
    assert found, ran.stdout + ran.stderr
    return tuple(map(int, found.groups()))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the event that the README tells of, another of the same customer, and a broken line."""
    folder = tmp_path_factory.mktemp("walk") / "shop"
    assert knotwork_in(folder.parent, "init", "shop").returncode == 0
    event = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL)[1])
    visit = event | {"message_id": "m-2", "identifiers": {"cookie": "c-81"}, "event": "Page Viewed"}
    lines = [json.dumps(event), json.dumps(visit), "{broken", json.dumps(event)]
    (folder / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def loaded(shop: Path) -> Ran:
    return knotwork_in(shop, "load", "events.jsonl")


@pytest.fixture(scope="module")
def resolved(shop: Path, loaded: Ran) -> Ran:
    return knotwork_in(shop, "resolve", "--format", "json")


def test_load_counts_every_line(loaded):
    assert loaded.returncode == 0
    assert counts(loaded) == (4, 2, 1, 1)


def test_loading_again_takes_nothing_twice(shop, loaded):
    assert counts(knotwork_in(shop, "load", "events.jsonl")) == (4, 0, 3, 1)


def test_standard_input_is_a_file_like_others(shop, loaded):
    text = (shop / "events.jsonl").read_text(encoding="utf-8")
    assert counts(knotwork_in(shop, "load", "-", typed=text)) == (4, 0, 3, 1)


def test_a_mended_reject_can_be_replayed(shop, loaded):
    (path,) = re.findall(r"knotwork load --replay (.+)", loaded.stdout)
    letter = json.loads((shop / path).read_text(encoding="utf-8"))
    assert letter["reason"]
    assert counts(knotwork_in(shop, "load", "--replay", path)) == (1, 0, 0, 1)


def test_resolve_publishes_one_customer(resolved):
    assert resolved.returncode == 0
    document = json.loads(resolved.stdout)
    assert document["run"] == 1
    assert document["counts"]["customers"] == 1


def test_a_customer_is_found_by_a_key_in_any_form(shop, resolved):
    ran = knotwork_in(shop, "customer", "email:LAN@EXAMPLE.COM", "--format", "json")
    customer = json.loads(ran.stdout)["customer"]
    assert {"email", "cookie"} == {each["type"] for each in customer["identifiers"]}
    text = knotwork_in(shop, "customer", customer["id"])
    assert customer["id"] in text.stdout
    assert "Order Completed" in text.stdout


def test_the_journey_has_both_events_in_one_session(shop, resolved):
    events = json.loads(knotwork_in(shop, "journey", "cookie:c-81", "--format", "json").stdout)
    assert sorted(each["event"] for each in events) == ["Order Completed", "Page Viewed"]
    assert len({each["session"] for each in events}) == 1
    assert len(knotwork_in(shop, "journey", "cookie:c-81", "--last", "1").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("what", "columns"),
    [
        ("members", ["customer_id", "type", "value", "status", "reason"]),
        ("events", ["source", "message_id", "timestamp", "customer_id", "reason"]),
        ("severed", ["a", "b", "rule", "detail"]),
    ],
)
def test_exports_have_the_columns_that_others_rely_on(shop, resolved, what, columns):
    ran = knotwork_in(shop, "export", what)
    assert ran.returncode == 0, ran.stderr
    assert next(csv.reader(io.StringIO(ran.stdout))) == columns


@pytest.mark.parametrize("what", ["members", "events", "customers", "severed", "changes"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_every_export_comes_in_every_form(shop, resolved, what, form, tmp_path):
    ran = knotwork_in(shop, "export", what, "--format", form, "--out", str(tmp_path / "out"))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    rows = int(re.search(r"wrote ([\d,]+) rows?", ran.stderr)[1].replace(",", ""))
    assert rows == {"members": 2, "events": 2, "customers": 1, "severed": 0, "changes": 1}[what]


def test_the_picture_is_one_file_that_names_no_other(shop, resolved):
    ran = knotwork_in(shop, "draw", "email:lan@example.com", "--out", "lan.html")
    assert ran.returncode == 0, ran.stderr
    page = (shop / "lan.html").read_text(encoding="utf-8")
    assert not re.search(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?:https?:)?//""", page)


def test_the_doctor_finds_nothing_but_the_rejects_that_wait(shop, resolved):
    ran = knotwork_in(shop, "doctor", "--format", "json")
    assert ran.returncode == 1
    (ill,) = (finding for finding in json.loads(ran.stdout) if not finding["ok"])
    assert "dead letters" in ill["what"]
    assert "knotwork load --replay" in ill["remedy"]


def test_the_doctor_finds_a_new_workspace_well(tmp_path):
    knotwork_in(tmp_path, "init", "new")
    ran = knotwork_in(tmp_path / "new", "doctor")
    assert ran.returncode == 0, ran.stdout


def test_a_dry_run_publishes_nothing(shop, resolved):
    before = knotwork_in(shop, "export", "members").stdout
    ran = knotwork_in(shop, "resolve", "--dry-run", "--as-of", "2036-01-01", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    assert knotwork_in(shop, "export", "members").stdout == before


@pytest.mark.parametrize("arguments", [("load", "nowhere.jsonl"), ("customer", "email:nobody@example.com")])
def test_failures_are_sentences(shop, resolved, arguments):
    ran = knotwork_in(shop, *arguments)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("knotwork: ")
    assert "Traceback" not in ran.stderr


def test_a_workspace_is_never_overwritten(shop):
    ran = knotwork_in(shop.parent, "init", "shop")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


def test_a_policy_that_cannot_be_meant_names_file_key_and_remedy(tmp_path):
    knotwork_in(tmp_path, "init", "w")
    policy = tmp_path / "w" / "knotwork.toml"
    policy.write_text(
        policy.read_text(encoding="utf-8").replace("max_cluster_size = 500", "max_clustr_size = 500"), encoding="utf-8"
    )
    ran = knotwork_in(tmp_path, "--workspace", "w", "resolve")
    assert ran.returncode == 1
    assert "knotwork.toml" in ran.stderr
    assert "max_cluster_size" in ran.stderr


def test_the_demo_ends_by_itself_and_makes_nothing_twice(tmp_path):
    first = knotwork_in(tmp_path, "demo", "--no-serve", "--people", "60")
    assert first.returncode == 0, first.stderr
    received, accepted, duplicate, rejected = counts(first)
    assert accepted > 0
    again = knotwork_in(tmp_path, "demo", "--no-serve", "--people", "60")
    assert again.returncode == 0, again.stderr
    assert counts(again) == (received, 0, accepted + duplicate, rejected)
    suggested = re.findall(r"^  knotwork (--workspace \S+ (?:customer|journey) \S+)$", again.stdout, re.MULTILINE)
    assert len(suggested) == 2
    for command in suggested:
        assert knotwork_in(tmp_path, *command.split()).returncode == 0


def test_the_demo_refuses_a_workspace_that_is_somebody_s_own(shop):
    ran = knotwork_in(shop, "--workspace", ".", "demo", "--no-serve")
    assert ran.returncode == 2
    assert "your own" in ran.stderr
    assert not (shop / "made").exists()


def test_a_picture_for_a_folder_that_is_not_there_names_it(shop, resolved, tmp_path):
    ran = knotwork_in(shop, "draw", "email:lan@example.com", "--out", str(tmp_path / "nowhere" / "lan.html"))
    assert ran.returncode == 1
    assert f"{tmp_path / 'nowhere'}: the disk refused" in ran.stderr


class Gone(io.BytesIO):
    """Where output went until somebody closed it, as ``head`` does."""

    def write(self, _: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_who_goes_away_is_no_fault_of_a_disk(shop, resolved):
    with knotwork.open(shop) as workspace, pytest.raises(BrokenPipeError):
        workspace.export("members", "csv", Gone())
