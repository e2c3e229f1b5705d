"""The nightly job when one event in a hundred is new, beside the bare baseline over all events, in one run.

    python benchmarks/nightly.py [--people 21000] [--graph neo4j://localhost:7687]
    python benchmarks/nightly.py --events FOLDER --workspace RESOLVED

21,000 people make about a million events, 210,000 about ten million. With ``--events`` these are a folder of event
files that were made before, JSON lines or Parquet, and with ``--workspace`` a workspace that holds them already and
was resolved; it is copied, and stays as it is. With ``--graph`` the graph lies on an empty Neo4j server, which knows
KNOTWORK_GRAPH_PASSWORD. Prints seconds, the ratio to the baseline and peak memory, then the job by step. Nothing else
should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
from pipeline import HERE, Measured, measured, show, some_anew

from knotwork_seeds import Population, generate

KNOTWORK = str(Path(sys.executable).with_name("knotwork"))
AS_LINES = """
COPY (SELECT source, message_id, timestamp, channel, event, identifiers, vouched, traits::JSON AS traits,
    properties::JSON AS properties, consent::JSON AS consent FROM '{files}')
TO '{out}' (FORMAT json)
"""


def main() -> None:
    """Measure, and print a line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=21_000)
    options.add_argument("--events", type=Path)
    options.add_argument("--workspace", type=Path)
    options.add_argument("--graph", default="")
    options.add_argument("--folder", type=Path, help="where everything is put meanwhile; it needs some room")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="knotwork-night-", dir=asked.folder) as found:
        scratch = Path(found)
        events = lines(asked.events or made(scratch, asked.people), scratch)
        bare = measured([sys.executable, str(HERE / "baseline.py"), f"{events}/*.jsonl", str(scratch / "bare")])
        show("baseline", bare, bare)
        shutil.rmtree(scratch / "bare")
        workspace = resolved(asked.workspace, events, scratch / "workspace")
        some_anew(events, scratch / "anew.jsonl")
        if asked.graph:
            measured([KNOTWORK, "--workspace", str(workspace), "graph", "copy", "--to", asked.graph])
            os.environ["KNOTWORK_GRAPH_URL"] = asked.graph
        night(workspace, scratch / "anew.jsonl", bare)


def made(scratch: Path, people: int) -> Path:
    """The folder of the events that so many people have made."""
    print(generate(scratch / "people", Population(people=people)))
    return scratch / "people" / "events"


def lines(events: Path, scratch: Path) -> Path:
    """The folder of the same events as JSON lines, which the baseline reads."""
    if any(events.glob("*.jsonl")):
        return events
    (scratch / "lines").mkdir()
    for file in sorted(events.glob("*.parquet")):
        duckdb.sql(AS_LINES.format(files=file, out=scratch / "lines" / f"{file.stem}.jsonl"))
    return scratch / "lines"


def resolved(known: Path | None, events: Path, workspace: Path) -> Path:
    """A workspace that holds the events and was resolved."""
    if known is not None:
        return Path(shutil.copytree(known, workspace))
    measured([KNOTWORK, "init", str(workspace)])
    for command in (("load", str(events)), ("resolve",)):
        measured([KNOTWORK, "--workspace", str(workspace), *command])
    return workspace


def night(workspace: Path, anew: Path, bare: Measured) -> None:
    """Load what is new, recompute, and show both, their sum and the steps of the job."""
    load = measured([KNOTWORK, "--workspace", str(workspace), "load", str(anew)])
    show("load what is new", load, bare)
    job = measured([KNOTWORK, "--workspace", str(workspace), "recompute", "--format", "json"])
    show("nightly job", job, bare)
    spent = load.seconds + job.seconds, load.processor + job.processor
    show("both", Measured(*spent, max(load.gigabytes, job.gigabytes), ""), bare)
    told = json.loads(job.printed)
    for step in told["steps"]:
        print(f"    {step['name']:50} {step['seconds']:8.1f} s {step['peak_mib'] * 2**20 / 1e9:6.2f} GB")


if __name__ == "__main__":
    main()
