"""Increments and runs by name, in domain words: what every graph store is given in these tests. Times are days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_graph.model import EdgeArrays, Identifier, Run, RunState
from knotwork_graph.model.run import How
from knotwork_graph.model.times import EPOCH
from knotwork_graph.ports import GraphStore, Increment, StagedRun

DAY = 86_400_000_000
LINKING, BLOCKED, INVALID, SHARED = range(4)
CREATED, MERGED, SPLIT, MOVED, RETIRED = range(1, 6)


@dataclass(frozen=True, slots=True)
class Named:
    """One identifier of an increment."""

    key: str
    events: int = 1
    first: int = 1
    last: int = 1
    status: int = LINKING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One edge of an increment."""

    a: str
    b: str
    count: int = 1
    vouched: int = 0
    first: int = 1
    last: int = 1
    sources: tuple[str, ...] = ("web",)


def increment(
    segment: int | None,
    *edges: Seen,
    named: Iterable[Named] = (),
    traits: Iterable[tuple[str, str, int]] = (),
    upto: int = 0,
) -> Increment:
    """What one segment (or single events up to ``upto``) shows: edges, identifiers and traits.

    Identifiers at the ends of edges come by themselves.
    """
    ends = {key: Named(key) for edge in edges for key in (edge.a, edge.b)}
    rows = sorted((ends | {one.key: one for one in named}).values(), key=lambda one: Identifier.parse(one.key))
    place = {one.key: index for index, one in enumerate(rows)}
    names = tuple(sorted({source for edge in edges for source in edge.sources}))
    columns = [(place[e.a], place[e.b], e.count, e.vouched, e.first * DAY, e.last * DAY) for e in edges]
    masks = [sum({1 << min(names.index(source), 62) for source in edge.sources}) for edge in edges]
    return Increment(
        segments=() if segment is None else (segment,),
        identifiers=_identifiers(rows),
        edges=EdgeArrays(*np.array(columns, np.int64).reshape(-1, 6).T),
        sources=np.array(masks, np.int64),
        source_names=names,
        traits=_traits([(place[key], trait, value) for key, trait, value in traits]),
        upto=upto,
    )


def _identifiers(rows: Sequence[Named]) -> pa.Table:
    parsed = [Identifier.parse(one.key) for one in rows]
    return pa.table(
        {
            "type": pa.array([one.type for one in parsed], pa.string()),
            "value": pa.array([one.value for one in parsed], pa.string()),
            "status": pa.array([one.status for one in rows], pa.int8()),
            "reason": pa.array([one.reason for one in rows], pa.string()),
            "events": pa.array([one.events for one in rows], pa.int64()),
            "first_seen": pa.array([one.first * DAY for one in rows], pa.int64()),
            "last_seen": pa.array([one.last * DAY for one in rows], pa.int64()),
        }
    )


def _traits(rows: Sequence[tuple[int, str, int]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    kinds = {"identifier": pa.int64(), "trait": pa.string(), "value_hash": pa.int64()}
    return pa.table({name: pa.array(c, kind) for (name, kind), c in zip(kinds.items(), columns, strict=True)})


def project(store: GraphStore, increment: Increment, before_commit: Callable[[Any], None] = lambda _: None) -> None:
    """Apply an increment."""
    store.project(increment, before_commit)


def ids(store: GraphStore) -> dict[str, int]:
    """The store's id of each identifier, by key."""
    kept = store.graph().identifiers
    return {kept.key(index): int(number) for index, number in enumerate(kept.ids)}


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found: the identifiers whose customer, status or reason changed, and the rest as a run stages it."""

    members: Mapping[str, int | tuple[int, int, str]]
    severed: Sequence[tuple[str, str, str, str]] = ()
    redirects: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    revived: Sequence[int] = ()
    changes: Sequence[tuple[int, int, int, int]] = ()
    next_number: int = 100
    scope: tuple[str, ...] | None = None


def stage(
    store: GraphStore, number: int, found: Found, *, policy: str = "p", counts: Mapping[str, int] | None = None
) -> Run:
    """Stage a run under ``number``; its moment is the day of that number."""
    run = _run(number, counts)
    store.stage(_staged(store, run, found, policy))
    return run


def publish(
    store: GraphStore, number: int, found: Found, *, at_once: bool = False, how: How = "full", base: int | None = None
) -> None:
    """Stage a run and publish it, in one step or in two."""
    staged = _staged(store, replace(_run(number, None), how=how, base=base or number), found, "p")
    if at_once:
        store.stage_and_publish(staged)
    else:
        store.stage(staged)
        store.publish(number)


def _run(number: int, counts: Mapping[str, int] | None) -> Run:
    moment = EPOCH + timedelta(days=number)
    done = moment + timedelta(seconds=1)
    return Run(number, RunState.STAGED, moment, moment, done, dict(counts or {}), "full", number)


def _staged(store: GraphStore, run: Run, found: Found, policy: str) -> StagedRun:
    known = ids(store) if found.scope is not None else {}
    return StagedRun(
        run=run,
        policy=policy,
        next_number=found.next_number,
        members=_members(store, found),
        severed=_severed(store, found),
        redirects=list(found.redirects.items()),
        revived=list(found.revived),
        changes=_changes(found),
        scope=None if found.scope is None else np.array(sorted(known[key] for key in found.scope), np.int64),
    )


def _members(store: GraphStore, found: Found) -> pa.Table:
    place = ids(store)
    rows = sorted(
        (place[key], *(one if isinstance(one, tuple) else (one, LINKING, ""))) for key, one in found.members.items()
    )
    identifier, customer, status, reason = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "identifier": pa.array(identifier, pa.int64()),
            "customer": pa.array(customer, pa.int64()),
            "status": pa.array(status, pa.int64()),
            "reason": pa.array([text or None for text in reason], pa.string()),
        }
    )


def _severed(store: GraphStore, found: Found) -> pa.Table:
    place = ids(store)
    ends = [sorted((place[a], place[b])) for a, b, _, _ in found.severed]
    return pa.table(
        {
            "a": pa.array([low for low, _ in ends], pa.int64()),
            "b": pa.array([high for _, high in ends], pa.int64()),
            "rule": pa.array([rule for _, _, rule, _ in found.severed], pa.string()),
            "detail": pa.array([detail for *_, detail in found.severed], pa.string()),
        }
    )


def _changes(found: Found) -> pa.Table:
    names = ("kind", "customer", "other", "identifiers")
    columns = list(zip(*found.changes, strict=True)) or [()] * 4
    rows = pa.table({name: pa.array(column, pa.int64()) for name, column in zip(names, columns, strict=True)})
    return rows.append_column("cause", pa.array(["event"] * len(rows), pa.string()))
