"""Segments: fifty of them over everybody, beside asking one after the other.

    python benchmarks/segments.py [--customers 1000000] [--events 10000000] [--segments 50] [--events-only]

Writes a generation's file of made events (see ``profiles.py``), then looks at everybody for all segments: one query,
and the stays written; then again, with the stays compared with those of the time before. The baseline asks the same
rules one after the other, each with a query of its own, and writes nothing. The rules count, add, compare, follow
sequences, ask for traits, consent, stages, signals and other segments; ``--events-only`` leaves out traits, consent,
stages and signals, whose cost is that of profiles. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent))
from profiles import NOW, POLICY, MadeStore, made_home

from knotwork_graph.stays import OPEN, StayFolders, Upto
from knotwork_resolvers.segments import Definitions, Ground, segment_of
from knotwork_resolvers.segments.everybody import look_at_everybody
from knotwork_resolvers.segments.query import query_of

OF_EVENTS: list[dict[str, Any]] = [
    {"event": "Order Completed", "in_last": "{}d"},
    {"event": "Viewed", "at_least": 2, "in_last": "{}d"},
    {"event": "Order Completed", "sum": "revenue", "currency": "VND", "at_least": 500_000, "in_last": "{}d"},
    {"event": "Viewed", "distinct": "category", "at_least": 3, "in_last": "{}d"},
    {"event": "Order Completed", "last": "timestamp", "older_than": "{}d"},
    {"event": ["Viewed", "Added"], "where": {"category": ["c1", "c2"]}, "in_last": "{}d"},
    {"event": "Viewed", "last": "category", "is": "c{}"},
    {"sequence": ["Viewed", "Added"], "within": "{}d", "never": ["Order Completed"]},
]
OF_PROFILES: list[dict[str, Any]] = [
    {"trait": "city", "is": "Hà Nội 1"},
    {"consent": "marketing"},
    {"lifecycle": ["at_risk", "lost"]},
    {"signal": "wants", "at_least": 0.5},
]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=10_000_000)
    options.add_argument("--segments", type=int, default=50)
    options.add_argument("--events-only", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = made_home(Path(folder), asked.customers, asked.events)
        home.store, home.scratch = Store(asked.customers), Path(folder)
        measure(asked, home, definitions(asked.segments, asked.events_only), StayFolders(Path(folder) / "stays"))


class Store(MadeStore):
    """Three identifiers a customer, as segments ask for them."""

    def __init__(self, customers: int) -> None:
        super().__init__(customers)
        self._customers = customers

    def member_rows(self) -> Any:
        every = pa.array(range(1, self._customers + 1), pa.int64())
        tables = [
            pa.table({"customer": every, "type": [kind] * len(every), "status": ["linking"] * len(every)})
            for kind in ("cookie", "email", "phone")
        ]
        return pa.concat_tables(tables)


def definitions(count: int, events_only: bool) -> Definitions:
    shapes = OF_EVENTS if events_only else [*OF_EVENTS, *OF_PROFILES]
    found = Definitions()
    for number in range(count):
        days = 20 + 7 * (number // len(shapes))
        shape = {key: filled(value, days) for key, value in shapes[number % len(shapes)].items()}
        rule: dict[str, Any] = {"all": [shape, {"identifier": "email"}]}
        if number % 10 == 9:
            rule["none"] = [{"segment": f"s{number - 1}"}]
        found = found.with_one(segment_of(f"s{number}", rule))
    return found


def filled(value: Any, days: int) -> Any:
    return value.format(days % 20 if value.startswith("c") else days) if isinstance(value, str) else value


def measure(asked: argparse.Namespace, home: Any, known: Definitions, folders: StayFolders) -> None:
    ground, rules = Ground(home, POLICY), POLICY.profiles
    query = query_of(known.segments, rules)
    upto = Upto(1, 1, 0, NOW.now, "made")
    print(f"{asked.segments} segments, {asked.customers:,} customers, {asked.events:,} events")
    told("together", lambda: look_at_everybody(ground, query, folders, upto))
    told("again", lambda: look_at_everybody(ground, query, folders, upto))
    members = pq.read_metadata(folders.path(folders.current(), OPEN)).num_rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{members:,} members, peak {peak:.1f} GB")
    told("one by one", lambda: one_by_one(ground, known))
    ground.close()


def one_by_one(ground: Ground, known: Definitions) -> None:
    for segment in known.segments:
        needed = tuple(one for one in known.segments if one.name in segment.needs)
        with ground.connection() as connection:
            ground.fill(connection, "found", query_of((*needed, segment), POLICY.profiles), NOW.now)


def told(name: str, work: Callable[[], None]) -> None:
    began, used = time.perf_counter(), time.process_time()
    work()
    print(f"{name:12} {time.perf_counter() - began:7.1f} s, {time.process_time() - used:7.1f} s of the processor")


if __name__ == "__main__":
    main()
