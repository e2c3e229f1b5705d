"""Single events, from the call to published customers and journeys, beside a bare durable insert of the same text.

    python benchmarks/live.py WORKSPACE [--events 300]

On a copy you can spare of a workspace that was resolved before: the events stay in it. A third of them bring a new
cookie, some join two customers, the others say what is known. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import knotwork

BATCH = 1_000
BATCHES = 5
WARM = 10


def main() -> None:
    """Measure, and print a line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("workspace")
    options.add_argument("--events", type=int, default=300)
    asked = options.parse_args()
    with knotwork.open(asked.workspace) as workspace:
        made = made_up(workspace, asked.events + WARM + BATCH * BATCHES)
        singles, many = made[: asked.events + WARM], made[asked.events + WARM :]
        print(f"{workspace.overview().customers:,} customers in place")
        told("bare insert, one event", times(bare(), singles)[WARM:])
        told("one event", times(lambda event: workspace.collect([event]), singles)[WARM:])
        batches = [many[start : start + BATCH] for start in range(0, len(many), BATCH)]
        spent = sorted(times(workspace.collect, batches))
        middle = spent[len(spent) // 2]
        print(f"a batch of {BATCH:,}: {middle:,.0f} ms, {BATCH * 1000 / middle:,.0f} events/s")


def made_up(workspace: Any, count: int) -> list[dict[str, Any]]:
    """So many events on identifiers that are customers' already."""
    chance = Random(7)  # noqa: S311 - no secret hangs on it
    now, mark = datetime.now(UTC), time.time_ns()
    rows = workspace.home.store.member_rows()
    held = np.flatnonzero(rows["customer"].to_numpy() > 0)

    def known() -> tuple[str, str]:
        row = int(held[chance.randrange(len(held))])
        return rows["type"][row].as_py(), rows["value"][row].as_py()

    found = []
    for number in range(count):
        kind, value = known()
        borne, roll = {kind: [value]}, chance.random()
        extra = ("cookie", f"new-{mark}-{number}") if roll < 0.3 else known() if roll < 0.33 else None
        if extra is not None:
            borne.setdefault(extra[0], []).append(extra[1])
        moment = (now - timedelta(seconds=count - number)).isoformat()
        event = {"source": "web", "message_id": f"{mark}-{number}", "timestamp": moment, "event": "Seen"}
        found.append(event | {"identifiers": borne})
    return found


def bare() -> Callable[[dict[str, Any]], None]:
    """What stores the text of an event in SQLite, durably, and does nothing else."""
    connection = sqlite3.connect(Path(tempfile.mkdtemp()) / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, text TEXT)")

    def insert(event: dict[str, Any]) -> None:
        connection.execute("INSERT INTO events (text) VALUES (?)", (json.dumps(event),))

    return insert


def times(work: Callable[[Any], Any], items: Sequence[Any]) -> list[float]:
    """Milliseconds for each item."""
    spent = []
    for item in items:
        began = time.perf_counter()
        work(item)
        spent.append(1000 * (time.perf_counter() - began))
    return spent


def told(name: str, spent: list[float]) -> None:
    """Print the middle and the tail."""
    ordered = sorted(spent)
    tail = {share: ordered[int(len(ordered) * share)] for share in (0.5, 0.95, 0.99)}
    print(f"{name}: median {tail[0.5]:.1f} ms, 95 % within {tail[0.95]:.1f}, 99 % within {tail[0.99]:.1f}")


if __name__ == "__main__":
    main()
