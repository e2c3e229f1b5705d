"""The graph on a Neo4j server: moving in, single events, batches, and a run that changes one customer in a hundred.

    KNOTWORK_GRAPH_PASSWORD=... python benchmarks/graph_server.py neo4j://localhost:7687 FOLDER [--people 20000]

The database must be empty, and is left with what was written; a workspace is made in FOLDER, which must be new. 100,000
people bear about a million identifiers. Nothing else should run meanwhile. `--files-only` stops after the files of an
import, with the command that takes them in. With `--there` FOLDER is a workspace that was resolved, whose graph the
server holds, as it does after such an import; use copies of both, for the events stay. `--no-night` leaves out the job.
`api.py --workspace` and `review.py --workspace` measure the same graph where KNOTWORK_GRAPH_URL names the server.
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

from live import BATCH, BATCHES, made_up, times, told

import knotwork
from knotwork_graph.neo4j.work import Work
from knotwork_seeds import Population, generate


def main() -> None:
    """Measure, and print a line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("folder", type=Path)
    options.add_argument("--people", type=int, default=20_000)
    options.add_argument("--events", type=int, default=600)
    options.add_argument(
        "--warm", type=int, default=900, help="events before those: the server compiles what it is asked"
    )
    options.add_argument("--files-only", action="store_true")
    options.add_argument("--there", action="store_true")
    options.add_argument("--no-night", action="store_true")
    asked = options.parse_args()
    if not asked.there:
        files = moved_in(asked.folder, asked.people, None if asked.files_only else asked.url)
        if asked.files_only:
            print(files.command)
            return
    os.environ["KNOTWORK_GRAPH_URL"] = asked.url
    with knotwork.open(asked.folder) as workspace:
        with timed("brought up to the facts"):
            workspace.resolve()
        singly(workspace, asked.events, asked.warm)
        if not asked.no_night:
            one_in_a_hundred(workspace, asked.folder.parent)


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


def singly(workspace: Any, events: int, warm: int) -> None:
    """Single events, all and by kind, how often each asks the server, and batches."""
    made = made_up(workspace, events + warm + BATCH * (BATCHES + 3))
    with counted() as asked:
        spent = times(lambda event: workspace.collect([event]), made[: events + warm])
    told("one event", spent[warm:])
    for kind in ("known", "new", "joining"):
        if some := [one for one, event in zip(spent[warm:], made[warm:], strict=False) if kind_of(event) == kind]:
            told(f"  {kind}, {len(some)} of them", some)
    print(f"  statements sent for one: {asked.total() / len(spent):.1f}")
    many = made[events + warm :]
    batches = [many[start : start + BATCH] for start in range(0, len(many), BATCH)]
    spent = times(workspace.collect, batches)[3:]
    middle = sorted(spent)[len(spent) // 2]
    print(f"a batch of {BATCH:,}: {middle:,.0f} ms, {BATCH * 1000 / middle:,.0f} events/s")


def kind_of(event: dict[str, Any]) -> str:
    """What an event brings: nothing but what is known, a new cookie, or two that may be of two customers."""
    values = [value for each in event["identifiers"].values() for value in each]
    if any(value.startswith("new-") for value in values):
        return "new"
    return "joining" if len(values) > 1 else "known"


def one_in_a_hundred(workspace: Any, folder: Path) -> None:
    """A full run in which about one customer in a hundred has changed; how long its publication takes."""
    path, customers = folder / "changed.jsonl", workspace.overview().customers
    events = made_up(workspace, customers // 33)  # a third of them change a customer
    path.write_text("\n".join(json.dumps(one) for one in events), encoding="utf-8")
    workspace.load(path)
    report = workspace.recompute(
        ["id_changes", "changed_hands", "customer_growth", "identifiers_lost", "severed_growth"]
    )
    changed = sum(one.customers for one in report.movements)
    steps = {one.name: one.seconds for one in report.steps}
    print(f"nightly job: {report.seconds:.1f} s, {report.state}; {changed:,} of {customers:,} customers changed")
    for name, seconds in steps.items():
        print(f"  {name}: {seconds:.1f} s")


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
