"""Trials of the changes that would take the obstacles between two sides away, all of a kind together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knotwork_resolvers.explain.answers import Obstacle, ObstacleKind
from knotwork_resolvers.explain.places import Atlas, Place
from knotwork_resolvers.explain.remedies import SIZE, Advice, limited_type, short_ttls
from knotwork_resolvers.explain.trial import Trial, held_there, joined

MOST_STEPS = 6
"""So many values above a limit are tried before the one that lets everything in."""

OPENED = frozenset({ObstacleKind.SHARED, ObstacleKind.BLOCKED})


@dataclass(frozen=True, slots=True)
class Barrier:
    """An obstacle on the way, with the store's ids of its identifiers."""

    obstacle: Obstacle
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Two keys and the places that the way between them leads through."""

    atlas: Atlas
    asked: tuple[str, str]
    places: frozenset[Place]

    def joins(self, trial: Trial) -> bool | None:
        """Whether the trial makes them one customer."""
        return joined(self.atlas, *self.asked, trial, self.places)


def advice_for(question: Question, barriers: Sequence[Barrier]) -> Advice:
    """What joins the two sides: by the policy, with the least values that do, and by decisions or events."""
    kept = frozenset(one.ids[0] for one in barriers if one.obstacle.kind in OPENED)
    expired = frozenset(_pair(one) for one in barriers if one.obstacle.kind is ObstacleKind.EXPIRED)
    severed = [one.obstacle for one in barriers if one.obstacle.kind is ObstacleKind.SEVERED]
    by_policy, joins = _least(question, _by_policy(question, barriers, kept), severed)
    # a link that a limit severed is answered by a must-link of the two themselves, which asks nothing else
    lifted = frozenset(one.obstacle.said.number for one in barriers if one.obstacle.said is not None)
    asks = any(one.rule != "cannot_link" for one in severed)
    other = True if asks else question.joins(Trial(kept=kept, revived=expired, lifted=lifted))
    return Advice(question.asked, question.atlas.ground, by_policy, joins, other)


def _pair(one: Barrier) -> tuple[int, int]:
    return min(one.ids), max(one.ids)


def _by_policy(question: Question, barriers: Iterable[Barrier], kept: frozenset[int]) -> Trial:
    """The trial in which the policy lets everything hold but for limits and sizes."""
    ground = question.atlas.ground
    ttls = {kind: ttl for one in barriers for kind, ttl in short_ttls(one.obstacle, ground).items()}
    isolating = any(one.obstacle.rule == "isolate" for one in barriers)
    return Trial(ttls=tuple(sorted(ttls.items())), no_isolating=isolating, kept=kept)


def _least(question: Question, trial: Trial, severed: Sequence[Obstacle]) -> tuple[Trial, bool | None]:
    """The first trial that joins them, limits raised step by step; else the one that lets everything in."""
    kinds = sorted({kind for one in severed if (kind := limited_type(one))})
    large = any(one.rule == SIZE for one in severed)
    joins = None
    for chosen in _raised(question, trial, kinds, large=large):
        trial = chosen
        joins = question.joins(chosen)
        if joins is not False:
            break
    return trial, joins


def _raised(question: Question, trial: Trial, kinds: Sequence[str], *, large: bool) -> Iterator[Trial]:
    policy = question.atlas.ground.policy
    present = {kind: policy.rule(kind).max_per_customer or 1 for kind in kinds}
    size = sum(len(question.atlas.members.get(place, {})) for place in question.places)
    first = replace(trial, size=max(size, (policy.max_cluster_size or 0) + 1)) if large else trial
    if not kinds:
        yield first
    most = {kind: held_there(question.atlas, first, question.places, kind) for kind in kinds}
    for more in range(1, MOST_STEPS + 1):
        limits = {kind: present[kind] + more for kind in kinds}
        if kinds and any(limits[kind] <= most[kind] for kind in kinds):
            yield replace(first, limits=tuple(sorted(limits.items())))
    if kinds and any(present[kind] + MOST_STEPS < most[kind] for kind in kinds):
        yield replace(first, limits=tuple(sorted((kind, max(most[kind], present[kind])) for kind in kinds)))
