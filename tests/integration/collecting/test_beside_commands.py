"""Collecting beside long commands of other processes: nothing is refused, lost or doubled, and all is resolved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from knotwork.workspace import Workspace, open_workspace
from tests.integration.recovery.killing import ROOT, Shop, customers_of
from tests.integration.recovery.live_child import visit

START = 60


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A workspace with some visits, resolved."""
    made = Shop.made(tmp_path / "shop")
    with made.open() as workspace:
        workspace.collect([visit(one) for one in range(START)])
        workspace.resolve()
    return made


@contextmanager
def busy(shop: Shop, *what: str) -> Iterator[subprocess.Popen[str]]:
    """Another process at work on the workspace."""
    command = [sys.executable, "-m", "tests.integration.collecting.busy_child", str(shop.folder), *what]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def steps_of(process: subprocess.Popen[str]) -> Iterator[str]:
    """Each thing that the process says; it goes on when the next one is asked for."""
    assert process.stdin is not None
    assert process.stdout is not None
    while line := process.stdout.readline().strip():
        yield line
        try:
            process.stdin.write("\n")
            process.stdin.flush()
        except BrokenPipeError:  # that was its last word
            return


def expected(folder: Path, upto: int) -> frozenset[frozenset[str]]:
    """The customers of the same visits in a workspace where nobody was in the way."""
    made = Shop.made(folder)
    with made.open() as workspace:
        workspace.collect([visit(one) for one in range(upto)])
        workspace.resolve()
        return frozenset(customers_of(workspace).values())


def assert_all_is_well(shop: Shop, upto: int, other: Path) -> None:
    """Every visit is there once, resolved, and the graph is what the facts give."""
    with shop.open() as workspace:
        assert workspace.facts.event_count() == upto
        assert frozenset(customers_of(workspace).values()) == expected(other, upto)
    assert shop.ill() == []


@pytest.mark.parametrize("command", ["recompute", "resolve"])
def test_events_are_taken_at_each_step_of_a_long_command_and_resolved_by_it(
    shop: Shop, tmp_path: Path, command: str
) -> None:
    number, said = START, list[str]()
    with shop.open() as here, busy(shop, command) as process:
        for step in steps_of(process):
            said.append(step)
            if step in {"published", "full"}:
                break
            taken = here.collect([visit(number), visit(number - 1)])
            assert (taken.load.accepted, taken.load.duplicate) == (1, 1)
            assert taken.resolved is not None
            assert taken.resolved.how == "waiting"
            assert f"process {process.pid} (" in taken.resolved.because
            number += 1
        assert process.wait(60) == 0
    assert len(said) > 4, said
    assert_all_is_well(shop, number, tmp_path / "other")


def test_events_that_came_while_a_killed_command_worked_are_resolved_by_the_next_one(
    shop: Shop, tmp_path: Path
) -> None:
    with shop.open() as here, busy(shop, "recompute") as process:
        steps = steps_of(process)
        next(steps)
        next(steps)
        here.collect([visit(START)])
        process.kill()
        process.wait(20)
        taken = here.collect([visit(START + 1)])
        assert taken.resolved is not None
        assert taken.resolved.how == "incremental"
    assert_all_is_well(shop, START + 2, tmp_path / "other")


def test_the_same_events_loaded_and_collected_at_once_are_there_once(shop: Shop, tmp_path: Path) -> None:
    upto = START + 400
    lines = tmp_path / "visits.jsonl"
    lines.write_text("".join(json.dumps(visit(one)) + "\n" for one in range(START, upto)), encoding="utf-8")

    def collect(first: int) -> tuple[int, int]:
        with open_workspace(shop.folder) as mine:
            found = [mine.collect([visit(one), visit(one + 1)]).load for one in range(first, upto - 1, 12)]
        return sum(one.accepted for one in found), sum(one.received for one in found)

    with busy(shop, "load", str(lines)) as process, ThreadPoolExecutor(2) as pool:
        collected = [done.result() for done in [pool.submit(collect, START), pool.submit(collect, START + 4)]]
        assert process.stdout is not None
        accepted, duplicate, rejected = map(int, process.stdout.readline().split())
        assert process.wait(60) == 0
    assert accepted + duplicate == 400
    assert rejected == 0
    assert accepted + sum(one for one, _ in collected) == 400
    with shop.open() as here:
        here.resolve()
    assert_all_is_well(shop, upto, tmp_path / "other")


def test_a_graph_that_cannot_be_reached_keeps_nobody_from_collecting(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOTWORK_GRAPH_URL", "neo4j://127.0.0.1:1")
    monkeypatch.setenv("KNOTWORK_GRAPH_PASSWORD", "nobody is there")
    with shop.open() as away:
        taken = away.collect([visit(START)])
        assert taken.load.accepted == 1
        assert taken.resolved is not None
        assert (taken.resolved.how, "127.0.0.1" in taken.resolved.because) == ("waiting", True)
    monkeypatch.delenv("KNOTWORK_GRAPH_URL")
    with shop.open() as back:
        assert isinstance(back, Workspace)
        assert back.collect([visit(START + 1)]).resolved is not None
        assert back.home.facts.event_count() == START + 2
    assert shop.ill() == []
