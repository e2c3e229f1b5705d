"""A process that decides is killed at any moment: whatever it acknowledged is kept, once, in journal and graph."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import knotwork
from knotwork_graph.journal import Journal

ROOT = Path(__file__).resolve().parents[3]


def killed_while_deciding(folder: Path, name: str, after: float) -> list[int]:
    """The numbers that the process acknowledged before it was killed, so long after its first."""
    command = [sys.executable, "-m", "tests.integration.review.deciding_process", str(folder), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        first = process.stdout.readline()
        time.sleep(after)
        process.kill()
        rest = process.stdout.read()
    lines = f"{first}{rest}".splitlines(keepends=True)
    return [int(line) for line in lines if line.endswith("\n")]


def test_what_was_acknowledged_is_kept_once_in_journal_and_graph(tmp_path):
    knotwork.init(tmp_path / "ws")
    acknowledged: list[int] = []
    for place, after in enumerate((0, 0.013, 0.041, 0.067, 0.09, 0.15)):
        acknowledged += killed_while_deciding(tmp_path / "ws", f"n{place}", after)
        with knotwork.open(tmp_path / "ws") as opened:
            kept = opened.decisions(every=True)
            assert [one.number for one in kept] == list(range(1, len(kept) + 1))
            assert set(acknowledged) <= {one.number for one in kept}
            assert Journal(opened.layout.decisions).read() == kept
            assert len({(one.a, one.by) for one in kept}) == len(kept)
            opened.resolve()
            rows = [one.what for one in opened.audit.rows(kind="decision", last=10_000)]
            assert rows == [f"decision {one.number}" for one in kept], "each has its row, though its maker was killed"
            assert opened.audit.broken() is None
    assert len(acknowledged) == len(set(acknowledged)) > 6
