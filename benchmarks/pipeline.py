"""From event files to published customers: Knotwork beside the bare baseline, in one run.

    python benchmarks/pipeline.py [--people 21000] [--folder DIR]

21,000 people make about a million events, 210,000 about ten million. Prints seconds, the ratio to the baseline, peak
memory, the same again after one event in a hundred came anew, and the 95th percentile of looking up one customer by an
identifier. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from knotwork_seeds import Population, generate

HERE = Path(__file__).resolve().parent
LOOK_UPS = 300
ONE_IN = 100
LATER = timedelta(days=1)

ASK = """
import json, random, sys, time
import knotwork
workspace, count = knotwork.open(sys.argv[1]), int(sys.argv[2])
rows = workspace.home.store.member_rows()
held = [i for i, number in enumerate(rows["customer"].to_pylist()) if number]
chosen = random.Random(1).sample(held, min(count, len(held)))
keys = [f"{rows['type'][i].as_py()}:{rows['value'][i].as_py()}" for i in chosen]
del rows
workspace.customer(keys[0])
spent = []
for key in keys:
    began = time.perf_counter()
    workspace.customer(key)
    spent.append(1000 * (time.perf_counter() - began))
spent.sort()
print(json.dumps({"median": spent[len(spent) // 2], "p95": spent[int(len(spent) * 0.95)]}))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One command: wall seconds, processor seconds, peak resident gigabytes, and what it printed."""

    seconds: float
    processor: float
    gigabytes: float
    printed: str


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=21_000)
    options.add_argument("--folder", type=Path, help="where the made events are kept and found again")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="knotwork-bench-") as scratch:
        compare(asked.people, asked.folder or Path(scratch), Path(scratch))


def compare(people: int, folder: Path, scratch: Path) -> None:
    made = folder / f"people-{people}"
    if not made.exists():
        print(generate(made, Population(people=people)))
    events = made / "events"
    bare = measured([sys.executable, str(HERE / "baseline.py"), f"{events}/*.jsonl", str(scratch / "bare")])
    show("baseline", bare, bare)
    shutil.rmtree(scratch / "bare")
    workspace = scratch / "workspace"
    knotwork = [str(Path(sys.executable).with_name("knotwork")), "--workspace", str(workspace)]
    measured([knotwork[0], "init", str(workspace)])
    whole("file to customers", knotwork, events, bare)
    some_anew(events, scratch / "anew.jsonl")
    whole("again, 1 % new", knotwork, scratch / "anew.jsonl", bare)
    print("look-up of a customer by identifier, ms:", look_ups(workspace))


def whole(name: str, knotwork: list[str], events: Path, bare: Measured) -> None:
    """Load ``events``, resolve, and show both and their sum."""
    load = measured([*knotwork, "load", str(events)])
    show("load", load, bare)
    resolve = measured([*knotwork, "resolve", "--format", "json"])
    told = json.loads(resolve.printed)
    show(f"resolve ({told['how']})", resolve, bare)
    gigabytes = max(load.gigabytes, resolve.gigabytes)
    show(name, Measured(load.seconds + resolve.seconds, load.processor + resolve.processor, gigabytes, ""), bare)
    for step, seconds in told.get("steps", {}).items():
        print(f"    {step:40} {seconds:8.1f} s")


def some_anew(events: Path, out: Path) -> None:
    """Write every hundredth event once more, a day later and with a message id of its own."""
    with out.open("w", encoding="utf-8") as anew:
        for file in sorted(events.glob("*.jsonl")):
            with file.open(encoding="utf-8") as lines:
                for line in islice(lines, 0, None, ONE_IN):
                    event = json.loads(line)
                    moment = datetime.fromisoformat(event["timestamp"]) + LATER
                    event |= {"message_id": f"anew-{event['message_id']}", "timestamp": moment.isoformat()}
                    anew.write(json.dumps(event, ensure_ascii=False) + "\n")


def look_ups(workspace: Path) -> str:
    return measured([sys.executable, "-c", ASK, str(workspace), str(LOOK_UPS)]).printed.strip()


def measured(command: list[str]) -> Measured:
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, subprocess.Popen(command, stdout=out) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{command[:4]} ended with {process.returncode}")
        out.seek(0)
        spent = usage.ru_utime + usage.ru_stime
        return Measured(time.perf_counter() - began, spent, usage.ru_maxrss / 1e6, out.read())


def show(name: str, found: Measured, bare: Measured) -> None:
    wall, processor = found.seconds / bare.seconds, found.processor / bare.processor
    figures = f"{found.seconds:8.1f} s {wall:6.2f} x   processor {found.processor:8.1f} s {processor:6.2f} x"
    print(f"{name:20} {figures} {found.gigabytes:6.2f} GB", flush=True)


if __name__ == "__main__":
    main()
