"""How long a steward waits: for a page of the queue, a card, a preview, a proposed split, a decision that is obeyed.

A made population, one customer of 500 identifiers in two dense halves among it, and ten thousand decisions that stand.

    python benchmarks/review.py [--people 20000] [--decisions 10000] [--times 5] [--keep DIR | --workspace COPY]

With ``--workspace`` the same is measured in a copy of a workspace that is resolved, of a million customers say.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import knotwork
from knotwork.service.review.values import Because
from knotwork_graph.desk import Case, CaseKind, Desk, Finding
from knotwork_graph.desk.taking import Takes
from knotwork_graph.journal import Journal
from knotwork_graph.model import Recorded, customer_number
from knotwork_seeds import Population, generate

SIZE = 500
WHY = Because("measured", "mai")
Spent = tuple[float, float]
"""Milliseconds by the clock, and of the processor."""


def two_halves() -> Iterator[dict[str, object]]:
    """The events of one customer of 500 identifiers: two dense halves, and one link between them."""
    chance = Random(1)  # noqa: S311 - made-up data, not secrets
    pairs = [
        (half, place, chance.randrange(SIZE // 2)) for half in "ab" for place in range(SIZE // 2) for _ in range(4)
    ]
    links = [(f"{half}-{a}", f"{half}-{b}") for half, a, b in pairs if a != b]
    for number, (a, b) in enumerate([*links, ("a-0", "b-0")]):
        yield {
            "source": "web",
            "message_id": f"half-{number}",
            "timestamp": f"2026-0{1 + number % 9}-01T09:00:00Z",
            "identifiers": {"half": [a, b]},
            "properties": {"revenue": 10, "currency": "VND"},
        }


def made(folder: Path, people: int, decisions: int) -> knotwork.Workspace:
    """A workspace with all that, resolved."""
    if not (folder / "ws").exists():
        generate(folder / "made", Population(people=people, months=12, seed=5), format="parquet")
        knotwork.init(folder / "ws")
        (folder / "halves.jsonl").write_text("\n".join(map(json.dumps, two_halves())))
        with knotwork.open(folder / "ws") as opened:
            opened.load(folder / "made" / "events", folder / "halves.jsonl")
            now = datetime.now(UTC)
            records = [Recorded(n, "block", f"cookie:never-{n}", "", "mai", now, "x") for n in range(1, decisions + 1)]
            Journal(opened.layout.decisions).append(records)
            opened.home.store.add_decisions(records)
            opened.resolve()
    return knotwork.open(folder / "ws")


def crowded(opened: knotwork.Workspace) -> Case:
    """The case of the large customer; and 100,000 others on the desk, so that its queue is long."""
    desk = Desk(opened.layout.desk)
    others = [
        Finding(CaseKind.SHARED, (f"email:queue-{n}",), "measured", ("guard",), 0.1, harm=n / 1e6)
        for n in range(100_000)
    ]
    desk.take(others, Takes(opened.home.store.state().current, 0, timedelta(days=30), lambda *_: False))
    desk.close()
    return next(one for one in opened.review.queue(100, kind="split").cases if "bridge" in one.finding.grounds)


def measured(question: Callable[[], object], times: int) -> Spent:
    """The median milliseconds of a question, by the clock and of the processor: on a busy machine the latter counts."""
    clock, processor = [], []
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        question()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    return median(clock) * 1000, median(processor) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--workspace", type=Path, help="a copy of a resolved workspace, which is written to")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        opened = (
            among(given.workspace)
            if given.workspace
            else made(given.keep or Path(folder), given.people, given.decisions)
        )
        told(opened, given.times, whole=not given.workspace)


def among(folder: Path) -> knotwork.Workspace:
    """A workspace that is there, with the customer of 500 identifiers put among its own."""
    opened = knotwork.open(folder)
    opened.collect(list(two_halves()))
    opened.review.refresh()
    return opened


def decided(opened: knotwork.Workspace, kind: str, a: str, b: str, times: int) -> Iterator[tuple[str, Spent]]:
    """What is spent on a decision that is obeyed at once, and of taking it back, in turns."""
    done: list[int] = []

    def decide() -> None:
        done.append(opened.review.decide(kind, a, b, WHY, now=True).record.number)

    def undo() -> None:
        opened.review.undo(done[-1], WHY, now=True)

    taken: dict[str, list[Spent]] = {"obeyed": [], "taken back": []}
    for _ in range(times + 1):  # the first of each warms what is read
        taken["obeyed"].append(measured(decide, 1))
        taken["taken back"].append(measured(undo, 1))
    columns = ((name, zip(*some[1:], strict=True)) for name, some in taken.items())
    return ((name, (median(clock), median(processor))) for name, (clock, processor) in columns)


def ordinary(opened: knotwork.Workspace) -> tuple[str, str]:
    """Two identifiers of a customer as most are, whom one decision may part."""
    for case in opened.review.queue(200, kind="split").cases:
        number = customer_number(case.finding.about[0]) or 0
        keys = [one.key for one in opened.home.store.members(number)]
        if 2 <= len(keys) <= 12 and not keys[0].startswith("half:"):
            return keys[0], keys[-1]
    raise SystemExit("no customer is up for a split here")


def told(opened: knotwork.Workspace, times: int, *, whole: bool) -> None:
    """Print one line for each thing that a steward waits for, with what was promised (milliseconds on a quiet machine).

    The baseline of a preview and of a decision is the run over everybody that would otherwise tell the same.
    """
    review, case = opened.review, crowded(opened)
    customer = case.finding.about[0]
    print(json.dumps({"customers": opened.overview().customers, "decisions": len(opened.decisions())}))
    asked: dict[str, tuple[Callable[[], object], int | None]] = {
        "a page of the queue": (lambda: review.queue(50), 50),
        "a deep page of the queue": (lambda: review.queue(50, 5_000), 50),
        "a split proposed of 500 identifiers": (lambda: review.suggest_split(customer), 500),
        "a preview of 500 identifiers": (lambda: review.preview("cannot-link", "half:a-1", "half:b-1"), 200),
        "a card of 500 identifiers": (lambda: review.card(case.number), None),
        "a decision kept, and taken back": (
            lambda: opened.undo(opened.decide("block", "cookie:kept", reason="x").record.number),
            100,
        ),
    }
    for name, (question, promised) in asked.items():
        line(name, measured(question, times), promised)
    for words, pair in (("of 500 identifiers", ("half:a-1", "half:b-1")), ("of a few", ordinary(opened))):
        for name, spent in decided(opened, "cannot-link", *pair, times):
            line(f"a decision {words} {name}", spent, 100)
    line("baseline: all cases looked for", measured(lambda: review.refresh(everything=True), 1), None)
    if whole:
        line("baseline: everybody resolved", measured(lambda: opened.resolve(full=True), 1), None)
    opened.close()


def line(name: str, spent: Spent, promised: int | None) -> None:
    """Print one measurement."""
    clock, processor = (round(one, 1) for one in spent)
    print(json.dumps({"what": name, "ms": clock, "processor_ms": processor, "promised": promised}), flush=True)


if __name__ == "__main__":
    main()
