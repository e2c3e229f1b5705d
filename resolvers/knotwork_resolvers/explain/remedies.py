"""Obstacles in words, and the changes that would take each away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from math import ceil

from knotwork_graph.model import Identifier, Status, from_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import Standing
from knotwork_resolvers.explain.answers import Change, ChangeKind, Collision, Obstacle, ObstacleKind
from knotwork_resolvers.explain.ties import Ground, Hold, Judged, link_of, shorter_ttl

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


def remedies(obstacle: Obstacle, ground: Ground, held: Held) -> tuple[Change, ...]:
    """The changes that would each take the obstacle away; ``held`` is what both sides would hold then."""
    policy = ground.policy
    if obstacle.kind is ObstacleKind.SEVERED:
        return _against_severing(obstacle, policy, held)
    if obstacle.kind is ObstacleKind.EXPIRED:
        return _against_expiry(obstacle, ground)
    if obstacle.kind is ObstacleKind.FORBIDDEN:
        return (_taken_back(f"that keeps {' and '.join(obstacle.identifiers)} apart"),)
    if obstacle.kind is ObstacleKind.UNRESOLVED:
        return (Change(ChangeKind.RESOLVE, "Run `knotwork resolve`: no run has looked at this link yet."),)
    return _against_status(obstacle)


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
    return Change(ChangeKind.DECISION, f"A steward decides that {a} and {b} belong together (must-link).")


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


def _against_severing(obstacle: Obstacle, policy: Policy, held: Held) -> tuple[Change, ...]:
    if obstacle.rule == "cannot_link":
        return (
            _taken_back(f"that is in the way ({obstacle.collided})" if obstacle.collided else "that is in the way"),
        )
    decision = must_link(*obstacle.identifiers)
    if obstacle.rule == "isolate":
        return decision, _policy("resolution.conflict", '"strongest"', "so that no identifier is set alone")
    if obstacle.rule == SIZE:
        return decision, _policy(f"resolution.{SIZE}", str(sum(map(len, held.values()))), "or more")
    kind = obstacle.rule.partition(".")[2]
    limit = policy.rule(kind).max_per_customer
    return decision, _policy(_setting(kind, PER_CUSTOMER), str(len(held.get(kind, ()))), f"or more (it is {limit})")


def _against_expiry(obstacle: Obstacle, ground: Ground) -> tuple[Change, ...]:
    age = 1 if obstacle.link is None or obstacle.link.last_seen is None else 0
    if obstacle.link is not None and obstacle.link.last_seen is not None:
        age = ceil((from_micros(ground.moment) - obstacle.link.last_seen) / DAY)
    short = sorted({kind for kind in map(_type, obstacle.identifiers) if _shorter(ground.policy, kind, age)})
    event = Change(ChangeKind.EVENT, f"A new event shows {' and '.join(obstacle.identifiers)} together.")
    return event, *(_policy(_setting(kind, "ttl"), f'"{age}d"', "or longer") for kind in short)


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


def _policy(setting: str, value: str, more: str) -> Change:
    return Change(ChangeKind.POLICY, f"The policy sets {setting} = {value}, {more}.", setting, value)


def _setting(kind: str, name: str) -> str:
    return f"identifiers.{kind}.{name}"


def _type(key: str) -> str:
    return Identifier.parse(key).type


def _shorter(policy: Policy, kind: str, days: int) -> bool:
    ttl = policy.rule(kind).ttl
    return ttl is not None and ttl < days * DAY


def may_not_link(one: Standing) -> bool:
    """Whether an identifier is one that links nothing."""
    return one.status is not Status.LINKING
