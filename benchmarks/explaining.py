"""How long ``why`` takes on a customer of fifty identifiers, beside the least that answers: networkx over its edges.

The baseline reads the customer's edges from the same store, finds the shortest path and the bridges with networkx, and
says no more: no weights, no other paths, no sample events, no notes. Both run in one process, by turns.

    python benchmarks/explaining.py [--people 2000] [--times 50]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import networkx as nx

import knotwork
from knotwork_graph.model import Identifier, customer_number
from knotwork_seeds import Population, generate

DEVICES = 16
A, B = "cookie:fifty-3-0", "cookie:fifty-12-1"


def fifty() -> list[dict[str, object]]:
    """The events of one customer of 49 identifiers: sixteen devices, two cookies on each, tied by one account."""
    bears = [
        {"device": f"fifty-device-{device:04}", "cookie": f"fifty-{device}-{cookie}"}
        | ({"user_id": "fifty"} if cookie else {})
        for device in range(DEVICES)
        for cookie in range(2)
        for _ in range(3)
    ]
    return [
        {
            "source": "web",
            "message_id": f"fifty-{place}",
            "timestamp": f"2026-0{1 + place % 9}-0{1 + place % 7}T09:00:00Z",
            "event": "Seen",
            "identifiers": each,
        }
        for place, each in enumerate(bears)
    ]


def made(folder: Path, people: int) -> knotwork.Workspace:
    generate(folder / "made", Population(people=people, months=12, seed=5), format="parquet")
    knotwork.init(folder / "ws")
    (folder / "fifty.jsonl").write_text("\n".join(map(json.dumps, fifty())))
    opened = knotwork.open(folder / "ws")
    opened.load(folder / "made" / "events")
    opened.load(folder / "fifty.jsonl")
    opened.resolve()
    return opened


def baseline(opened: knotwork.Workspace) -> None:
    store = opened.home.store
    customer = store.customer_of(Identifier.parse(A))
    held = {one.key for one in store.members(customer)}
    graph = nx.Graph((edge.a, edge.b) for edge in store.edges_of(customer) if {edge.a, edge.b} <= held)
    assert nx.shortest_path(graph, A, B)
    list(nx.bridges(graph))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main(people: int, times: int) -> None:
    with TemporaryDirectory() as folder, made(Path(folder), people) as opened:
        found = opened.why(A, B)
        size = len(opened.customer(A).identifiers)
        assert found.together
        assert customer_number(found.a.customer)
        pairs = [(timed(lambda: baseline(opened)), timed(lambda: opened.why(A, B))) for _ in range(times)]
    plain, whole = ([pair[side] for pair in pairs] for side in (0, 1))
    print(f"why on a customer of {size} identifiers and {found.links} links, {people:,} people in place, {times} times")
    for name, taken in (("baseline", plain), ("why", whole)):
        print(f"  {name:<9} median {median(taken):6.1f} ms, p95 {quantiles(taken, n=20)[-1]:6.1f} ms")
    print(f"  ratio of the medians {median(whole) / median(plain):.1f} x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--times", type=int, default=50)
    asked = parser.parse_args()
    main(asked.people, asked.times)
