"""Obstacles in words, and the changes that would take each away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from knotwork_graph.model import Identifier, Status, from_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import Standing
from knotwork_resolvers.explain.answers import Change, ChangeKind, Collision, Obstacle, ObstacleKind
from knotwork_resolvers.explain.ties import Ground, Hold, Judged, link_of, shorter_ttl
from knotwork_resolvers.explain.trial import Trial

PER_CUSTOMER = "max_per_customer"
SIZE = "max_cluster_size"
DAY = timedelta(days=1)
SHOWN = 5

Held = Mapping[str, frozenset[str]]
"""Keys by identifier type: what the two sides would hold together."""


def link_obstacle(edge: Judged, ground: Ground, first: str) -> Obstacle:
    """The edge as an obstacle, with the end ``first`` named first."""
    link = link_of(edge, first)
    rule = edge.tie.rule or {Hold.EXPIRED: "ttl", Hold.FORBIDDEN: "cannot_link"}.get(edge.hold, "")
    return Obstacle(
        kind=ObstacleKind(edge.hold.value),
        identifiers=(link.a, link.b),
        reason=_why_severed(edge, ground) if edge.hold is Hold.SEVERED else _why_not_held(edge, ground),
        rule=rule,
        collided=edge.tie.detail,
        link=link,
    )


def identifier_obstacle(one: Standing) -> Obstacle:
    """An identifier that may not link, as an obstacle."""
    return Obstacle(ObstacleKind(one.status.value), (one.key,), one.reason)


def remedies(obstacle: Obstacle, advice: Advice) -> tuple[Change, ...]:
    """The changes that would each take the obstacle away, with what the trials showed."""
    if obstacle.kind is ObstacleKind.SEVERED:
        found = _against_severing(obstacle, advice)
    elif obstacle.kind is ObstacleKind.EXPIRED:
        found = _against_expiry(obstacle, advice)
    elif obstacle.kind is ObstacleKind.FORBIDDEN:
        found = (_taken_back(f"that keeps {' and '.join(obstacle.identifiers)} apart"),)
    elif obstacle.kind is ObstacleKind.UNRESOLVED:
        found = (Change(ChangeKind.RESOLVE, "Run `knotwork resolve`: no run has looked at this link yet."),)
    else:
        found = _against_status(obstacle)
    return tuple(one if one.enough is not None else replace(one, enough=advice.enough(one.kind)) for one in found)


@dataclass(frozen=True, slots=True)
class Advice:
    """What was tried for the two ``asked`` keys: one trial by the policy, one by decisions and events."""

    asked: tuple[str, str]
    policy: Trial
    policy_joins: bool | None
    other_joins: bool | None

    def enough(self, kind: ChangeKind) -> bool | None:
        """Whether changes of this kind join the two."""
        return self.policy_joins if kind is ChangeKind.POLICY else self.other_joins


def collisions(held: Held, policy: Policy) -> tuple[Collision, ...]:
    """The limits that one customer holding all of ``held`` would break."""
    found = []
    for kind, keys in sorted(held.items()):
        limit = policy.rule(kind).max_per_customer
        if limit is not None and len(keys) > limit:
            found.append(Collision(_setting(kind, PER_CUSTOMER), limit, len(keys), tuple(sorted(keys)[:SHOWN])))
    size = sum(map(len, held.values()))
    if policy.max_cluster_size is not None and size > policy.max_cluster_size:
        found.append(Collision(f"resolution.{SIZE}", policy.max_cluster_size, size))
    return tuple(found)


def held_by(members: Iterable[Standing]) -> Held:
    """Identifiers by type."""
    found: dict[str, set[str]] = {}
    for one in members:
        found.setdefault(Identifier.parse(one.key).type, set()).add(one.key)
    return {kind: frozenset(keys) for kind, keys in found.items()}


def must_link(a: str, b: str) -> Change:
    """A steward's word that two identifiers are one customer's."""
    return Change(ChangeKind.DECISION, f"A steward decides that {a} and {b} belong together (must-link).", enough=True)


def _why_severed(edge: Judged, ground: Ground) -> str:
    rule, detail = edge.tie.rule, edge.tie.detail
    if rule.startswith(PER_CUSTOMER):
        kind = rule.partition(".")[2]
        limit = ground.policy.rule(kind).max_per_customer
        most = f"at most {limit} {kind}" if limit is not None else f"no more {kind}"
        return f"severed: a customer may hold {most}, and these collide: {detail.replace(' | ', ' and ')}"
    if rule == SIZE:
        return f"severed: together they would hold more than {ground.policy.max_cluster_size} identifiers"
    if rule == "isolate":
        return f"severed: a link of {detail} was cut, and conflict = isolate then sets it alone"
    return f"severed: a steward's cannot-link stands between the two sides{f' ({detail})' if detail else ''}"


def _why_not_held(edge: Judged, ground: Ground) -> str:
    if edge.hold is Hold.EXPIRED:
        ttl = shorter_ttl(ground.policy, edge.a.key, edge.b.key) or timedelta()
        days = _days_old(edge.tie.last_seen, ground)
        return f"expired: last seen {days} days before the run, and the ttl is {ttl // DAY} days"
    if edge.hold is Hold.FORBIDDEN:
        return "a steward decided that these two do not belong together (cannot-link)"
    if edge.hold is Hold.UNRESOLVED:
        return "seen together, but no run has looked at it yet"
    return ""


def _days_old(last_seen: int, ground: Ground) -> int:
    return ceil((from_micros(ground.moment) - from_micros(last_seen)) / DAY)


def _against_severing(obstacle: Obstacle, advice: Advice) -> tuple[Change, ...]:
    if obstacle.rule == "cannot_link":
        return (
            _taken_back(f"that is in the way ({obstacle.collided})" if obstacle.collided else "that is in the way"),
        )
    decision = must_link(*advice.asked)
    if obstacle.rule == "isolate":
        return decision, _policy("resolution.conflict", '"strongest"', ", so that no identifier is set alone")
    if obstacle.rule == SIZE:
        return decision, _policy(f"resolution.{SIZE}", str(advice.policy.size))
    kind = limited_type(obstacle)
    return decision, _policy(_setting(kind, PER_CUSTOMER), str(dict(advice.policy.limits)[kind]))


def _against_expiry(obstacle: Obstacle, advice: Advice) -> tuple[Change, ...]:
    event = Change(ChangeKind.EVENT, f"A new event shows {' and '.join(obstacle.identifiers)} together.")
    ttls = dict(advice.policy.ttls)
    kinds = sorted({kind for kind in map(_type, obstacle.identifiers) if kind in ttls})
    return event, *(_policy(_setting(kind, "ttl"), f'"{ttls[kind] // DAY}d"', " or longer") for kind in kinds)


def limited_type(obstacle: Obstacle) -> str:
    """The identifier type whose limit severed the link; empty where another rule did."""
    return obstacle.rule.partition(".")[2] if obstacle.rule.startswith(PER_CUSTOMER) else ""


def short_ttls(obstacle: Obstacle, ground: Ground) -> dict[str, timedelta]:
    """The ttls that would let an expired link hold, for those of its types whose ttl is shorter."""
    if obstacle.link is None or obstacle.link.last_seen is None:
        return {}
    age = ceil((from_micros(ground.moment) - obstacle.link.last_seen) / DAY) * DAY
    rules = (ground.policy.rule(kind) for kind in map(_type, obstacle.identifiers))
    return {rule.type: age for rule in rules if rule.ttl is not None and rule.ttl < age}


def _against_status(obstacle: Obstacle) -> tuple[Change, ...]:
    key = obstacle.identifiers[0]
    if obstacle.kind is ObstacleKind.SHARED:
        keep = Change(ChangeKind.DECISION, f"A steward decides that {key} keeps linking.")
        guard = _setting(_type(key), "shared_above")
        return keep, Change(ChangeKind.POLICY, f"The policy raises the guard in {guard} that it exceeds.", guard)
    if "steward" in obstacle.reason:
        return (_taken_back(f"that blocks {key}"),)
    if "policy" in obstacle.reason:
        setting = _setting(_type(key), "blocked")
        return (
            Change(ChangeKind.POLICY, f"The policy takes the pattern that matches {key} out of {setting}.", setting),
        )
    return ()


def _taken_back(what: str) -> Change:
    return Change(ChangeKind.DECISION, f"A steward takes back the decision {what}.")


def _policy(setting: str, value: str, more: str = "") -> Change:
    return Change(ChangeKind.POLICY, f"The policy sets {setting} = {value}{more}.", setting, value)


def _setting(kind: str, name: str) -> str:
    return f"identifiers.{kind}.{name}"


def _type(key: str) -> str:
    return Identifier.parse(key).type


def may_not_link(one: Standing) -> bool:
    """Whether an identifier is one that links nothing."""
    return one.status is not Status.LINKING
