"""Matching a whole population, and one new customer against it, through the workspace.

    python benchmarks/matching.py                       # a million made records
    python benchmarks/matching.py --records 50000
    python benchmarks/matching.py --keep FOLDER         # leaves the workspace there, or goes on with that one

Beside it, in the same run, what one writes first: pairs in DuckDB that agree exactly in a mailbox, a telephone, or a
whole name and a birth date, each a rule of its own. No errors of typing, no weights, nothing kept. Seconds by the clock
and of the processor, which say more on a busy machine.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

import knotwork
from benchmarks.accuracy.made import made
from knotwork import Workspace

MAPPING = """
[source]
name = "made"
timestamp = { constant = "2026-01-05T00:00:00Z" }
message_id = "row"
event = "Contact Updated"
[identifiers]
record = "row"
[traits]
given_name = "given_name"
family_name = "family_name"
birth_date = "birth_date"
street = "street"
city = "city"
postcode = "postcode"
phone = "phone"
email = "email"
"""
POLICY = "[identifiers.record]\nmax_per_customer = 1000\n"
PLAIN = """
SELECT count(*) FROM (SELECT DISTINCT a, b FROM (
    SELECT x.row AS a, y.row AS b FROM people AS x JOIN people AS y ON x.email = y.email AND x.row < y.row
    UNION ALL SELECT x.row, y.row FROM people AS x JOIN people AS y ON x.phone = y.phone AND x.row < y.row
    UNION ALL SELECT x.row, y.row FROM people AS x JOIN people AS y ON x.given_name = y.given_name
        AND x.family_name = y.family_name AND x.birth_date = y.birth_date AND x.row < y.row))
"""
AGAIN = 15


@contextmanager
def told(what: str) -> Iterator[None]:
    """Prints how long the block took."""
    clock, processor = perf_counter(), process_time()
    yield
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{what}: {perf_counter() - clock:.1f} s, {process_time() - processor:.1f} of the processor, {most:.1f} GB")


def loaded(folder: Path, count: int) -> Workspace:
    """A workspace with ``count`` records that are resolved; the baseline on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "knotwork.toml").write_text(POLICY, encoding="utf-8")
    (folder / "people.toml").write_text(MAPPING, encoding="utf-8")
    table, _ = made(count + AGAIN * 4)
    people = table.rename_columns(["row", *table.column_names[1:]])
    people = people.set_column(0, "row", people["row"].cast(pa.string()))
    pq.write_table(people.slice(0, count), folder / "people.parquet")
    pq.write_table(people.slice(count), folder / "later.parquet")
    with told("plain rules in DuckDB"), duckdb.connect() as connection:
        connection.register("people", people.slice(0, count))
        print(connection.sql(PLAIN).fetchall()[0][0], "pairs")
    workspace = knotwork.open(folder)
    with told("load"):
        workspace.load(folder / "people.parquet", mapping=folder / "people.toml")
    with told("resolve"):
        workspace.resolve()
    return workspace


def one_by_one(workspace: Workspace, folder: Path) -> None:
    """One new customer after the other: loaded and resolved, then matched with everybody, cases and all."""
    later = pq.read_table(folder / "later.parquet")
    if not workspace.matching.book.shelf.exists():
        raise SystemExit("there is no index; match everybody first")
    clocks, processors = [], []
    for row in range(AGAIN):
        pq.write_table(later.slice(row, 1), folder / "one.parquet")
        workspace.load(folder / "one.parquet", mapping=folder / "people.toml")
        workspace.resolve()
        clock, processor = perf_counter(), process_time()
        workspace.match(new=True)
        clocks.append(1000 * (perf_counter() - clock))
        processors.append(1000 * (process_time() - processor))
    for what, found in (("clock", clocks), ("processor", processors)):
        print(f"one new customer, ms by the {what}: median {statistics.median(found):.0f}, worst {max(found):.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary) / "shop"
        there = (folder / "later.parquet").exists()
        workspace = knotwork.open(folder) if there else loaded(folder, asked.records)
        with workspace:
            if not there or workspace.matching.book.model() is None:
                with told("match everybody"):
                    print(workspace.match())
            one_by_one(workspace, folder)


if __name__ == "__main__":
    main()
