"""The same facts read by two policies: each one's graph, and which identifier of one is which of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.facts import Segment, scan
from knotwork_graph.model import GraphArrays, IdentifierArrays
from knotwork_graph.policy import Policy
from knotwork_resolvers.identity import Previous
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.normalise import normalise_values
from knotwork_resolvers.projection import Observation, observe, reading_of

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home

RAW = """
SELECT type, value FROM (
    SELECT DISTINCT one.type AS type, one.value AS value FROM (SELECT unnest(identifiers) AS one FROM {facts}))
ORDER BY type, value
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts as a policy reads them: the graph, and the counted traits of each identifier.

    ``stored``: it is the store's own graph, with the store's ids.
    """

    policy: Policy
    graph: GraphArrays
    traits: dict[str, Ints]
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """Identifiers of two readings, a row for each that both know: its place in the ``first`` and in the ``second``."""

    first: Ints
    second: Ints


def read_by(policy: Policy, home: Home, segments: Sequence[Segment]) -> Reading:
    """The segments as ``policy`` reads them: the store's graph where it was made so, else observed anew in memory."""
    if home.store.projected().reading == reading_of(policy, len(home.facts.erasures())):
        graph = home.store.graph()
        return Reading(policy, graph, home.store.trait_counts(graph.identifiers.ids), stored=True)
    return _observed(policy, observe(segments, policy, scratch=home.scratch))


def paired(first: Reading, second: Reading, segments: Sequence[Segment]) -> Pairing:
    """Which identifier of one reading is which of the other: those that one raw value became; O(raw values).

    An identifier has several rows where the other policy keeps apart what this one takes for one, and none where it
    stands on none of the ``segments``.
    """
    if reading_of(first.policy) == reading_of(second.policy):
        every = np.arange(len(first.graph.identifiers))
        return Pairing(every, every)
    with duckdb.connect() as connection:
        raw = connection.sql(RAW.format(facts=scan([one.path for one in segments]))).to_arrow_table()
    pair = np.stack([_places(raw, first), _places(raw, second)], axis=1)
    pair = np.unique(pair[(pair >= 0).all(axis=1)], axis=0)
    pair = _once(pair, 0, ~second.graph.identifiers.usable[pair[:, 1]])
    pair = _once(pair, 1, ~first.graph.identifiers.usable[pair[:, 0]])
    return Pairing(pair[:, 0], pair[:, 1])


def paired_by_value(first: IdentifierArrays, second: IdentifierArrays) -> Pairing:
    """The identifiers that have the same type and value in both; O(identifiers)."""
    place = np.full(len(first), -1, np.int64)
    for code, name in enumerate(first.type_names):
        mine = np.flatnonzero(first.types == code)
        place[mine] = _index_in(name, first.values.take(pa.array(mine)), second)
    known = np.flatnonzero(place >= 0)
    return Pairing(known, place[known])


def carried(previous: Previous, pairing: Pairing, count: int) -> Previous:
    """``previous`` over the ``count`` identifiers of the second reading; ``pairing`` is one to one."""
    customer, since = np.zeros(count, np.int64), np.zeros(count, np.int64)
    customer[pairing.second] = previous.customer[pairing.first]
    since[pairing.second] = previous.since[pairing.first]
    heir = np.full(len(previous.customer), -1, np.int64)
    heir[pairing.first] = pairing.second
    past = heir[previous.past_identifier]
    kept = past >= 0
    return replace(
        previous,
        customer=customer,
        since=since,
        past_identifier=past[kept],
        past_customer=previous.past_customer[kept],
    )


def _observed(policy: Policy, seen: Observation) -> Reading:
    rows, edges = seen.increment.identifiers, seen.increment.edges
    kinds = rows["type"].combine_chunks().dictionary_encode()
    identifiers = IdentifierArrays(
        ids=np.arange(1, len(rows) + 1),
        types=np.asarray(kinds.indices.to_numpy(), np.int32),
        values=rows["value"].cast(pa.large_string()).combine_chunks(),
        usable=np.asarray(rows["status"].to_numpy() == 0, np.bool_),
        type_names=tuple(kinds.dictionary.to_pylist()),
    )
    traits: dict[str, Ints] = {}
    names = seen.increment.traits["trait"].to_numpy(zero_copy_only=False)
    holders = np.asarray(seen.increment.traits["identifier"].to_numpy(), np.int64)
    for name in sorted(set(names.tolist())):
        traits[name] = np.bincount(holders[names == name], minlength=len(rows))
    return Reading(policy, GraphArrays(identifiers, edges), traits)


def _once(pair: Ints, end: int, refused: Mask) -> Ints:
    """``pair`` with one of the ``refused`` rows for each identifier at ``end``.

    A refused value stays as it came, so one identifier of the other reading may have become many of them.
    """
    rows = np.flatnonzero(refused)
    kept = rows[np.unique(pair[rows, end], return_index=True)[1]]
    return np.asarray(pair[np.sort(np.concatenate([np.flatnonzero(~refused), kept]))])


def _places(raw: pa.Table, reading: Reading) -> Ints:
    """The identifier that each raw value (sorted by type) is under the reading's policy; -1 where there is none."""
    place, start = np.full(len(raw), -1, np.int64), 0
    for entry in raw["type"].value_counts().to_pylist():
        kind, count = entry["values"], entry["counts"]
        values = raw["value"].slice(start, count)
        normal = normalise_values(reading.policy.rule(kind), values)
        place[start : start + count] = _index_in(kind, normal.value, reading.graph.identifiers)
        start += count
    return place


def _index_in(kind: str, values: Any, identifiers: IdentifierArrays) -> Ints:
    """The place of each value of a type among ``identifiers``; -1 for one that is not there."""
    if kind not in identifiers.type_names:
        return np.full(len(values), -1, np.int64)
    mine = np.flatnonzero(identifiers.types == identifiers.type_names.index(kind))
    found = pc.index_in(values.cast(pa.large_string()), value_set=identifiers.values.take(pa.array(mine)))
    inside = np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int64)
    return np.where(inside >= 0, mine[inside] if len(mine) else -1, -1)
