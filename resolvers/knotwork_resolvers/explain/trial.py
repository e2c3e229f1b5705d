"""Trying a change before it is advised: what hangs together around the two sides is resolved anew under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from knotwork_graph.model import Decision, Identifier, Status
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.explain.ground import Ground
from knotwork_resolvers.explain.places import Atlas, Crossing, Place, place_of
from knotwork_resolvers.explain.ties import Hold, Judged

if TYPE_CHECKING:
    from knotwork_graph.model import GraphArrays


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be different: limits and ttls by identifier type, the largest size, whether conflicts isolate,
    identifiers (store ids) that would link again, and decisions (numbers) that would be taken back.
    """

    limits: tuple[tuple[str, int], ...] = ()
    ttls: tuple[tuple[str, timedelta], ...] = ()
    size: int | None = None
    no_isolating: bool = False
    kept: frozenset[int] = frozenset()
    revived: frozenset[tuple[int, int]] = frozenset()
    lifted: frozenset[int] = frozenset()

    def policy(self, present: Policy) -> Policy:
        """``present`` with the differences; nothing is counted as shared, for that is known of every identifier."""
        limits, ttls = dict(self.limits), dict(self.ttls)
        names = {*present.identifiers, *limits, *ttls}
        rules = {name: _changed(present.rule(name), limits.get(name), ttls.get(name)) for name in names}
        return replace(
            present,
            identifiers=MappingProxyType(rules),
            default=_changed(present.default, None, None),
            max_cluster_size=self.size or present.max_cluster_size,
            conflict="strongest" if self.no_isolating else present.conflict,
        )


def joined(atlas: Atlas, a: str, b: str, trial: Trial, start: Iterable[Place]) -> bool | None:
    """Whether ``a`` and ``b`` would be one customer under ``trial``; None where too much hangs together to tell.

    Exact: everything that the places of ``start`` could be joined with is resolved anew, by the function that runs use.
    """
    import numpy as np

    from knotwork_resolvers.identity import Circumstances, partition

    policy = trial.policy(atlas.ground.policy)
    edges = _cluster(atlas, trial, policy, start)
    if edges is None:
        return None
    keys = sorted({one.key for edge in edges for one in (edge.a, edge.b)})
    if a not in keys or b not in keys:
        return False
    graph = _graph(edges, keys, trial, atlas.ground.moment)
    decisions = tuple(_standing(edges, trial, atlas.ground))
    guesses = tuple(atlas.ground.guesses(keys))
    label = partition(graph, policy, Circumstances(atlas.ground.moment, decisions, {}, guesses)).label
    at = np.searchsorted(keys, [a, b])
    return bool(label[at[0]] == label[at[1]] != -1)


def _standing(edges: Iterable[Judged], trial: Trial, ground: Ground) -> Iterator[Decision]:
    """The decisions that would stand: none on an identifier that would link again, and none that was taken back."""
    freed = {one.key for edge in edges for one in (edge.a, edge.b) if one.id in trial.kept}
    for one in ground.decisions:
        if one.number not in trial.lifted and not (one.b is None and one.a in freed):
            yield one


def held_there(atlas: Atlas, trial: Trial, start: Iterable[Place], kind: str) -> int:
    """How many identifiers of a type hang together there: no limit above this number changes anything."""
    edges = _cluster(atlas, trial, trial.policy(atlas.ground.policy), start) or ()
    return len({one.key for edge in edges for one in (edge.a, edge.b) if Identifier.parse(one.key).type == kind})


def _changed(rule: IdentifierRule, limit: int | None, ttl: timedelta | None) -> IdentifierRule:
    return replace(
        rule,
        shared_above=MappingProxyType({}),
        max_per_customer=limit or rule.max_per_customer,
        ttl=ttl or rule.ttl,
    )


def _cluster(atlas: Atlas, trial: Trial, policy: Policy, start: Iterable[Place]) -> tuple[Judged, ...] | None:
    """The edges that could link in the clusters of the ``start`` places; None where there are too many."""
    seen, waiting = set[Place](), list(start)
    found: dict[tuple[int, int], Judged] = {}
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if atlas.full and here not in atlas.crossings:
            return None
        crossings = [one for one in atlas.around(here) if _opens(one, trial, policy, atlas)]
        if here in atlas.partly:
            return None
        found.update({(one.tie.a, one.tie.b): one for one in atlas.inside[here] if _free(one, trial)})
        found.update({(one.edge.tie.a, one.edge.tie.b): one.edge for one in crossings})
        waiting += [place_of(one.far) for one in crossings]
    return tuple(found[pair] for pair in sorted(found))


def _opens(one: Crossing, trial: Trial, policy: Policy, atlas: Atlas) -> bool:
    """Whether the crossing could link under the trial."""
    if not _free(one.edge, trial):
        return False
    if one.edge.hold is Hold.FORBIDDEN and (one.edge.said is None or one.edge.said.number not in trial.lifted):
        return False
    if one.edge.hold is not Hold.EXPIRED or (one.edge.tie.a, one.edge.tie.b) in trial.revived:
        return True
    kinds = [Identifier.parse(end.key).type for end in (one.near, one.far)]
    ttl = min((ttl for kind in kinds if (ttl := policy.rule(kind).ttl) is not None), default=None)
    return ttl is None or atlas.ground.moment - one.edge.tie.last_seen <= ttl / timedelta(microseconds=1)


def _free(edge: Judged, trial: Trial) -> bool:
    """Whether both ends may link under the trial."""
    return all(one.status is Status.LINKING or one.id in trial.kept for one in (edge.a, edge.b))


def _graph(edges: Iterable[Judged], keys: list[str], trial: Trial, moment: int) -> GraphArrays:
    import numpy as np
    import pyarrow as pa

    from knotwork_graph.model import EdgeArrays, GraphArrays, IdentifierArrays

    place = {key: index for index, key in enumerate(keys)}
    parsed = [Identifier.parse(key) for key in keys]
    names = tuple(sorted({one.type for one in parsed}))
    identifiers = IdentifierArrays(
        ids=np.arange(1, len(keys) + 1),
        types=np.array([names.index(one.type) for one in parsed], np.int32),
        values=pa.array([one.value for one in parsed], pa.large_string()),
        usable=np.ones(len(keys), np.bool_),
        type_names=names,
    )
    rows = np.array(list(_rows(edges, place, trial, moment)), np.int64).reshape(-1, 6)
    return GraphArrays(identifiers, EdgeArrays(*rows.T))


def _rows(edges: Iterable[Judged], place: dict[str, int], trial: Trial, moment: int) -> Iterator[tuple[int, ...]]:
    """An edge a row; one that an event would show again was seen once more, now."""
    for edge in edges:
        tie = edge.tie
        again = (tie.a, tie.b) in trial.revived
        last = moment if again else tie.last_seen
        yield place[edge.a.key], place[edge.b.key], tie.count + again, tie.vouched, tie.first_seen, last
