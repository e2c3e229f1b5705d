"""``SqliteGraphStore``: the graph store's port on one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import time_ns
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.model import EdgeArrays, EdgeView, GraphArrays, Identifier, IdentifierArrays, IdentifierView, Run
from knotwork_graph.model.arrays import EDGE_COLUMNS, places
from knotwork_graph.ports import (
    GraphCounts,
    Increment,
    Memberships,
    Projected,
    StagedRun,
    Standing,
    StoreState,
    Surroundings,
)
from knotwork_graph.sqlite import looking, surroundings, tables
from knotwork_graph.sqlite.connection import Bulk, Lookup, prepare
from knotwork_graph.sqlite.projecting import apply_increment
from knotwork_graph.sqlite.staging import publish_run, stage_run

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_graph.ports import Ints


class SqliteGraphStore:
    """The identity graph in ``folder/graph.db``. Look-ups may come from several threads; they take turns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "graph.db"
        self._turn = RLock()
        prepare(self._path)

    @cached_property
    def _bulk(self) -> Bulk:
        return Bulk(self._path)

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self._path)

    def close(self) -> None:
        """Give back the file; the store can not be used after."""
        for name in ("_bulk", "_lookup"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    # --- reading one thing

    def state(self) -> StoreState:
        """The pointer and the counters."""
        with self._turn:
            return looking.state(self._lookup)

    def find(self, identifier: Identifier) -> IdentifierView | None:
        """One identifier as the current run sees it, or None where it was never seen."""
        found = self._find(identifier)
        return None if found is None else found[0]

    def customer_of(self, identifier: Identifier) -> int:
        """The number of the customer that holds it, 0 for none."""
        found = self._find(identifier)
        return 0 if found is None else found[1]

    def _find(self, identifier: Identifier) -> tuple[IdentifierView, int] | None:
        with self._turn:
            return looking.find(self._lookup, identifier.type, identifier.value, self.state().current)

    def members(self, customer: int) -> tuple[IdentifierView, ...]:
        """The identifiers of a customer, by (type, value)."""
        return self.members_of([customer]).get(customer, ())

    def members_of(self, customers: Sequence[int]) -> dict[int, tuple[IdentifierView, ...]]:
        """The identifiers of each of ``customers`` that has any."""
        with self._turn:
            return looking.members(self._lookup, customers, self.state().current)

    def customers(self, after: int, first: int) -> tuple[int, ...]:
        """The numbers of the next ``first`` customers above ``after``, ascending."""
        with self._turn:
            return looking.customers(self._lookup, after, first, self.state().current)

    def edges_of(self, customer: int) -> tuple[EdgeView, ...]:
        """The edges that touch a customer's identifiers, by their keys."""
        with self._turn:
            return looking.edges(self._lookup, customer, self.state().current)

    def standing(self, identifier: Identifier) -> Standing | None:
        """Where one identifier stands, or None where it was never seen."""
        with self._turn:
            return surroundings.standing(self._lookup, identifier, self.state().current)

    def around_customer(self, customer: int, most: int) -> Surroundings:
        """At most ``most`` of the edges that touch a customer's identifiers, with both ends."""
        with self._turn:
            return surroundings.around_customer(self._lookup, customer, most, self.state().current)

    def around_identifiers(self, ids: Sequence[int], most: int) -> Surroundings:
        """At most ``most`` of the edges that touch each of some identifiers, with both ends."""
        with self._turn:
            return surroundings.around_identifiers(self._lookup, ids, most, self.state().current)

    def heirs(self, customer: int) -> tuple[int, ...] | None:
        """Where a retired customer's identifiers went; None where no redirect stands."""
        with self._turn:
            return looking.heirs(self._lookup, customer, self.state().current)

    def counts(self) -> GraphCounts:
        """Identifiers by type, and edges."""
        with self._turn:
            return looking.counts(self._lookup)

    def sources(self) -> tuple[str, ...]:
        """The names of all sources that were seen, sorted."""
        with self._turn:
            return looking.sources(self._lookup)

    def runs(self) -> tuple[Run, ...]:
        """All runs, newest first."""
        with self._turn:
            return looking.runs(self._lookup)

    # --- reading everything

    def projected(self) -> Projected:
        """Which facts the graph holds, and under which reading."""
        reading = self._bulk.fetch("SELECT value FROM meta WHERE name = 'reading'")["value"][0].as_py()
        segments = self._bulk.fetch("SELECT number FROM segments")["number"].to_pylist()
        return Projected(reading, frozenset(segments))

    def graph(self) -> GraphArrays:
        """All identifiers and edges; about a second for each two million rows."""
        rows = self._bulk.fetch("SELECT id, type, value, status, events FROM identifiers ORDER BY id")
        names = self._bulk.fetch("SELECT name FROM types ORDER BY code")["name"].to_pylist()
        ids = _numbers(rows, "id")
        usable = (_numbers(rows, "status") == 0) & (_numbers(rows, "events") > 0)
        types = _numbers(rows, "type").astype(np.int32)
        identifiers = IdentifierArrays(ids, types, _texts(rows, "value"), usable, tuple(names))
        edges = self._bulk.fetch(f"SELECT {', '.join(EDGE_COLUMNS)} FROM edges")
        columns = [_numbers(edges, name) for name in EDGE_COLUMNS]
        ends = [places(ids, column) for column in columns[:2]]
        return GraphArrays(identifiers, EdgeArrays(*ends, *columns[2:]))

    def trait_counts(self, ids: Ints) -> dict[str, Ints]:
        """For each trait, the number of distinct values on each of the identifiers ``ids`` (all, ascending)."""
        found: dict[str, Ints] = {}
        for trait in self._bulk.fetch("SELECT DISTINCT trait FROM traits")["trait"].to_pylist():
            rows = self._bulk.fetch(tables.TRAIT_COUNTS, (trait,))
            found[trait] = np.zeros(len(ids), np.int64)
            found[trait][places(ids, _numbers(rows, "identifier"))] = _numbers(rows, "n")
        return found

    def memberships(self) -> Memberships:
        """All memberships of all runs, by (identifier, from_run)."""
        rows = self._bulk.fetch(tables.MEMBERSHIPS)
        numbers = {name: _numbers(rows, name) for name in ("identifier", "from_run", "to_run", "customer")}
        return Memberships(**numbers, status=_numbers(rows, "status").astype(np.int8), reason=_texts(rows, "reason"))

    def member_rows(self) -> pa.Table:
        """All identifiers of the current run with their customers, statuses and reasons."""
        return self._bulk.fetch(tables.MEMBERS, (self.state().current,))

    def severed_rows(self) -> pa.Table:
        """All edges that the current run cut, as pairs of keys with rule and detail."""
        return self._bulk.fetch(tables.SEVERED, (self.state().current,))

    def change_rows(self) -> pa.Table:
        """All changes of published runs."""
        return self._bulk.fetch(tables.CHANGES)

    # --- writing

    def project(self, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
        """Apply an increment and remember its segments; ``before_commit`` is given the ids of its identifiers."""
        with self._bulk.transaction():
            before_commit(apply_increment(self._bulk, increment))

    def clear_projection(self, reading: str) -> None:
        """Forget all edges and sightings, to be projected anew under ``reading``; ids stay."""
        with self._bulk.transaction():
            for table in ("edges", "traits", "segments"):
                self._bulk.execute(f"DELETE FROM {table}")
            self._bulk.execute("UPDATE identifiers SET events = 0")
            self._bulk.execute("UPDATE meta SET value = ? WHERE name = 'reading'", (reading,))

    def stage(self, staged: StagedRun) -> None:
        """Keep a run that no reader sees yet."""
        with self._bulk.transaction():
            stage_run(self._bulk, staged)

    def publish(self, run: int) -> None:
        """Let readers see ``run``. Raises ``UnknownRunError``."""
        with self._bulk.transaction():
            publish_run(self._bulk, run, time_ns() // 1000)


def _numbers(rows: pa.Table, name: str) -> Ints:
    return np.asarray(rows[name].to_numpy(), np.int64)


def _texts(rows: pa.Table, name: str) -> pa.LargeStringArray:
    import pyarrow as pa

    return rows[name].cast(pa.large_string()).combine_chunks()
