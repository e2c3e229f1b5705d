"""Small graphs and policies by name, for tests: identifiers are ``type:value``, times are whole days since 1970."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_graph.model import Decision, DecisionKind, EdgeArrays, GraphArrays, Identifier, IdentifierArrays
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.identity import Circumstances, Partition, partition

DAY = 86_400_000_000
SAID_AT = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """An edge: two keys, how often they were seen, how many of these were vouched for, first and last day."""

    a: str
    b: str
    count: int = 1
    vouched: int = 0
    first: int = 0
    last: int = 0


def edge(a: str, b: str, *, count: int = 1, vouched: int = 0, first: int = 0, last: int | None = None) -> Seen:
    """An edge that was last seen on the day it was first seen, unless ``last`` says otherwise."""
    return Seen(a, b, count, vouched, first, first if last is None else last)


def graph_of(edges: Iterable[Seen], alone: Iterable[str] = (), blocked: Iterable[str] = ()) -> GraphArrays:
    """The graph of ``edges``, the identifiers ``alone`` and the unusable ``blocked``; its ids are the keys' order."""
    listed, unusable = list(edges), set(blocked)
    keys = sorted({end for one in listed for end in (one.a, one.b)} | set(alone) | unusable)
    return arranged(keys, listed, unusable)


def arranged(keys: list[str], edges: list[Seen], blocked: Iterable[str] = ()) -> GraphArrays:
    """The graph in which identifiers and edges stand in just the order given."""
    place = {key: index for index, key in enumerate(keys)}
    names = tuple(dict.fromkeys(Identifier.parse(key).type for key in keys))
    identifiers = IdentifierArrays(
        ids=np.arange(1, len(keys) + 1),
        types=np.array([names.index(Identifier.parse(key).type) for key in keys], np.int32),
        values=pa.array([Identifier.parse(key).value for key in keys], pa.large_string()),
        usable=np.array([key not in set(blocked) for key in keys], np.bool_),
        type_names=names,
    )
    rows = [(place[e.a], place[e.b], e.count, e.vouched, e.first * DAY, e.last * DAY) for e in edges]
    return GraphArrays(identifiers, EdgeArrays(*np.array(rows, np.int64).reshape(-1, 6).T))


def policy_of(rules: Mapping[str, Mapping[str, Any]] | None = None, **said: Any) -> Policy:
    """A policy: ``rules`` by type, everything else as ``Policy`` names it; ``ttl`` and ``half_life`` in days."""
    made = {}
    for name, rule in (rules or {}).items():
        ttl = {"ttl": timedelta(days=rule["ttl"])} if "ttl" in rule else {}
        made[name] = IdentifierRule(name, **(dict(rule) | ttl))
    half_life = {"half_life": timedelta(days=said.pop("half_life"))} if "half_life" in said else {}
    return Policy(identifiers=made, **said, **half_life)


def said(kind: DecisionKind, a: str, b: str | None = None) -> Decision:
    """A decision by a steward."""
    return Decision(kind, a, b, "steward", SAID_AT)


def must(a: str, b: str) -> Decision:
    """The word that two identifiers belong together."""
    return said(DecisionKind.MUST_LINK, a, b)


def cannot(a: str, b: str) -> Decision:
    """The word that two identifiers belong to different customers."""
    return said(DecisionKind.CANNOT_LINK, a, b)


def found_in(
    graph: GraphArrays, policy: Policy | None = None, *decisions: Decision, day: int = 0, **traits: Any
) -> Partition:
    """The partition of ``graph`` on a day."""
    return partition(graph, policy or Policy(), Circumstances(day * DAY, decisions, traits))


def parts(graph: GraphArrays, found: Partition) -> set[frozenset[str]]:
    """The customers as sets of keys; identifiers of nobody are left out."""
    return grouped(graph, found.label, -1)


def grouped(graph: GraphArrays, label: Any, nobody: int) -> set[frozenset[str]]:
    """Keys that bear the same label, those of ``nobody`` left out."""
    held: dict[int, set[str]] = {}
    for index, number in enumerate(label.tolist()):
        if number != nobody:
            held.setdefault(number, set()).add(graph.identifiers.key(index))
    return {frozenset(keys) for keys in held.values()}


def severed(graph: GraphArrays, found: Partition) -> dict[tuple[str, str], tuple[str, str]]:
    """Rule and detail of each edge that was cut, by its keys, the smaller first."""
    said: dict[tuple[str, str], tuple[str, str]] = {}
    cut = found.severed
    for row, rule, detail in zip(cut.edges.tolist(), cut.rules, cut.details, strict=True):
        ends = sorted(graph.identifiers.key(int(end[row])) for end in (graph.edges.a, graph.edges.b))
        said[ends[0], ends[1]] = (rule, detail)
    return said


def sets(*groups: str) -> set[frozenset[str]]:
    """``sets("a b", "c")`` is what ``parts`` says of two customers."""
    return {frozenset(group.split()) for group in groups}
