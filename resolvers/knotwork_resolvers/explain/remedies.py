"""Obstacles in words, and the changes that would take each away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from knotwork_graph.model import Decision, DecisionKind, Identifier, Status, from_micros
from knotwork_graph.policy import Policy
from knotwork_graph.ports import Standing
from knotwork_resolvers.explain.answers import Change, ChangeKind, Collision, Obstacle, ObstacleKind
from knotwork_resolvers.explain.ground import Ground, named, said_by, worded
from knotwork_resolvers.explain.ties import Hold, Judged, link_of, shorter_ttl
from knotwork_resolvers.explain.trial import Trial
from knotwork_resolvers.review import Book

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
        said=said_by(parting(edge, ground)),
    )


def parting(edge: Judged, ground: Ground) -> Decision | None:
    """The cannot-link that keeps an edge from holding: on this very pair, or the first between what it would join."""
    if edge.hold is Hold.FORBIDDEN:
        return edge.said
    if edge.tie.rule != "cannot_link":
        return None
    left, right = (frozenset(side.split(", ")) for side in f"{edge.tie.detail} | ".split(" | ")[:2])
    return next(iter(ground.parting(left, right)), None)


def identifier_obstacle(one: Standing, ground: Ground) -> Obstacle:
    """An identifier that may not link, as an obstacle."""
    said = ground.words.get(one.key)
    reason = one.reason
    if said is not None and "steward" in reason:
        reason = f"{one.status} by {worded(said, 'said so')}"
    return Obstacle(ObstacleKind(one.status.value), (one.key,), reason, said=said_by(said))


def forbidding(one: Decision) -> Obstacle:
    """A cannot-link between the two sides on which no event has shown both of its ends."""
    reason = worded(one, "keeps them apart")
    return Obstacle(ObstacleKind.FORBIDDEN, one.about, reason, "cannot_link", said=said_by(one))


def remedies(obstacle: Obstacle, advice: Advice) -> tuple[Change, ...]:
    """The changes that would each take the obstacle away, with what the trials showed."""
    if obstacle.kind is ObstacleKind.SEVERED:
        found = _against_severing(obstacle, advice)
    elif obstacle.kind is ObstacleKind.EXPIRED:
        found = _against_expiry(obstacle, advice)
    elif obstacle.kind is ObstacleKind.FORBIDDEN:
        found = (_taken_back(obstacle, f"that keeps {' and '.join(obstacle.identifiers)} apart"),)
    elif obstacle.kind is ObstacleKind.UNRESOLVED:
        found = (Change(ChangeKind.RESOLVE, "Run `knotwork resolve`: no run has looked at this link yet."),)
    else:
        found = _against_status(obstacle)
    return tuple(one if one.enough is not None else replace(one, enough=advice.enough(one.kind)) for one in found)


@dataclass(frozen=True, slots=True)
class Advice:
    """What was tried for the two ``asked`` keys: one trial by the policy, one by decisions and events."""

    asked: tuple[str, str]
    ground: Ground
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


def must_link(a: str, b: str, ground: Ground) -> Change:
    """A steward's word that two identifiers are one customer's, after what contradicts it was taken back."""
    new = Decision(DecisionKind.MUST_LINK, a, b, "", from_micros(ground.moment))
    book, barring = Book(ground.decisions), list[str]()
    while (objection := book.objection(new)) is not None:
        barring.append(named(objection.first))
        book.remove(objection.first)
    first = f"A steward takes back {', '.join(barring)}, and then" if barring else "A steward"
    return Change(ChangeKind.DECISION, f"{first} decides that {a} and {b} belong together (must-link).", enough=True)


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
    said = parting(edge, ground)
    told = worded(said, "keeps the two sides apart") if said else "a steward's cannot-link stands between the two sides"
    return f"severed: {told}{f' ({detail})' if detail else ''}"


def _why_not_held(edge: Judged, ground: Ground) -> str:
    if edge.hold is Hold.EXPIRED:
        ttl = shorter_ttl(ground.policy, edge.a.key, edge.b.key) or timedelta()
        days = _days_old(edge.tie.last_seen, ground)
        return f"expired: last seen {days} days before the run, and the ttl is {ttl // DAY} days"
    if edge.hold is Hold.FORBIDDEN:
        said = edge.said
        return worded(said, "keeps them apart") if said else "a steward keeps them apart (cannot-link)"
    if edge.hold is Hold.UNRESOLVED:
        return "seen together, but no run has looked at it yet"
    return ""


def _days_old(last_seen: int, ground: Ground) -> int:
    return ceil((from_micros(ground.moment) - from_micros(last_seen)) / DAY)


def _against_severing(obstacle: Obstacle, advice: Advice) -> tuple[Change, ...]:
    if obstacle.rule == "cannot_link":
        where = f"that is in the way ({obstacle.collided})" if obstacle.collided else "that is in the way"
        return (_taken_back(obstacle, where),)
    decision = must_link(*advice.asked, advice.ground)
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
    if "steward" in obstacle.reason:
        does = "marks" if obstacle.kind is ObstacleKind.SHARED else "blocks"
        return (_taken_back(obstacle, f"that {does} {key}{' as shared' if does == 'marks' else ''}"),)
    if obstacle.kind is ObstacleKind.SHARED:
        keep = Change(ChangeKind.DECISION, f"A steward decides that {key} keeps linking.")
        guard = _setting(_type(key), "shared_above")
        return keep, Change(ChangeKind.POLICY, f"The policy raises the guard in {guard} that it exceeds.", guard)
    if "policy" in obstacle.reason:
        setting = _setting(_type(key), "blocked")
        return (
            Change(ChangeKind.POLICY, f"The policy takes the pattern that matches {key} out of {setting}.", setting),
        )
    return ()


def _taken_back(obstacle: Obstacle, what: str) -> Change:
    which = named(obstacle.said) if obstacle.said is not None else "the decision"
    return Change(ChangeKind.DECISION, f"A steward takes back {which} {what}.")


def _policy(setting: str, value: str, more: str = "") -> Change:
    return Change(ChangeKind.POLICY, f"The policy sets {setting} = {value}{more}.", setting, value)


def _setting(kind: str, name: str) -> str:
    return f"identifiers.{kind}.{name}"


def _type(key: str) -> str:
    return Identifier.parse(key).type


def may_not_link(one: Standing) -> bool:
    """Whether an identifier is one that links nothing."""
    return one.status is not Status.LINKING
