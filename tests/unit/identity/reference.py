"""The rules of resolution once more, slow and plain, to compare the fast code with.

Everything is a set of keys or a dictionary by pair; a rule is checked by looking at all members each time. Only the
formula of a link's weight is written the same way (log2 of the evidence plus ``last_seen / half_life``), for two
formulas that are equal on paper may round differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import log2

from knotwork_graph.model import Decision, DecisionKind, Identifier, Pair
from knotwork_graph.policy import TRAIT, Policy
from tests.unit.identity.graphs import DAY, Seen

Keys = frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The customers, the rule by which each pair was cut, and the identifiers that are shared."""

    customers: frozenset[Keys]
    severed: Mapping[Pair, str]
    shared: Keys


@dataclass(frozen=True, slots=True)
class World:
    """What a resolution looks at: links by pair, all usable identifiers, policy, decisions, day, trait counts."""

    links: Mapping[Pair, Seen]
    keys: Keys
    policy: Policy
    decisions: tuple[Decision, ...] = ()
    day: int = 0
    traits: Mapping[str, Mapping[str, int]] | None = None

    def limit(self, key: str) -> int | None:
        """The most values of the type of ``key`` that one customer may hold."""
        return self.policy.rule(kind_of(key)).max_per_customer

    def pairs(self, kind: DecisionKind) -> set[Pair]:
        """The pairs that stewards said this of, where both are known."""
        return {Pair(d.a, d.b) for d in self.decisions if d.kind is kind and d.b and {d.a, d.b} <= self.keys}

    def words(self, kind: DecisionKind) -> set[str]:
        """The single identifiers that stewards said this of."""
        return {d.a for d in self.decisions if d.kind is kind}


def kind_of(key: str) -> str:
    """The type of an identifier."""
    return Identifier.parse(key).type


def answer(world: World) -> Answer:
    """The customers of a world."""
    live = {pair for pair, link in world.links.items() if not expired(world, pair, link)}
    shared = shared_in(world, live)
    out = shared | world.words(DecisionKind.BLOCK)
    forbidden = world.pairs(DecisionKind.CANNOT_LINK)
    linking = {pair for pair in live if not {pair.a, pair.b} & out} - forbidden
    musts = world.pairs(DecisionKind.MUST_LINK)
    members = (world.keys - out) | {key for pair in musts for key in (pair.a, pair.b)}
    customers: set[Keys] = set()
    severed: dict[Pair, str] = {}
    for cluster in clusters_of(members, linking | musts):
        if not breaks(world, cluster):
            customers.add(cluster)
            continue
        found, cut = settle(world, cluster, {pair for pair in linking if pair.a in cluster})
        customers |= found
        severed |= cut
    return Answer(frozenset(customers), severed, frozenset(shared))


def expired(world: World, pair: Pair, link: Seen) -> bool:
    """Whether a link was not seen for longer than the shorter ttl of its types."""
    ttls = [ttl for key in (pair.a, pair.b) if (ttl := world.policy.rule(kind_of(key)).ttl) is not None]
    return bool(ttls) and (world.day - link.last) * DAY > min(ttls).total_seconds() * 1_000_000


def shared_in(world: World, live: Iterable[Pair]) -> set[str]:
    """The identifiers that too many others use, after the stewards' word."""
    near: dict[str, set[str]] = {key: set() for key in world.keys}
    for pair in live:
        near[pair.a].add(pair.b)
        near[pair.b].add(pair.a)
    found = {key for key in world.keys if any_guard(world, key, near[key])}
    said = world.words(DecisionKind.MARK_SHARED) & world.keys
    return (found - world.words(DecisionKind.KEEP_LINKING)) | said


def any_guard(world: World, key: str, near: set[str]) -> bool:
    """Whether one of the guards of this type is exceeded."""
    for counted, most in world.policy.rule(kind_of(key)).shared_above.items():
        if counted.startswith(TRAIT):
            count = (world.traits or {}).get(counted.removeprefix(TRAIT), {}).get(key, 0)
        else:
            count = sum(kind_of(other) == counted for other in near)
        if count > most:
            return True
    return False


def clusters_of(members: Iterable[str], links: Iterable[Pair]) -> list[Keys]:
    """The connected components, by walking."""
    near: dict[str, set[str]] = {key: set() for key in members}
    for pair in links:
        near[pair.a].add(pair.b)
        near[pair.b].add(pair.a)
    left, found = set(near), []
    while left:
        walk = [left.pop()]
        seen = set(walk)
        while walk:
            new = near[walk.pop()] - seen
            seen |= new
            walk += new
        left -= seen
        found.append(frozenset(seen))
    return found


def breaks(world: World, cluster: Keys) -> bool:
    """Whether a cluster holds more than the policy allows, or two that must not meet."""
    size = world.policy.max_cluster_size
    if size is not None and len(cluster) > size:
        return True
    if any(limit is not None and of_kind(cluster, key) > limit for key in cluster if (limit := world.limit(key))):
        return True
    return any({pair.a, pair.b} <= cluster for pair in world.pairs(DecisionKind.CANNOT_LINK))


def of_kind(keys: Keys, like: str) -> int:
    """How many of ``keys`` are of the type that ``like`` is of."""
    return sum(kind_of(key) == kind_of(like) for key in keys)


def settle(world: World, cluster: Keys, links: set[Pair]) -> tuple[set[Keys], dict[Pair, str]]:
    """The customers that a cluster falls into, and the links that were cut."""
    musts = {pair for pair in world.pairs(DecisionKind.MUST_LINK) if pair.a in cluster}
    customers = set(clusters_of(cluster, musts))
    refused: dict[Pair, str] = {}
    for pair in sorted(links, key=order(world, links)):
        left, right = (next(c for c in customers if end in c) for end in (pair.a, pair.b))
        if left == right:
            continue
        rule = why_not(world, left, right)
        if rule:
            refused[pair] = rule
        else:
            customers = (customers - {left, right}) | {left | right}
    cut = {pair: rule for pair, rule in refused.items() if not any({pair.a, pair.b} <= c for c in customers)}
    if world.policy.conflict != "isolate":
        return customers, cut
    alone = {key for pair in cut for key in (pair.a, pair.b) if world.limit(key) != 1}
    cut |= {pair: "isolate" for pair in links - set(cut) if {pair.a, pair.b} & alone}
    kept = {pair for pair in links - set(cut) if any({pair.a, pair.b} <= c for c in customers)}
    return set(clusters_of(cluster, kept | musts)), cut


def why_not(world: World, left: Keys, right: Keys) -> str:
    """The rule that two customers as one would break; nothing where they may be one."""
    size = world.policy.max_cluster_size
    if size is not None and len(left) + len(right) > size:
        return "max_cluster_size"
    both = left | right
    rich = {
        kind_of(key)
        for key in both
        if (limit := world.limit(key)) and of_kind(both, key) > max(limit, of_kind(left, key), of_kind(right, key))
    }
    if rich:
        return "max_per_customer"
    met = any({pair.a, pair.b} <= both for pair in world.pairs(DecisionKind.CANNOT_LINK))
    return "cannot_link" if met else ""


def order(world: World, links: set[Pair]) -> Callable[[Pair], tuple[float | int | str, ...]]:
    """What to sort the links of a cluster by."""
    newest = max((world.links[pair].last for pair in links), default=0)

    def by_age(pair: Pair) -> tuple[float | int | str, ...]:
        return world.links[pair].first, priorities(world, pair), pair.a, pair.b

    def by_news(pair: Pair) -> tuple[float | int | str, ...]:
        last = world.links[pair].last
        return last != newest, priorities(world, pair), -last, pair.a, pair.b

    def by_weight(pair: Pair) -> tuple[float | int | str, ...]:
        return -weight(world, pair), -world.links[pair].last, pair.a, pair.b

    return {"oldest": by_age, "newest": by_news}.get(world.policy.conflict, by_weight)


def priorities(world: World, pair: Pair) -> int:
    """The priorities of both types together."""
    return sum(world.policy.rule(kind_of(key)).priority for key in (pair.a, pair.b))


def weight(world: World, pair: Pair) -> float:
    """log2 of the evidence of a link, as of no particular moment."""
    link = world.links[pair]
    trust = world.policy.rule(kind_of(pair.a)).trust * world.policy.rule(kind_of(pair.b)).trust
    evidence = log2(1 + link.count) + 2 * log2(1 + link.vouched)
    return log2(trust * evidence) + link.last * DAY / (world.policy.half_life.total_seconds() * 1_000_000)


@dataclass(frozen=True, slots=True)
class Event:
    """An event: its day, the identifiers it bears, and the types that its source vouches for."""

    day: int
    keys: Keys
    vouched: frozenset[str] = frozenset()


def links_of(events: Iterable[Event], policy: Policy) -> dict[Pair, Seen]:
    """The links that events make; an event with too many identifiers, or two of a type limited to one, makes none."""
    links: dict[Pair, Seen] = {}
    for event in events:
        crowd = len(event.keys) > 20 or any(
            policy.rule(kind_of(key)).max_per_customer == 1 and of_kind(event.keys, key) > 1 for key in event.keys
        )
        for a, b in () if crowd else combinations(sorted(event.keys), 2):
            pair, vouched = Pair(a, b), int(bool({kind_of(a), kind_of(b)} & event.vouched))
            old = links.get(pair, Seen(pair.a, pair.b, 0, 0, event.day, event.day))
            first, last = min(old.first, event.day), max(old.last, event.day)
            links[pair] = Seen(pair.a, pair.b, old.count + 1, old.vouched + vouched, first, last)
    return links
