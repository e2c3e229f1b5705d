"""How fast GraphQL and exports answer, and how many clients at once: a made workspace, a real server in this process.

python benchmarks/api.py [--people 2000] [--seconds 60] [--clients 50]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

import knotwork
from knotwork.http.app import Access, create_app
from tests.serving import running

TOKEN = "a-token-for-measuring"  # noqa: S105 - it opens nothing but this run
HEADERS = {"authorization": f"Bearer {TOKEN}"}
EVENTS = "timestamp event channel session carrier reason known"
QUESTIONS = {
    "a customer with 20 events": f"""query($i: ID!) {{ customer(id: $i) {{
        id profile journey(last: 20) {{ {EVENTS} }} }} }}""",
    "a graph of 300 identifiers": """query($i: ID!) { customer(id: $i) {
        cluster(first: 300) { keys froms tos counts } } }""",
    "a page of 100 customers": "{ customers(first: 100) { edges { cursor node { id identifiers { key status } } } } }",
    "a sorted page of 100": """{ customers(first: 100, sort: EVENTS, descending: true) {
        edges { node { id events } } } }""",
}


def made(folder: Path, people: int) -> Any:
    """A resolved workspace with a made population."""
    command = ["generate", str(folder / "made"), "--people", str(people), "--months", "3", "--seed", "7"]
    subprocess.run([sys.executable, "-m", "knotwork", *command], check=True, capture_output=True)
    knotwork.init(folder / "ws")
    kw = knotwork.open(folder / "ws")
    kw.load(*sorted((folder / "made").glob("events*")))
    kw.resolve()
    return kw


def asked(client: httpx.Client, query: str, customer: str) -> float:
    """Milliseconds for one answer."""
    begun = time.perf_counter()
    answer = client.post("/graphql", json={"query": query, "variables": {"i": customer} if "$i" in query else {}})
    took = (time.perf_counter() - begun) * 1000
    assert "errors" not in answer.json(), answer.text
    return took


def one_by_one(address: str, ids: list[str]) -> None:
    with httpx.Client(base_url=address, headers=HEADERS, timeout=120) as client:
        for name, query in QUESTIONS.items():
            asked(client, query, ids[0])
            took = [asked(client, query, one) for one in ids[:100]]
            cuts = quantiles(took, n=20)
            print(f"{name}: median {cuts[9]:.1f} ms, 95th percentile {cuts[18]:.1f} ms")
        for what in ("members", "events"):
            begun = time.perf_counter()
            with client.stream("GET", f"/v1/export/{what}") as answer:
                rows = sum(part.count(b"\n") for part in answer.iter_bytes())
            seconds = time.perf_counter() - begun
            print(f"export of {what} as CSV, masked: {rows:,} rows, {rows / seconds:,.0f} a second")


def at_once(address: str, ids: list[str], clients: int, seconds: float) -> None:
    until, counts, failures = time.monotonic() + seconds, [0] * clients, []
    query = QUESTIONS["a customer with 20 events"]

    def work(place: int) -> None:
        with httpx.Client(base_url=address, headers=HEADERS, timeout=120) as client:
            while time.monotonic() < until:
                try:
                    asked(client, query, ids[(place * 31 + counts[place]) % len(ids)])
                    counts[place] += 1
                except (httpx.HTTPError, AssertionError) as error:
                    failures.append(type(error).__name__)

    before = memory()
    threads = [threading.Thread(target=work, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{clients} clients, {seconds:.0f} s: {sum(counts):,} answers, {len(failures)} failures", end="; ")
    print(f"at most {before:.0f} MB before, {memory():.0f} MB in the end")


def memory() -> float:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kw = made(Path(folder), given.people)
        with kw, running(create_app(kw, token=TOKEN, access=Access(per_minute=10_000_000))) as address:
            ids = [view.id for view in kw.customers(1000)[0]]
            one_by_one(address, ids)
            at_once(address, ids, given.clients, given.seconds)


if __name__ == "__main__":
    main()
