"""Readers in other processes see published runs and nothing else, while one process writes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from knotwork_graph.model import Identifier
from tests.contract.graph.made import Found, Seen, increment, project, publish
from tests.contract.graph.processes import A, B, odd_or_even

ROOT = Path(__file__).resolve().parents[3]
RUNS = 25


def process(*arguments: str) -> subprocess.Popen[str]:
    """Another process at the same store."""
    command = [sys.executable, "-m", "tests.contract.graph.processes", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_read_published_runs_only_while_a_third_writes(place, store, tmp_path):
    project(store, increment(1, Seen(A, B)))
    publish(store, 1, Found({A: 1, B: 1}))
    stop = tmp_path / "stop"
    readers = [process("read", place.kind, place.where, str(stop)) for _ in range(2)]
    writer = process("write", place.kind, place.where, str(RUNS))
    trouble = writer.communicate(timeout=60)[1]
    stop.touch()
    told = [reader.communicate(timeout=30) for reader in readers]
    assert (writer.returncode, trouble) == (0, "")
    for out, error in told:
        found = json.loads(out or f'"{error}"')
        assert found["wrong"] == []
        assert found["seen"] == sorted(set(found["seen"]))
        assert found["looks"] > 1
    assert any(len(json.loads(out)["seen"]) > 1 for out, _ in told), "no reader ever looked while runs were published"
    assert store.state().current == RUNS + 1
    assert store.edges_of(1 + RUNS % 2)[0].count == RUNS + 1


def test_several_threads_look_through_one_store(store):
    project(store, increment(1, Seen(A, B)))
    publish(store, 1, Found({A: 1, B: 1}))
    wrong: list[str] = []

    def look():
        for _ in range(50):
            wrong.extend(odd_or_even(store))
            if store.find(Identifier.parse(B)).events != 1:
                wrong.append("events")

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
