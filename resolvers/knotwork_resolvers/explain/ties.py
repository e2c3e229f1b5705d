"""What each edge is worth under the policy at the moment of the run: whether it holds, and its evidence weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from math import inf

from knotwork_graph.model import Decision, Identifier, Pair, Status, from_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import Standing, Surroundings, Tie
from knotwork_graph.proposals import Matched
from knotwork_resolvers.explain.answers import Link
from knotwork_resolvers.explain.ground import Ground, said_by

GUESS = 1e-6
"""The weight of a matched pair, times its probability: below that of anything that was seen."""


class Hold(StrEnum):
    """What an edge does, its ends set aside."""

    LINKS = "links"
    SEVERED = "severed"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Judged:
    """One edge with where its ends stand, what it does, and its evidence weight (infinite: a steward's must-link).

    ``said`` is the steward's decision on this very pair, ``guess`` the matched pair that it is, where there is one.
    """

    tie: Tie
    a: Standing
    b: Standing
    hold: Hold
    weight: float
    said: Decision | None = None
    guess: Matched | None = None

    def other(self, end: Standing) -> Standing:
        """The end that is not ``end``."""
        return self.b if end.id == self.a.id else self.a

    @property
    def joins(self) -> bool:
        """Whether it holds two identifiers of one customer together."""
        linking = self.a.status is Status.LINKING and self.b.status is Status.LINKING
        return self.hold is Hold.LINKS and self.a.customer == self.b.customer != 0 and (linking or self.weight == inf)


def judged(around: Surroundings, ground: Ground) -> tuple[Judged, ...]:
    """Every edge of ``around`` with what it does and what it weighs; O(edges)."""
    weights, ttls = _weights(around, ground), _ttls(around.ends.values(), ground.policy)
    found = []
    for tie, weight in zip(around.ties, weights, strict=True):
        a, b = around.ends[tie.a], around.ends[tie.b]
        if tie.rule:
            hold = Hold.SEVERED
        elif ground.moment - tie.last_seen > min(ttls[tie.a], ttls[tie.b]):
            hold = Hold.EXPIRED
        else:
            free = a.status is Status.LINKING and b.status is Status.LINKING
            hold = Hold.UNRESOLVED if free and a.customer != b.customer else Hold.LINKS
        found.append(Judged(tie, a, b, hold, weight))
    return _decided(found, ground) if ground.decisions else tuple(found)


def _decided(found: Iterable[Judged], ground: Ground) -> tuple[Judged, ...]:
    """The edges after the stewards' word on their very pairs."""
    said = []
    for one in found:
        pair = Pair(one.a.key, one.b.key)
        if pair in ground.must:
            said.append(replace(one, hold=Hold.LINKS, weight=inf, said=ground.must[pair]))
        elif pair in ground.cannot:
            said.append(replace(one, hold=Hold.FORBIDDEN, said=ground.cannot[pair]))
        else:
            said.append(one)
    return tuple(said)


def decided_ties(standings: Iterable[Standing], ground: Ground, seen: Iterable[Judged]) -> tuple[Judged, ...]:
    """The must-links between some identifiers on which no event has shown both."""
    if not ground.decisions:
        return ()
    place = {one.key: one for one in standings}
    known = {Pair(one.a.key, one.b.key) for one in seen}
    return tuple(
        Judged(
            Tie(place[pair.a].id, place[pair.b].id, 0, 0, 0, 0, ()), place[pair.a], place[pair.b], Hold.LINKS, inf, said
        )
        for pair, said in sorted(ground.must.items(), key=lambda each: each[0])
        if pair.a in place and pair.b in place and pair not in known
    )


def guessed_ties(standings: Iterable[Standing], ground: Ground, seen: Iterable[Judged]) -> tuple[Judged, ...]:
    """The matched pairs between some identifiers that no event has shown together; they weigh next to nothing."""
    place = {one.key: one for one in standings}
    known = {Pair(one.a.key, one.b.key) for one in seen}
    found = sorted(ground.guesses(place), key=lambda one: (one.a, one.b))
    return tuple(
        Judged(
            Tie(place[one.a].id, place[one.b].id, 0, 0, 0, 0, ()),
            place[one.a],
            place[one.b],
            Hold.LINKS,
            GUESS * one.score,
            guess=one,
        )
        for one in found
        if one.a in place and one.b in place and Pair(one.a, one.b) not in known
    )


def link_of(one: Judged, first: str = "") -> Link:
    """The edge as people see it, the end ``first`` before the other (else the smaller key)."""
    keys = sorted((one.a.key, one.b.key), key=lambda key: (key != first, key))
    seen = one.tie.count > 0
    return Link(
        a=keys[0],
        b=keys[1],
        count=one.tie.count,
        vouched=one.tie.vouched,
        first_seen=from_micros(one.tie.first_seen) if seen else None,
        last_seen=from_micros(one.tie.last_seen) if seen else None,
        sources=one.tie.sources,
        weight=finite(one.weight),
        decided=one.weight == inf,
        said=said_by(one.said),
        matched=None if one.guess is None else one.guess.score,
        model="" if one.guess is None else one.guess.model,
    )


def finite(weight: float) -> float | None:
    """The weight to four places; None for one that nothing outweighs."""
    return None if weight == inf else round(weight, 4)


def shorter_ttl(policy: Policy, a: str, b: str) -> timedelta | None:
    """The shorter ttl of the types of two keys; None where neither ever expires."""
    ttls = [policy.rule(Identifier.parse(key).type).ttl for key in (a, b)]
    return min((ttl for ttl in ttls if ttl is not None), default=None)


def _ttls(ends: Iterable[Standing], policy: Policy) -> dict[int, float]:
    """For each identifier, by the store's id, how long its links hold (microseconds; infinite: for ever)."""
    kinds = {one.id: Identifier.parse(one.key).type for one in ends}
    limits = {kind: policy.rule(kind).ttl for kind in set(kinds.values())}
    micros = {kind: inf if ttl is None else ttl / timedelta(microseconds=1) for kind, ttl in limits.items()}
    return {identifier: micros[kind] for identifier, kind in kinds.items()}


def _weights(around: Surroundings, ground: Ground) -> Sequence[float]:
    """The evidence weight of each edge at the moment, by the formula that resolution orders conflicts by."""
    import numpy as np
    import pyarrow as pa

    from knotwork_graph.model import EdgeArrays, GraphArrays, IdentifierArrays
    from knotwork_graph.model.times import MICROS_PER_SECOND
    from knotwork_resolvers.identity.conflict import log_weight

    if not around.ties:
        return ()
    ids = sorted(around.ends)
    place = {identifier: index for index, identifier in enumerate(ids)}
    kinds = [Identifier.parse(around.ends[identifier].key).type for identifier in ids]
    names = tuple(sorted(set(kinds)))
    codes = np.array([names.index(kind) for kind in kinds], np.int32)
    # the weight asks for types alone, so the values may stay behind
    values = pa.nulls(len(ids), pa.large_string())
    identifiers = IdentifierArrays(np.array(ids), codes, values, np.ones(len(ids), np.bool_), names)
    rows = [(place[t.a], place[t.b], t.count, t.vouched, t.first_seen, t.last_seen) for t in around.ties]
    graph = GraphArrays(identifiers, EdgeArrays(*np.array(rows, np.int64).T))
    half_life = ground.policy.half_life.total_seconds() * MICROS_PER_SECOND
    logs = log_weight(graph, np.arange(len(rows)), ground.policy) - ground.moment / half_life
    return [float(weight) for weight in np.exp2(logs)]
