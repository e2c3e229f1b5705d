"""Two processes decide and take back at once, on the very same identifiers: one story comes of it, and it is obeyed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from knotwork_graph.journal import Journal
from knotwork_resolvers.review import Book
from tests.integration.review.desk_world import Clock, World

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def world(tmp_path):
    """Four customers who are a few decisions away from each other."""
    found = World(tmp_path / "w", clock=Clock(real=True))
    for keys in (
        ["user_id:a", "email:a"],
        ["user_id:b", "cookie:a"],
        ["email:b", "cookie:b"],
        ["cookie:b", "cookie:c"],
    ):
        found.see(keys, 10)
    found.resolve()
    yield found
    found.close()


def quarrel(folder: Path) -> set[str]:
    """What both processes were told was recorded, number and kind."""
    command = [sys.executable, "-m", "tests.integration.review.quarrelling_process", str(folder)]
    both = [subprocess.Popen([*command, name], stdout=subprocess.PIPE, text=True, cwd=ROOT) for name in ("mai", "linh")]
    told = [line for one in both for line in one.communicate(timeout=120)[0].splitlines()]
    assert [one.returncode for one in both] == [0, 0]
    assert len(set(told)) == len(told), "no number was given to both"
    return set(told)


def test_two_processes_that_decide_at_once_leave_one_story_that_is_obeyed(world):
    told = quarrel(world.folder)
    kept = world.kw.decisions(every=True)
    assert [one.number for one in kept] == list(range(1, len(kept) + 1))
    assert told <= {f"{one.number} {one.kind}" for one in kept}
    assert {one.by for one in kept} == {"mai", "linh"}
    assert Journal(world.kw.layout.decisions).count() == len(kept)
    book = Book()
    for one in world.kw.decisions():
        assert book.objection(one.decision) is None, "no two that stand contradict each other"
        book.add(one.decision)
    before = world.seen()
    world.resolve(full=True)
    assert world.seen() == before, "what each obeyed at once is what a run over everybody finds"
    for one in world.kw.decisions():
        owners = before.owner.get(one.a), before.owner.get(one.b)
        assert one.kind != "cannot_link" or owners[0] != owners[1] or not owners[0]
        assert one.kind != "must_link" or None in owners or owners[0] == owners[1] != ""
    rows = [row for row in world.kw.audit.rows(last=1_000) if row.kind in ("decision", "undo")]
    assert len(rows) == len(kept)
    assert world.kw.audit.broken() is None
    assert all(one.ok for one in world.kw.doctor())
