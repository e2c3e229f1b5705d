"""How fast GraphQL and exports answer, and how many clients at once: a real server in a process of its own.

python benchmarks/api.py [--people 2000 | --workspace DIR] [--seconds 60 | 0] [--clients 50] [--no-exports]

With a workspace that is there already (resolved; nothing but tokens and the audit chain is written to it), the figures
are those of its size. The graph is where the workspace has it: KNOTWORK_GRAPH_URL, _USER and _PASSWORD name a Neo4j for
a made one too. Targets: a customer with 20 events 15 ms (30 on Neo4j), a page of 100 customers 60 ms, a graph of
300 identifiers 100 ms, each the 95th percentile; 200,000 rows a second to CSV; no failure, and memory that stays.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import knotwork
from knotwork_graph.model import customer_id

EVENTS = "timestamp event channel session carrier reason known"
QUESTIONS = {
    "a customer with 20 events": f"""query($i: ID!) {{ customer(id: $i) {{
        id profile journey(last: 20) {{ {EVENTS} }} }} }}""",
    "a graph of 300 identifiers": """query($i: ID!) { customer(id: $i) {
        cluster(first: 300) { keys froms tos counts } } }""",
    "a page of 100 customers": """{ customers(first: 100) {
        edges { cursor node { id identifiers { key status } } } } }""",
    "a page of 100 with profiles and journeys": """{ customers(first: 100) { edges { node {
        id profile journey(last: 5) { timestamp event } identifiers { key } } } } }""",
    "a sorted page of 100": """{ customers(first: 100, sort: EVENTS, descending: true) {
        edges { node { id events } } } }""",
}


class Client:
    """One connection that is kept open.

    Python's plainest: httpx takes 3 to 4 ms of the very processors that the server answers on.
    """

    def __init__(self, address: str, token: str) -> None:
        self._kept = HTTPConnection(urlsplit(address).netloc, timeout=600)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def close(self) -> None:
        self._kept.close()

    def ask(self, query: str, variables: dict[str, Any]) -> tuple[float, Any]:
        """Milliseconds until the whole answer was there, and its data. Asserts that there are no errors."""
        body = json.dumps({"query": query, "variables": variables})
        begun = time.perf_counter()
        self._kept.request("POST", "/graphql", body, self._headers)
        text = self._kept.getresponse().read()
        took = (time.perf_counter() - begun) * 1000
        answer = json.loads(text)
        assert "errors" not in answer, text
        return took, answer["data"]

    def parts(self, path: str) -> Iterator[bytes]:
        """What a download gives, as it comes."""
        self._kept.request("GET", path, headers=self._headers)
        answer = self._kept.getresponse()
        while part := answer.read1(1 << 20):
            yield part


def made(folder: Path, people: int) -> Path:
    """A resolved workspace with a made population."""
    command = ["generate", str(folder / "made"), "--people", str(people), "--months", "3", "--seed", "7"]
    subprocess.run([sys.executable, "-m", "knotwork", *command], check=True, capture_output=True)
    knotwork.init(folder / "ws")
    with knotwork.open(folder / "ws") as kw:
        kw.load(*sorted((folder / "made").glob("events*")))
        kw.resolve()
    return folder / "ws"


def busy(client: Client, count: int) -> list[str]:
    """The ids of customers with 20 events or more, from all over the population: pages of their list by last event."""
    asked_for = """query($a: String) {
        customers(first: 100, after: $a, sort: LAST_SEEN, filter: { eventsAtLeast: 20 }) {
            edges { node { id } } pageInfo { endCursor hasNextPage } } }"""
    found: list[str] = []
    after, more = None, True
    while more and len(found) < count * 10:
        page = client.ask(asked_for, {"a": after})[1]["customers"]
        found += [one["node"]["id"] for one in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found[:: max(1, len(found) // count)][:count]


def spread(folder: Path, count: int) -> list[str]:
    """The ids of customers from all over the population, those of one browser and those of many identifiers."""
    with knotwork.open(folder) as kw:
        store = kw.home.store
        last = store.customers_before(1 << 50, 1)[0]
        starts = range(0, last, max(1, last // count))
        return [customer_id(number) for start in starts for number in store.customers(start, 1)]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str, int]]:
    """The address of ``knotwork serve``, its token, and the number of its process."""
    command = [sys.executable, "-m", "knotwork", "--workspace", str(folder), "serve", "--port", "0"]
    environ = os.environ | {"KNOTWORK_ACCESS_REQUESTS": "10000000"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            found = None
            while found is None:
                line = (process.stdout or sys.stdin).readline()
                found = re.search(r"(http://\S+?)/\?token=(\S+)", line)
                assert line, "the server ended"
            yield found[1], found[2], process.pid
        finally:
            process.terminate()
            process.wait(20)


def memory(process: int) -> float:
    """How much memory a process holds now, in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def processor(process: int) -> float:
    """The processor seconds that a process has used."""
    figures = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def one_by_one(client: Client, ids: list[str], server: int) -> None:
    chosen = busy(client, 300)
    for name, query in QUESTIONS.items():
        of = chosen if "20 events" in name else ids[:300] if "$i" in query else ids[:100]
        variables = [{"i": one} if "$i" in query else {} for one in of]
        client.ask(query, {"i": ids[0]} if "$i" in query else {})
        used, took = processor(server), [client.ask(query, one)[0] for one in variables]
        used, cuts = processor(server) - used, quantiles(took, n=100)
        print(f"{name}: median {cuts[49]:.1f}, 95 % {cuts[94]:.1f}, 99 % {cuts[98]:.1f} ms of {len(of)};", end=" ")
        print(f"{used / len(of) * 1000:.1f} ms of the server's processor each", flush=True)


def downloads(client: Client, server: int) -> None:
    for what in ("members", "customers", "events"):
        begun, used, rows, most = time.perf_counter(), processor(server), 0, memory(server)
        for part in client.parts(f"/v1/export/{what}"):
            rows += part.count(b"\n")
            most = max(most, memory(server))
        seconds, used = time.perf_counter() - begun, processor(server) - used
        print(f"export of {what} as CSV, masked: {rows:,} rows, {rows / seconds:,.0f} a second,", end=" ")
        print(
            f"{used / rows * 1e6:.1f} microseconds of the server's processor a row, {most:,.0f} MB at most", flush=True
        )


def at_once(address: str, token: str, ids: list[str], clients: int, seconds: float) -> tuple[int, int]:
    """How many answers and how many failures ``clients`` at once have in so many seconds."""
    until, counts, failures = time.monotonic() + seconds, [0] * clients, []
    query = QUESTIONS["a customer with 20 events"]

    def work(place: int) -> None:
        with closing(Client(address, token)) as client:
            while time.monotonic() < until:
                try:
                    client.ask(query, {"i": ids[(place * 31 + counts[place]) % len(ids)]})
                    counts[place] += 1
                except (OSError, HTTPException, AssertionError) as error:
                    failures.append(type(error).__name__)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts), len(failures)


def measure(folder: Path, clients: int, seconds: float, *, exports: bool = True) -> None:
    ids = spread(folder, 500)
    with serving(folder) as (address, token, server):
        with closing(Client(address, token)) as client:
            one_by_one(client, ids, server)
            if exports:
                downloads(client, server)
        if not seconds:
            return
        at_once(address, token, ids, clients, seconds / 6)  # threads and caches are there after this
        before = memory(server)
        answers, failures = at_once(address, token, ids, clients, seconds)
        print(f"{clients} clients, {seconds:.0f} s: {answers:,} answers, {failures} failures", end="; ")
        print(f"{before:,.0f} MB at the start, {memory(server):,.0f} MB in the end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--no-exports", action="store_true")
    given = parser.parse_args()
    if given.workspace is not None:
        measure(given.workspace, given.clients, given.seconds, exports=not given.no_exports)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(made(Path(folder), given.people), given.clients, given.seconds, exports=not given.no_exports)


if __name__ == "__main__":
    main()
