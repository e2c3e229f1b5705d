"""What other processes do in the contract's tests: read, or write, until they are told to stop.

python -m tests.contract.graph.processes read KIND WHERE STOP_FILE
python -m tests.contract.graph.processes write KIND WHERE RUNS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from knotwork_graph.model import Identifier
from knotwork_graph.ports import GraphStore
from tests.contract.graph.made import Found, Seen, increment, project, stage
from tests.contract.graph.stores import Place

A, B = "cookie:a", "cookie:b"


def odd_or_even(store: GraphStore) -> list[str]:
    """What is not as a published run says: both identifiers are customer 1's, or both are customer 2's."""
    one, two = store.members(1), store.members(2)
    held = store.members_of([1, 2])
    listed = store.customers(0, 10)
    rows = {row["customer"] for row in store.member_rows().to_pylist()}
    said = {
        "members": [keys for keys in ([m.key for m in one], [m.key for m in two]) if keys not in ([A, B], [])],
        "members_of": [] if [len(keys) for keys in held.values()] == [2] else list(held),
        "customers": [] if len(listed) == 1 else listed,
        "rows": [] if len(rows) == 1 else sorted(rows),
        "owner": [] if store.customer_of(Identifier.parse(A)) in (1, 2) else [0],
    }
    return [f"{name}: {wrong}" for name, wrong in said.items() if wrong]


def read(place: Place, stop: Path) -> None:
    """Print what a reader saw, as JSON: the runs in order, how often it looked, and what was wrong."""
    store, seen, wrong, looks = place.open(), [], [], 0
    while not stop.exists():
        current = store.state().current
        if not seen or seen[-1] != current:
            seen.append(current)
        wrong += odd_or_even(store)
        looks += 1
    store.close()
    print(json.dumps({"seen": seen, "wrong": wrong[:5], "looks": looks}))  # noqa: T201 - the parent reads it


def write(place: Place, runs: int) -> None:
    """Stage and publish so many runs that give both identifiers to customer 2 and 1 by turns, projecting between."""
    store = place.open()
    for number in range(2, runs + 2):
        project(store, increment(number, Seen(A, B, first=number, last=number)))
        owner = 1 + (number + 1) % 2
        stage(store, number, Found({A: owner, B: owner}))
        store.publish(number)
    store.close()


if __name__ == "__main__":
    what, kind, where, rest = sys.argv[1:]
    if what == "read":
        read(Place(kind, where), Path(rest))
    else:
        write(Place(kind, where), int(rest))
