"""The graph on a Neo4j server: moving in, single events, batches, and a run that changes one customer in a hundred.

    KNOTWORK_GRAPH_PASSWORD=... python benchmarks/graph_server.py neo4j://localhost:7687 FOLDER [--people 20000]

The database must be empty, and is left with what was written; a workspace is made in FOLDER, which must be new. 100,000
people bear about a million identifiers. Nothing else should run meanwhile. `--files-only` stops after the files of an
import, with the command that takes them in.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from live import BATCH, BATCHES, WARM, made_up, times, told

import knotwork
from knotwork_graph.neo4j.work import Work
from knotwork_seeds import Population, generate


def main() -> None:
    """Measure, and print a line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("folder", type=Path)
    options.add_argument("--people", type=int, default=20_000)
    options.add_argument("--events", type=int, default=300)
    options.add_argument("--files-only", action="store_true")
    asked = options.parse_args()
    files = moved_in(asked.folder, asked.people, None if asked.files_only else asked.url)
    if asked.files_only:
        print(files.command)
        return
    os.environ["KNOTWORK_GRAPH_URL"] = asked.url
    with knotwork.open(asked.folder) as workspace:
        singly(workspace, asked.events)
        one_in_a_hundred(workspace, asked.folder.parent, asked.people)


def moved_in(folder: Path, people: int, url: str | None) -> Any:
    """Make a workspace of made-up people, write it as files of an import, and copy it to the server."""
    generate(made := folder.parent / f"{folder.name}-events", Population(people=people, months=6, seed=5))
    knotwork.init(folder)
    with knotwork.open(folder) as workspace:
        workspace.load(made / "events")
        workspace.resolve()
        identifiers, edges = workspace.home.store.sizes()
        print(f"{identifiers:,} identifiers, {edges:,} edges")
        with timed("files for a bulk import"):
            files = workspace.graph_files(folder.parent / f"{folder.name}-import")
        if url is not None:
            with timed("graph copy, compared afterwards"):
                workspace.graph_copy(url)
    shutil.rmtree(made)
    return files


def singly(workspace: Any, events: int) -> None:
    """Single events, how often each asks the server, and batches."""
    made = made_up(workspace, events + WARM + BATCH * BATCHES)
    with counted() as asked:
        spent = times(lambda event: workspace.collect([event]), made[: events + WARM])
    told("one event", spent[WARM:])
    print(f"  statements sent for one: {asked.total() / len(spent):.1f}")
    many = made[events + WARM :]
    batches = [many[start : start + BATCH] for start in range(0, len(many), BATCH)]
    middle = sorted(times(workspace.collect, batches))[len(batches) // 2]
    print(f"a batch of {BATCH:,}: {middle:,.0f} ms, {BATCH * 1000 / middle:,.0f} events/s")


def one_in_a_hundred(workspace: Any, folder: Path, people: int) -> None:
    """A full run in which about one customer in a hundred has changed; how long its publication takes."""
    path = folder / "changed.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in made_up(workspace, people // 33)), encoding="utf-8")
    workspace.load(path)
    report = workspace.recompute(["id_changes", "changed_hands", "customer_growth", "identifiers_lost"])
    changed = sum(one.customers for one in report.movements)
    steps = {one.name: one.seconds for one in report.steps}
    print(f"nightly job: {report.seconds:.1f} s, {report.state}; {changed:,} customers changed")
    print(f"  published in {steps.get('publish', 0):.1f} s")


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print how long a block took."""
    began = time.perf_counter()
    yield
    print(f"{name}: {time.perf_counter() - began:.1f} s")


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How many statements of each kind were sent in a block."""
    found: Counter[str] = Counter()
    real: dict[str, Any] = {"rows": Work.rows, "write": Work.write}

    def counting(name: str) -> Any:
        def count(*given: Any, **bound: Any) -> Any:
            found[name] += 1
            return real[name](*given, **bound)

        return count

    for name in real:
        setattr(Work, name, counting(name))
    try:
        yield found
    finally:
        for name, method in real.items():
            setattr(Work, name, method)


if __name__ == "__main__":
    main()
