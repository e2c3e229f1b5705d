"""Single events and batches, from a Python mapping to durable fact and graph increment, beside a bare durable insert.

    python benchmarks/collecting.py [--events 10000000] [--folder DIR]

Fills a log with made events (about 3 seconds and 50 MB for a million), then times: one event and a thousand, checked,
judged, stored and observed; the same events inserted as text into a SQLite file, durably, and nothing else; a known
event said again; and looking keys up in the index, beside reading every key. Resolving is not part of it.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from knotwork.workspace import init, open_workspace
from knotwork_graph.facts import FactLog, scan
from knotwork_graph.facts.keys import KeyIndex
from knotwork_graph.facts.schema import schema
from knotwork_graph.policy import Policy
from knotwork_resolvers.collecting import Collector
from knotwork_resolvers.projection import observe_few

SEGMENT, BATCH, BLOCK, ONCE, BATCHES = 60_000, 1_000, 60_000, 500, 15
SCAN = "SELECT event_id FROM {facts} WHERE key IN (SELECT key FROM wanted)"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=10_000_000)
    options.add_argument("--folder", type=Path, help="where the filled log is kept and found again")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        init(Path(scratch, "policy"))
        policy = open_workspace(Path(scratch, "policy")).settings.policy
        log = FactLog(folder / "facts")
        fill(log, given.events)
        print(f"{log.event_count():,} events in {len(log.segments())} segments")
        collect(log, policy, Path(scratch))
        look_up(log)
        log.close()


def fill(log: FactLog, count: int) -> None:
    """Segments of made events until there are so many."""
    chance = np.random.default_rng(len(log.segments()))
    while log.event_count() < count:
        log.append(segment(chance))


def segment(chance: np.random.Generator) -> pa.Table:
    """Events with random keys and one identifier each."""
    numbers = pa.array(chance.integers(0, 1 << 62, SEGMENT))
    kinds = pa.repeat("cookie", SEGMENT)
    pairs = pa.StructArray.from_arrays([kinds, numbers.cast(pa.string())], ["type", "value"])
    columns = {
        "key": pa.array(chance.integers(0, 1 << 64, SEGMENT, np.uint64)),
        "source": pa.repeat("web", SEGMENT),
        "message_id": numbers.cast(pa.string()),
        "timestamp": pa.repeat(pa.scalar(1_772_000_000_000_000), SEGMENT).cast(pa.timestamp("us")),
        "identifiers": pa.ListArray.from_arrays(pa.array(np.arange(SEGMENT + 1, dtype=np.int32)), pairs),
    }
    names = [name for name in schema().names if name not in {"event_id", "received_at"}]
    absent = {name: pa.nulls(SEGMENT, schema().field(name).type) for name in names}
    return pa.table(absent | columns)


def event(number: int, run: str) -> dict[str, Any]:
    """An event as a shop's site sends it."""
    return {
        "source": "web",
        "message_id": f"{run}-{number}",
        "timestamp": "2026-03-01T09:30:00+07:00",
        "channel": "web",
        "event": "Order Completed",
        "identifiers": {"cookie": f"c-{run}-{number}", "email": f"Lan.{number}@example.com", "phone": f"09{number:08}"},
        "vouched": ["email"],
        "traits": {"name": f"Nguyễn Thị Lan {number}", "family_name": "Nguyễn"},
        "properties": {"revenue": 250000 + number, "currency": "VND"},
    }


def collect(log: FactLog, policy: Policy, scratch: Path) -> None:
    """Times of one event and of batches, with the bare insert beside each."""
    run = str(time.time_ns())
    collector, bare = Collector(log), Bare(scratch / "bare.db")

    def whole(events: list[dict[str, Any]]) -> None:
        observe_few(collector(events).rows, policy)

    whole([event(0, run)])
    ones = [[event(number, run)] for number in range(1, ONCE)]
    told("one event, checked to observed", timed(whole, ones))
    told("  a bare durable insert", timed(bare.insert, ones))
    told("  said again, while in the inbox", timed(collector, ones[:100]))
    batches = [[event(BATCH * b + n + ONCE, run) for n in range(BATCH)] for b in range(BATCHES)]
    told(f"{BATCH:,} events, checked to observed", timed(whole, batches))
    told("  a bare durable insert", timed(bare.insert, batches))
    told("packing the inbox", timed(lambda _: log.pack(), [0]))
    told("one event said again, after packing", timed(collector, ones[:20]))
    collector.close()


class Bare:
    """The baseline: a table of one column of text, every transaction on the disk before it returns."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE said (line TEXT)"):
            self.connection.execute(statement)

    def insert(self, events: Iterable[dict[str, Any]]) -> None:
        with self.connection:
            self.connection.executemany("INSERT INTO said VALUES (?)", [(json.dumps(one),) for one in events])


def look_up(log: FactLog) -> None:
    """Times of finding keys in the index, and by reading all of them."""
    chance, segments, index = np.random.default_rng(7), log.segments(), KeyIndex(log.folder)
    some = [chance.integers(0, 1 << 64, size, np.uint64) for size in (1, BLOCK)]
    for wanted in some:
        told(f"{len(wanted):,} keys in the index", timed(lambda keys: index.find(segments, keys), [wanted] * 20))
        told("  by reading every key", timed(lambda keys: by_reading(segments, keys), [wanted] * 3))


def by_reading(segments: Any, keys: Any) -> None:
    with duckdb.connect() as connection:
        connection.register("wanted", pa.table({"key": keys}))
        connection.sql(SCAN.format(facts=scan([one.path for one in segments]))).to_arrow_table()


Spent = list[tuple[float, float]]


def timed(work: Callable[[Any], object], given: Iterable[Any]) -> Spent:
    """Milliseconds of each piece of work, and those of the processor, ascending."""
    spent = []
    for one in given:
        began, worked = time.perf_counter(), time.process_time()
        work(one)
        spent.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)))
    return sorted(spent)


def told(what: str, spent: Spent) -> None:
    middle, late = spent[len(spent) // 2][0], spent[min(len(spent) - 1, int(len(spent) * 0.99))][0]
    processor = sum(worked for _, worked in spent) / len(spent)
    figures = f"median {middle:8.2f}   p99 {late:8.2f}   processor {processor:8.2f} ms"
    print(f"{what:<38} {figures}   of {len(spent)}", flush=True)


if __name__ == "__main__":
    main()
