"""Questions about everybody: Knotwork beside Retentioneering 5, on one made log, in one run.

    python benchmarks/analyses.py [--events 2000000] [--customers 100000] [--folder DIR]

Makes the log and, in the folder, an environment with Retentioneering of its own; both get the same rows, in no order,
and give the same funnel. Each question is asked three times in a process of its own, and the fastest counts, in seconds
by the clock and of the processor, which minds other work less. Building goes from the rows to what questions are asked
of: ours is an ``EventLog`` from a Parquet file, theirs an ``Eventstream`` from a data frame in memory. What a run
spends on sorting the same rows into a generation's file is said too. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from environments import environment

THEIRS = "retentioneering==5.2.4"
TIMES = 3
STEPS = ["catalog", "product", "cart", "payment"]
MATRIX = 10
TARGETS = {"build": 1.0, "transitions": 0.5, "funnel": 1.0, "steps": 1.0}
EVENTS = (
    "home catalog search product cart add_to_cart checkout payment order login logout promo help review wishlist"
    " compare account settings return share"
)
RAW = """
COPY (
    SELECT who AS customer, 'web' AS source, 'm-' || i AS message_id,
        TIMESTAMP '2026-01-01' + to_seconds((hash(who, visit) % 15_000_000 + 47 * turn)::BIGINT) AS "timestamp",
        ['web', 'app', 'shop', 'email'][(hash(who, visit, 1) % 4)::INT + 1] AS channel,
        string_split('{names}', ' ')[least(hash(i, 2) % 20, hash(i, 3) % 20)::INT + 1] AS event
    FROM (SELECT i, i % {customers} + 1 AS who, i // {customers} // 6 AS visit, i // {customers} % 6 AS turn
        FROM range({events} * 3 // 2) AS t(i) WHERE hash(i) % 3 > 0)
    ORDER BY hash(i)
) TO '{out}' (FORMAT parquet)
"""
"""One event of a customer at a time, in visits of some minutes; a third are left out, so that customers differ."""
SORTED = """
COPY (SELECT *, [{{'type': 'cookie', 'value': customer::VARCHAR}}] AS identifiers, NULL::VARCHAR AS properties
    FROM read_parquet('{raw}') ORDER BY customer, "timestamp", source, message_id)
TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 8192)
"""
UNSORTED = """(SELECT *, row_number() OVER (PARTITION BY customer ORDER BY "timestamp", source, message_id) AS place
FROM read_parquet('{raw}'))"""
QUESTIONS: dict[str, dict[str, Any]] = {
    "transitions": {},
    "funnel": {"steps": STEPS},
    "steps": {"steps": MATRIX},
    "paths": {"top": 8},
    "retention": {},
    "lifecycle": {},
    "sessions": {},
    "rfm": {"event": "order"},
    "stitching": {},
    "attribution": {"conversion": "order"},
}
Spent = tuple[float, float]
"""Seconds by the clock, and of the processor."""
FIRST_OF_THE_FILE = "sessions"
"""This and the questions after it read the sorted file; those before it ask the log."""
THEIR_SCRIPT = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd
from retentioneering import Eventstream
raw, times, steps, matrix = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), int(sys.argv[4])
frame = pd.read_parquet(raw, columns=["customer", "event", "timestamp"]).rename(columns={"customer": "user_id"})
def fastest(question, times=times):
    spent = []
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        answer = question()
        spent.append((time.perf_counter() - began, time.process_time() - used))
    return min(spent), answer
build, stream = fastest(lambda: Eventstream(frame), 1)
transitions, _ = fastest(lambda: stream.transition_graph_data(edge_weight="count"))
funnel, found = fastest(lambda: stream.funnel_data(steps=steps))
matrix, _ = fastest(lambda: stream.step_matrix_data(max_steps=matrix))
seconds = {"build": build, "transitions": transitions, "funnel": funnel, "steps": matrix}
print(json.dumps({"seconds": seconds, "funnel": [one["unique_paths"] for one in found["steps"]]}))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument("--folder", type=Path, help="where the log and the environment are kept and found again")
    options.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.ours:
        print(json.dumps(measure_ours(asked.ours)))
        return
    with tempfile.TemporaryDirectory(prefix="knotwork-bench-") as scratch:
        compare(asked.events, asked.customers, asked.folder or Path(scratch))


def compare(events: int, customers: int, folder: Path) -> None:
    raw = made_log(events, customers, folder)
    their_python = environment(folder / "retentioneering", THEIRS, "pyarrow")
    command = [str(their_python), "-c", THEIR_SCRIPT, str(raw), str(TIMES), json.dumps(STEPS), str(MATRIX)]
    theirs = told(command, os.environ | {"RETENTIONEERING_NO_TRACK": "1"})
    ours = told([sys.executable, __file__, "--ours", str(raw)])
    assert ours["funnel"] == theirs["funnel"], (ours["funnel"], theirs["funnel"])
    print(f"{events:,} events of {customers:,} customers; funnel {ours['funnel']} in both")
    for name, target in TARGETS.items():
        mine, other = ours["seconds"][name], theirs["seconds"][name]
        ratio = f"{mine[0] / other[0]:5.2f} x, processor {mine[1] / other[1]:5.2f} x (target {target} x)"
        print(f"{name:14} {shown(mine)}   Retentioneering {shown(other)}   {ratio}")
    for name, spent in ours["others"].items():
        print(f"{name:14} {shown(spent)}")
    print(f"peak memory {ours['gigabytes']:.2f} GB")


def shown(spent: Sequence[float]) -> str:
    return f"{spent[0]:7.3f} s ({spent[1]:.3f})"


def made_log(events: int, customers: int, folder: Path) -> Path:
    """The raw log, in no order."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"raw-{events}-{customers}.parquet"
    if not path.exists():
        query = RAW.format(customers=customers, events=events, names=EVENTS, out=path)
        duckdb.connect().execute(query)
    return path


def told(command: list[str], environ: dict[str, str] | None = None) -> dict:
    ran = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout.splitlines()[-1])


def measure_ours(raw: Path) -> dict:
    """Seconds of building and of each question, the funnel's numbers, and the peak of memory."""
    import resource

    from knotwork_resolvers.analyses import EventLog, population_in

    with tempfile.TemporaryDirectory(prefix="knotwork-bench-") as scratch:
        path = Path(scratch) / "events.parquet"
        others = {"(sorted file)": fastest(lambda: sort(raw, path), 1)[0]}
        build, log = fastest(lambda: built(raw, Path(scratch)), 1)
        seconds, funnel = {"build": build}, []
        for kind, options in QUESTIONS.items():
            if kind == FIRST_OF_THE_FILE:
                log.close()
                log = EventLog(population_in(path), Path(scratch))
            spent, answer = asked_of(log, kind, options)
            (seconds if kind in TARGETS else others)[kind] = spent
            funnel = [step.customers for step in answer.steps] if kind == "funnel" else funnel
        log.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"seconds": seconds, "others": others, "funnel": funnel, "gigabytes": peak}


def sort(raw: Path, out: Path) -> None:
    import duckdb

    duckdb.connect().execute(SORTED.format(raw=raw, out=out))


def built(raw: Path, scratch: Path) -> Any:
    """The log that questions are asked of, filled from the rows in no order."""
    from knotwork_resolvers.analyses import EventLog, Population

    log = EventLog(Population(str(raw), lambda _: UNSORTED.format(raw=raw)), scratch)
    log.fill()
    return log


def asked_of(log: Any, kind: str, options: dict[str, Any]) -> tuple[Spent, Any]:
    from knotwork_resolvers.analyses import Scope, ask

    return fastest(lambda: ask(log, kind, Scope(), options))


def fastest(question: Callable[[], Any], times: int = TIMES) -> tuple[Spent, Any]:
    spent, answer = [], None
    for _ in range(times):
        began, used = perf_counter(), process_time()
        answer = question()
        spent.append((perf_counter() - began, process_time() - used))
    return min(spent), answer


if __name__ == "__main__":
    main()
