"""Profiles: of everybody, and of one customer with the last 20 events.

    python benchmarks/profiles.py made [--customers 1000000] [--events 10000000]
    python benchmarks/profiles.py one WORKSPACE [--asked 300]

``made`` writes a generation's file of made events (ten a customer; a fourth of them say something of traits, a fourth
carry consent, one in eight is a purchase) and asks for everybody's profiles, with a signal, in a process of its own.
``one`` looks up customers of a workspace one after the other. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa

import knotwork
from knotwork_graph.generations import EVENTS, Generations
from knotwork_graph.policy import Policy, ProfileRules, Signal, TraitRule
from knotwork_resolvers.engine import engine
from knotwork_resolvers.profiles.everybody import profiles_table
from knotwork_resolvers.profiles.moment import Moment

MADE = """
COPY (
    SELECT i // {each} + 1 AS customer, i AS event_id,
        TIMESTAMP '2026-01-01' + to_seconds((i % {each}) * 86400 * 20 + (hash(i) % 86400)::BIGINT) AS "timestamp",
        ['web', 'app', 'crm', 'pos'][(hash(i, 1) % 4)::INT + 1] AS source, 'm-' || i AS message_id,
        ['web', 'app', 'crm', 'shop'][(hash(i, 1) % 4)::INT + 1] AS channel,
        ['Viewed', 'Viewed', 'Added', 'Signed In', 'Viewed', 'Searched', 'Viewed', 'Order Completed'][
            (hash(i, 2) % 8)::INT + 1] AS event,
        [{{'type': 'cookie', 'value': 'c' || i // {each}}}] AS identifiers,
        CASE WHEN hash(i, 3) % 8 = 0 THEN ['email'] END AS vouched,
        CASE WHEN hash(i, 4) % 4 = 0 THEN '{{"name":"Nguyễn Lan ' || (i // {each} + hash(i, 5) % 2)
            || '","birth_date":"19' || (50 + i // {each} % 50) || '-01-02","city":"Hà Nội ' || hash(i, 6) % 3 || '"}}'
            END AS traits,
        CASE WHEN hash(i, 2) % 8 = 7 THEN '{{"revenue":' || (hash(i, 7) % 1000000) || ',"currency":"VND"}}'
            ELSE '{{"category":"c' || hash(i, 8) % 20 || '"}}' END AS properties,
        CASE WHEN hash(i, 9) % 4 = 0 THEN '{{"analytics":true,"marketing":' || (hash(i, 10) % 5 > 0) || '}}' END
            AS consent,
        1::TINYINT AS reason, [i // {each} * 3, i // {each} * 3 + 1 + i % 2] AS bears
    FROM range({events}) AS t(i)
    ORDER BY customer, "timestamp", source, message_id
) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 8192)
"""
POLICY = Policy(
    profiles=ProfileRules(
        traits={"name": TraitRule("name", "most_frequent")},
        signals={"wants": Signal("wants", {"Viewed": 1.0, "Added": 3.0}, {"category": "c1"}, timedelta(days=30))},
    )
)
NOW = Moment(1_790_000_000_000_000)


def main() -> None:
    """Measure what is asked for, and print a line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = options.add_subparsers(required=True)
    made = kinds.add_parser("made")
    made.add_argument("--customers", type=int, default=1_000_000)
    made.add_argument("--events", type=int, default=10_000_000)
    made.set_defaults(measure=everybody)
    one = kinds.add_parser("one")
    one.add_argument("workspace")
    one.add_argument("--asked", type=int, default=300)
    one.set_defaults(measure=one_by_one)
    asked = options.parse_args()
    asked.measure(asked)


def everybody(asked: argparse.Namespace) -> None:
    """Everybody's profiles from a made file."""
    with tempfile.TemporaryDirectory() as folder:
        home = made_home(Path(folder), asked.customers, asked.events)
        began = time.perf_counter()
        with engine(Path(folder)) as connection:
            rows = profiles_table(connection, home, POLICY, NOW)
            out = Path(folder) / "profiles.parquet"
            connection.execute(f"COPY (SELECT * FROM {rows}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)").fetchall()
        spent = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"profiles of {asked.customers:,} customers from {asked.events:,} events: {spent:.1f} s, peak {peak:.1f} GB")


def made_home(folder: Path, customers: int, events: int) -> Any:
    """A workspace as far as profiles look at it, with three identifiers a customer."""
    generation = folder / "generations" / "1"
    generation.mkdir(parents=True)
    with engine(folder) as connection:
        made = MADE.format(each=events // customers, events=events, out=generation / EVENTS)
        connection.execute(made).fetchall()
    return cast("Any", SimpleNamespace(generations=Generations(generation.parent), store=MadeStore(customers)))


class MadeStore:
    """Who holds which identifier: a cookie, an e-mail address and a telephone number each."""

    def __init__(self, customers: int) -> None:
        self._ids = np.arange(3 * customers)

    def state(self) -> Any:
        """The run that readers see."""
        return SimpleNamespace(current=1, base=1, as_of=NOW.now)

    def memberships(self) -> Any:
        """Every identifier is somebody's."""
        status = np.zeros(len(self._ids), np.int8)
        every = np.ones(len(self._ids), np.bool_)
        return SimpleNamespace(
            identifier=self._ids, customer=self._ids // 3 + 1, status=status, seen_by=lambda _: every
        )

    def identifiers_of(self, ids: Any) -> Any:
        """Their types and values."""
        values = pa.array([f"v{number}" for number in ids.tolist()], pa.string())
        return SimpleNamespace(ids=ids, types=ids % 3, values=values, type_names=("cookie", "email", "phone"))


def one_by_one(asked: argparse.Namespace) -> None:
    """The profile and the last 20 events of customers taken at random."""
    with knotwork.open(asked.workspace) as workspace:
        rows = workspace.home.store.member_rows()["customer"].to_numpy()
        everyone = [f"{number}" for number in np.unique(rows[rows > 0]).tolist()]
        chosen = Random(7).sample(everyone, min(asked.asked, len(everyone)))  # noqa: S311 - no secret hangs on it
        spent = sorted(timed(workspace, int(number)) for number in chosen)
        middle, high = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
        print(f"profile and last 20 events of {len(everyone):,} customers: {middle:.1f} ms, p95 {high:.1f} ms")


def timed(workspace: Any, number: int) -> float:
    """Milliseconds for one customer."""
    from knotwork_graph.model import customer_id

    began = time.perf_counter()
    workspace.profile(customer_id(number))
    workspace.journey(customer_id(number), last=20)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
