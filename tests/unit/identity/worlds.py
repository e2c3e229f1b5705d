"""Small random worlds that reach the hard parts: several limits at once, contested hubs, equal weights, boundaries."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import strategies as st

from knotwork_graph.model import Decision, DecisionKind, GraphArrays, Pair
from knotwork_graph.policy import Policy
from tests.unit.identity.graphs import Seen, arranged, cannot, must, policy_of
from tests.unit.identity.graphs import said as word_on
from tests.unit.identity.reference import World, kind_of

TODAY = 60
TTL = 30
KINDS = ("user_id", "email", "phone", "cookie", "device")
KEYS = tuple(f"{kind}:{value}" for kind in KINDS for value in range(1, 5))
DAYS = st.sampled_from([0, 1, 29, 30, 31, 59, 60])  # a ttl of 30 days ends between 29 and 30
CONFLICTS = ("strongest", "newest", "oldest", "isolate")


@st.composite
def links(draw: st.DrawFn) -> dict[Pair, Seen]:
    """Some pairs of few identifiers; half of the worlds have a hub that most links meet."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=2, max_size=12, unique=True))
    pairs = draw(st.lists(st.sampled_from(list(combinations(sorted(keys), 2))), max_size=20, unique=True))
    if draw(st.booleans()):
        pairs += [tuple(sorted((keys[0], other))) for other in keys[1:]]
    return {Pair(*pair): draw(link(Pair(*pair))) for pair in sorted(set(pairs))}


def link(pair: Pair) -> st.SearchStrategy[Seen]:
    """A link whose evidence often equals another's."""
    count = st.sampled_from([1, 1, 1, 3, 7])
    days = st.tuples(DAYS, DAYS).map(sorted)
    parts = st.tuples(count, st.sampled_from([0, 0, 1, 3]), days)
    return parts.map(lambda p: Seen(pair.a, pair.b, p[0], min(p[0], p[1]), *p[2]))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy with several limits at once."""
    limits = st.sampled_from([None, 1, 1, 2, 3])
    rules = {
        kind: {
            "max_per_customer": draw(limits),
            "priority": draw(st.integers(1, 3)),
            "trust": draw(st.sampled_from([1.0, 1.0, 0.5])),
            "shared_above": draw(guards),
        }
        for kind in KINDS
    }
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True)):
        rules[kind]["ttl"] = TTL
    size = draw(st.sampled_from([None, None, 3, 5, 8]))
    half_life = draw(st.sampled_from([1, 30, 180]))
    return policy_of(rules, conflict=draw(st.sampled_from(CONFLICTS)), max_cluster_size=size, half_life=half_life)


guards = st.one_of(
    st.just({}),
    st.just({}),
    st.dictionaries(st.sampled_from([*KINDS, "trait:family_name"]), st.integers(1, 3), max_size=2),
)


@st.composite
def decisions(draw: st.DrawFn, keys: list[str]) -> tuple[Decision, ...]:
    """Links that must or must not be, in chains, and words on single identifiers."""
    pairs = list(combinations(keys, 2))
    found: list[Decision] = []
    if pairs:
        found += [must(*pair) for pair in draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True))]
        found += [cannot(*pair) for pair in draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True))]
        found += draw(chains(keys))
    single = st.sampled_from([DecisionKind.MARK_SHARED, DecisionKind.KEEP_LINKING, DecisionKind.BLOCK])
    words = draw(st.dictionaries(st.sampled_from(keys), single, max_size=2))
    return (*found, *(word_on(kind, key) for key, kind in sorted(words.items())))


@st.composite
def chains(draw: st.DrawFn, keys: list[str]) -> list[Decision]:
    """Sometimes a chain of identifiers each of which must not meet the next."""
    if not draw(st.booleans()):
        return []
    ends = draw(st.permutations(keys))[: draw(st.integers(2, 4))]
    return [cannot(a, b) for a, b in pairwise(ends)]


@st.composite
def worlds(draw: st.DrawFn, decided: bool = True) -> World:
    """A world with decisions, or without any."""
    seen = draw(links())
    alone = draw(st.lists(st.sampled_from(KEYS), max_size=2))
    keys = sorted({key for pair in seen for key in (pair.a, pair.b)} | set(alone)) or [KEYS[0]]
    names = draw(st.dictionaries(st.sampled_from(keys), st.integers(1, 4), max_size=4))
    words = draw(decisions(keys)) if decided else ()
    return World(seen, frozenset(keys), draw(policies()), words, TODAY, {"family_name": names})


def graph_in(draw: st.DrawFn, world: World) -> GraphArrays:
    """The graph of a world, its identifiers, its edges, and the ends of each edge in any order."""
    keys, edges = draw(st.permutations(sorted(world.keys))), draw(st.permutations(list(world.links.values())))
    turned = draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
    ends = [
        Seen(e.b, e.a, e.count, e.vouched, e.first, e.last) if turn else e
        for e, turn in zip(edges, turned, strict=True)
    ]
    return arranged(list(keys), ends)


def limit_breakers(world: World, customer: frozenset[str]) -> list[str]:
    """The types of which a customer holds more than the policy allows."""
    kinds = {kind_of(key): [one for one in customer if kind_of(one) == kind_of(key)] for key in customer}
    return [kind for kind, held in kinds.items() if (limit := world.limit(held[0])) and len(held) > limit]
