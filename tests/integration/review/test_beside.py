"""A steward decides while another process works on the same workspace: nothing is lost, and what was said is obeyed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import knotwork
from knotwork_graph.errors import RevisionError, WorkspaceBusyError
from tests.integration.review.small_desk import MAI, cases

MANY = 1_000
RECOMPUTE = ("recompute", "--publish-anyway", "customer_growth", "severed", "severed_growth")


def newcomers() -> Iterator[dict[str, object]]:
    """Events that make the work of the other process last; the first one changes a customer of the conflict."""
    yield event("first", {"user_id": "b", "cookie": "new"})
    for place in range(MANY):
        yield event(f"n-{place}", {"user_id": f"n-{place}", "cookie": f"n-{place // 2}"})


def event(name: str, identifiers: dict[str, str]) -> dict[str, object]:
    """One event of March."""
    return {"source": "shop", "message_id": name, "timestamp": "2026-03-01T09:00:00Z", "identifiers": identifiers}


@pytest.fixture
def beside(world, tmp_path):
    """Starts a command on the workspace in a process of its own; what comes back is it, once it holds the workspace."""
    (tmp_path / "new.jsonl").write_text("\n".join(map(json.dumps, newcomers())), encoding="utf-8")
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "knotwork", "--workspace", str(world.folder), *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        while process.poll() is None and f"({words[0]}" not in world.kw.layout.lock.read_text(errors="replace"):
            time.sleep(0.001)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def decided(kw: knotwork.Workspace) -> tuple[int, set[str]]:
    """The number of a decision that was tried until it was taken, and who was at work where it was refused."""
    refused: set[str] = set()
    while True:
        try:
            made = kw.decide("must-link", "user_id:a", "user_id:b", reason="seen the papers", by="mai", now=True)
            return made.record.number, refused
        except WorkspaceBusyError as busy:
            refused.add(busy.holder)
            time.sleep(0.01)


@pytest.mark.parametrize(
    "words", [RECOMPUTE, ("resolve",), ("load", "new.jsonl")], ids=["recompute", "resolve", "load"]
)
def test_a_decision_beside_another_process_is_kept_and_obeyed(world, beside, tmp_path, words):
    new = str(tmp_path / "new.jsonl")
    if words[0] != "load":
        world.kw.load(Path(new))
    process = beside(*(new if word == "new.jsonl" else word for word in words))
    number, refused = decided(world.kw)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert any(f"process {process.pid} ({words[0]}" in one for one in refused), "it was tried while the other worked"
    world.kw.resolve(full=True)
    assert [one.number for one in world.kw.decisions()] == [number]
    owners = {world.kw.customer(key).id for key in ("user_id:a", "user_id:b", "cookie:new")}
    assert len(owners) == 1, "the decision is obeyed, and what was loaded is there as well"
    assert world.kw.overview().events == world.count + MANY + 1
    assert world.kw.audit.broken() is None
    assert all(one.ok for one in world.kw.doctor())


def test_what_another_process_changed_meanwhile_is_not_decided_on_blindly(world, beside, tmp_path):
    number = cases(world)["conflict"].number
    seen = world.kw.review.card(number).revision
    assert beside("load", str(tmp_path / "new.jsonl")).wait(timeout=120) == 0
    assert beside("resolve").wait(timeout=120) == 0
    with pytest.raises(RevisionError, match="look at it again"):
        world.kw.review.answer(number, "accept", MAI, if_revision=seen)
    assert world.kw.decisions() == ()
    now = world.kw.review.card(number).revision
    assert world.kw.review.answer(number, "accept", MAI, if_revision=now).records
