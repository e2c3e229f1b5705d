"""Reading single events as an increment of the graph: what ``observe`` finds, without the start-up of an engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from knotwork_graph.facts import Row, micros_of
from knotwork_graph.model import EdgeArrays
from knotwork_graph.policy import Policy
from knotwork_graph.ports import Increment
from knotwork_resolvers.pause import no_search_for_circles
from knotwork_resolvers.projection.few_traits import trait_hash
from knotwork_resolvers.projection.observe import NO_TRAITS, Observation
from knotwork_resolvers.projection.plain_values import named
from knotwork_resolvers.projection.queries import MOST_IDENTIFIERS
from knotwork_resolvers.projection.reading import counted_traits

LAST_BIT = 62
FIGURES = pa.schema(
    [
        ("type", pa.string()),
        ("value", pa.string()),
        ("status", pa.int8()),
        ("reason", pa.string()),
        ("events", pa.int64()),
        ("first_seen", pa.int64()),
        ("last_seen", pa.int64()),
    ]
)
SIGHTINGS = pa.schema([("event_id", pa.int64()), ("identifier", pa.int64())])


class Sighting(NamedTuple):
    """One identifier (its row) on one event; ``several``: the event bears more than one raw value.

    A named tuple, since thousands are made and a frozen dataclass takes four times as long to make.
    """

    event: int
    identifier: int
    usable: bool
    moment: int
    source: str
    vouched: bool
    several: bool


@dataclass(slots=True)
class Edge:
    """The evidence of one pair, as it adds up."""

    first: int
    last: int
    count: int = 0
    vouched: int = 0
    sources: int = 0

    def see(self, moment: int, vouched: bool, source: int) -> None:
        """One more sighting."""
        if moment < self.first:
            self.first = moment
        elif moment > self.last:
            self.last = moment
        self.count += 1
        self.vouched += vouched
        self.sources |= source


def observe_few(events: Sequence[Row], policy: Policy) -> Observation:
    """What ``events`` (rows of the inbox, by ascending id) show under ``policy``: as ``observe`` of them has it.

    ``increment.upto`` is the last event's id. About a tenth of a millisecond and 20 microseconds for each event; a
    value that is not plain costs a millisecond for its type.
    """
    with no_search_for_circles():
        return _observed(_told(events), policy)


def _observed(told: Sequence[dict[str, Any]], policy: Policy) -> Observation:
    identifiers, rows = _identifiers(told, policy)
    sightings = list(_sightings(told, rows))
    many = _many(sightings)
    crowded = _crowded(many, identifiers, policy)
    names = tuple(sorted({one.source for one in sightings}))
    edges = _edges(many, crowded, {name: code for code, name in enumerate(names)})
    increment = Increment(
        segments=(),
        identifiers=_figures(identifiers, sightings, many),
        edges=_arrays(edges),
        sources=np.array([edge.sources for edge in edges.values()], np.int64),
        source_names=names,
        traits=_traits(told, sightings, identifiers, policy),
        upto=max((one["event_id"] for one in told), default=0),
    )
    return Observation(increment, _usable(sightings), len(crowded))


def _told(events: Iterable[Row]) -> list[dict[str, Any]]:
    """The events with their times in microseconds, as ``moment``."""
    return [{**event, "moment": micros_of(event["timestamp"])} for event in events]


def _identifiers(told: Sequence[dict[str, Any]], policy: Policy) -> tuple[list[Any], dict[tuple[str, str], Any]]:
    """``type, value, status, reason`` of each identifier, sorted; the row of each raw pair, and whether it links."""
    raw = ((one["type"], one["value"]) for event in told for one in event["identifiers"] or ())
    verdicts = named(raw, policy)
    best: dict[tuple[str, str], tuple[int, str]] = {}
    for (kind, _), (normal, status, reason) in verdicts.items():
        if (kind, normal) not in best or status < best[kind, normal][0]:
            best[kind, normal] = (status, reason)
    keys = sorted(best)
    place = {key: row for row, key in enumerate(keys)}
    rows = {pair: (place[pair[0], normal], status == 0) for pair, (normal, status, _) in verdicts.items()}
    return [(*key, *best[key]) for key in keys], rows


def _sightings(told: Iterable[dict[str, Any]], rows: dict[tuple[str, str], Any]) -> Iterator[Sighting]:
    """Each identifier of each event, as often as the event bears it."""
    for event in told:
        listed, vouched = event["identifiers"] or (), event["vouched"] or ()
        for one in listed:
            row, usable = rows[one["type"], one["value"]]
            several, sure = len(listed) > 1, one["type"] in vouched
            yield Sighting(event["event_id"], row, usable, event["moment"], event["source"], sure, several)


def _many(sightings: Iterable[Sighting]) -> dict[int, dict[int, Sighting]]:
    """The usable identifiers, each once, of each event that bears several values; vouched where one of them is."""
    found: dict[int, dict[int, Sighting]] = {}
    for one in sightings:
        if one.several and one.usable:
            held = found.setdefault(one.event, {})
            if one.identifier not in held or one.vouched:
                held[one.identifier] = one
    return found


def _crowded(many: dict[int, dict[int, Sighting]], identifiers: Sequence[Any], policy: Policy) -> set[int]:
    """The events with too many identifiers, or two of a type that is limited to one."""
    single = {kind for kind in {row[0] for row in identifiers} if policy.rule(kind).max_per_customer == 1}
    found = set()
    for event, held in many.items():
        kinds = [kind for row in held if (kind := identifiers[row][0]) in single]
        if len(held) > MOST_IDENTIFIERS or len(kinds) > len(set(kinds)):
            found.add(event)
    return found


def _edges(
    many: dict[int, dict[int, Sighting]], crowded: set[int], codes: dict[str, int]
) -> dict[tuple[int, int], Edge]:
    """The pairs of all events that may link, with their evidence, by both rows."""
    found: dict[tuple[int, int], Edge] = {}
    for event, held in many.items():
        if event in crowded:
            continue
        for (a, one), (b, other) in combinations(sorted(held.items()), 2):
            edge = found.get((a, b))
            if edge is None:
                edge = found[a, b] = Edge(one.moment, one.moment)
            edge.see(one.moment, one.vouched or other.vouched, 1 << min(codes[one.source], LAST_BIT))
    return dict(sorted(found.items()))


def _arrays(edges: dict[tuple[int, int], Edge]) -> EdgeArrays:
    rows = [(a, b, one.count, one.vouched, one.first, one.last) for (a, b), one in edges.items()]
    return EdgeArrays(*np.array(rows, np.int64).reshape(-1, 6).T)


def _figures(identifiers: Sequence[Any], sightings: Iterable[Sighting], many: dict[int, dict[int, Sighting]]) -> Any:
    """Each identifier with the number of its events and when they were."""
    moments: dict[int, list[int]] = defaultdict(list)
    for one in sightings:
        if not (one.several and one.usable):
            moments[one.identifier].append(one.moment)
    for held in many.values():
        for row, one in held.items():
            moments[row].append(one.moment)
    figures = ((len(seen), min(seen), max(seen)) for _, seen in sorted(moments.items()))
    rows = [(*said, *figure) for said, figure in zip(identifiers, figures, strict=True)]
    columns = zip(*rows, strict=True) if rows else [()] * len(FIGURES)
    return pa.table(list(map(list, columns)), schema=FIGURES)


def _usable(sightings: Iterable[Sighting]) -> Any:
    """``event_id, identifier`` of what may link."""
    pairs = [(one.event, one.identifier) for one in sightings if one.usable]
    return pa.table([[event for event, _ in pairs], [row for _, row in pairs]], schema=SIGHTINGS)


def _traits(
    told: Iterable[dict[str, Any]], sightings: Iterable[Sighting], identifiers: Sequence[Any], policy: Policy
) -> Any:
    """The distinct values of each counted trait, as hashes, by identifier row."""
    counted = counted_traits(policy, {row[0] for row in identifiers})
    if not counted:
        return NO_TRAITS
    texts = {event["event_id"]: event["traits"] for event in told if event["traits"] is not None}
    found: set[tuple[int, str, int]] = set()
    for event, held in groupby((one for one in sightings if one.usable), key=lambda one: one.event):
        rows = [one.identifier for one in held] if event in texts else []
        for trait, types in counted.items():
            mine = [row for row in rows if identifiers[row][0] in types]
            value = trait_hash(texts[event], trait) if mine else None
            found.update((row, trait, value) for row in mine if value is not None)
    columns = zip(*sorted(found), strict=True) if found else [()] * len(NO_TRAITS.schema)
    return pa.table(list(map(list, columns)), schema=NO_TRAITS.schema)
