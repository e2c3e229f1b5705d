"""The edges that the facts give, counted with other code than the graph was projected by: each proves the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from knotwork_graph.model import EdgeArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.normalise import normalise_values
from knotwork_resolvers.projection.queries import MOST_IDENTIFIERS
from knotwork_resolvers.run.rows import shares_of

COLUMNS = ["timestamp", "identifiers", "vouched"]
TYPE = "identifiers.list.element.type"
HALF = 32


@dataclass(frozen=True, slots=True)
class Counted:
    """Edges between the usable identifiers, which are counted through, type by type: ``values`` of each by its name."""

    values: dict[str, pa.Array]
    edges: EdgeArrays


@dataclass(frozen=True, slots=True)
class Borne:
    """What the events that bear several values bear: by sighting its event (a row), type (a code) and raw value.

    ``moment``: of each event, in microseconds; ``vouched``: whether the source vouches for a sighting.
    """

    event: Ints
    kind: Ints
    value: pa.Array
    vouched: Mask
    kinds: tuple[str, ...]
    moment: Ints


@dataclass(frozen=True, slots=True)
class Seen:
    """Usable identifiers (rows) by (event, identifier), each once for an event."""

    event: Ints
    identifier: Ints
    vouched: Mask

    def take(self, picked: Ints | Mask) -> Seen:
        """The sightings that indices or a mask pick."""
        return Seen(self.event[picked], self.identifier[picked], self.vouched[picked])


def count_edges(paths: Sequence[Path], policy: Policy) -> tuple[Counted, ...]:
    """The edges of the events in files of the log, under ``policy``; some of them may be in several of the counts.

    O(n log n). Holds ``ROOM`` bytes of events at once, and some 60 bytes for each sighting among them.
    """
    return tuple(_counted(share, policy) for share in shares_of(paths))


def together(edges: EdgeArrays) -> EdgeArrays:
    """Each edge once, the lower end first, by both ends: counts added up, first and last seen of all."""
    keys = (np.minimum(edges.a, edges.b) << HALF) + np.maximum(edges.a, edges.b)
    order = np.argsort(keys)
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    ends = keys[order][starts]
    if not len(starts):
        return edges
    return EdgeArrays(
        a=ends >> HALF,
        b=ends & (1 << HALF) - 1,
        count=np.add.reduceat(edges.count[order], starts),
        vouched=np.add.reduceat(edges.vouched[order], starts),
        first_seen=np.minimum.reduceat(edges.first_seen[order], starts),
        last_seen=np.maximum.reduceat(edges.last_seen[order], starts),
    )


def _counted(paths: Sequence[Path], policy: Policy) -> Counted:
    borne = _borne(paths)
    values, of = _identifiers(borne, policy)
    seen = _each_once(borne, of)
    kind = np.repeat(np.arange(len(values)), [len(one) for one in values.values()])
    seen = seen.take(~_crowded(seen, kind, borne.kinds, policy)[seen.event])
    return Counted(values, _edges(seen, borne.moment))


def _borne(paths: Sequence[Path]) -> Borne:
    """What the events of the files bear, those left out that bear one value alone: they make no edge."""
    table = pq.read_table(paths, columns=COLUMNS, read_dictionary=[TYPE])
    several = table.filter(pc.greater(pc.list_value_length(table["identifiers"]), 1))
    several = several.unify_dictionaries().combine_chunks()
    listed, vouched = (_one(several[name]) for name in ("identifiers", "vouched"))
    event, pairs = _parents(listed), listed.flatten()
    kind = pc.struct_field(pairs, "type")
    codes, kinds = np.asarray(kind.indices.to_numpy(), np.int64), kind.dictionary
    sure = pc.index_in(vouched.flatten(), value_set=kinds).fill_null(len(kinds))
    keys = _parents(vouched) * (len(kinds) + 1) + np.asarray(sure.to_numpy(), np.int64)
    moment = np.asarray(several["timestamp"].cast(pa.int64()).to_numpy(), np.int64)
    held = np.isin(event * (len(kinds) + 1) + codes, keys)
    return Borne(event, codes, pc.struct_field(pairs, "value"), held, tuple(kinds.to_pylist()), moment)


def _identifiers(borne: Borne, policy: Policy) -> tuple[dict[str, pa.Array], Ints]:
    """The usable identifiers of each type, and which one each sighting shows, -1 for none."""
    of, values, known = np.full(len(borne.kind), -1), {}, 0
    for code, name in enumerate(borne.kinds):
        rows = np.flatnonzero(borne.kind == code)
        raw = borne.value.take(pa.array(rows)).dictionary_encode()
        normal = normalise_values(policy.rule(name), raw.dictionary)
        usable = np.flatnonzero(np.asarray(normal.status) == 0)
        named = normal.value.take(pa.array(usable)).dictionary_encode()
        place = np.full(len(raw.dictionary), -1)
        place[usable] = known + np.asarray(named.indices.to_numpy(), np.int64)
        of[rows] = place[np.asarray(raw.indices.to_numpy(), np.int64)]
        values[name] = named.dictionary
        known += len(named.dictionary)
    return values, of


def _each_once(borne: Borne, of: Ints) -> Seen:
    """The sightings of usable identifiers; one that an event bears twice is vouched for where either is."""
    usable = of >= 0
    keys = ((borne.event[usable] << HALF) + of[usable] << 1) + ~borne.vouched[usable]
    keys.sort()
    first = np.diff(keys >> 1, prepend=-1) != 0
    keys = keys[first]
    return Seen(keys >> HALF + 1, keys >> 1 & (1 << HALF) - 1, keys & 1 == 0)


def _crowded(seen: Seen, kind: Ints, kinds: Sequence[str], policy: Policy) -> Mask:
    """Which events make no edge: they bear too many identifiers, or two of a type that is limited to one."""
    crowded = np.bincount(seen.event, minlength=int(seen.event.max(initial=-1)) + 1) > MOST_IDENTIFIERS
    limited = np.array([policy.rule(name).max_per_customer == 1 for name in kinds] or [False], np.bool_)
    of = kind[seen.identifier]  # the identifiers of a type have their rows together, so two of one are neighbours
    two = (seen.event[1:] == seen.event[:-1]) & (of[1:] == of[:-1]) & limited[of[1:]]
    crowded[seen.event[1:][two]] = True
    return np.asarray(crowded)


def _edges(seen: Seen, moment: Ints) -> EdgeArrays:
    """Every pair of an event's identifiers, put together over the events."""
    left, right = _pairs(seen.event)
    when, sure = moment[seen.event[left]], seen.vouched[left] | seen.vouched[right]
    each = np.ones(len(left), np.int64)
    ends = seen.identifier[left], seen.identifier[right]
    return together(EdgeArrays(*ends, each, sure.astype(np.int64), first_seen=when, last_seen=when))


def _pairs(event: Ints) -> tuple[Ints, Ints]:
    """The places of every two sightings of one event, the earlier one first."""
    left, found = np.arange(len(event)), []
    for apart in range(1, MOST_IDENTIFIERS):
        left = left[left + apart < len(event)]
        left = left[event[left] == event[left + apart]]
        found.append((left, left + apart))
    lefts, rights = zip(*found, strict=True)
    return np.concatenate(lefts), np.concatenate(rights)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _parents(lists: pa.ListArray) -> NDArray[np.int64]:
    """The row of the list that each value of the flattened lists is from."""
    return np.asarray(pc.list_parent_indices(lists).to_numpy(), np.int64)
