"""``why``: what holds two identifiers in one customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from knotwork_graph.model import Identifier, Status, from_micros
from knotwork_graph.ports import GraphReader, Standing, Surroundings
from knotwork_resolvers.explain.answers import Asked, Link, Path, SampleEvent, Why
from knotwork_resolvers.explain.gathering import MOST_EDGES, customer_around
from knotwork_resolvers.explain.ground import Ground
from knotwork_resolvers.explain.paths import Nodes, strongest_ways, weakest
from knotwork_resolvers.explain.separating import Cuts, cuts_between
from knotwork_resolvers.explain.ties import Judged, decided_ties, finite, guessed_ties, judged, link_of

PATHS = 3
EFFORT = 400_000
"""Links looked at in search of further paths: about half a second."""

Sampler = Callable[[Sequence[Link], frozenset[str]], Sequence[tuple[SampleEvent, ...]]]
"""Gives each of some links its sample events; it is told the usable keys that are known."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a question: what was asked, and where the identifier stands that it means."""

    asked: Asked
    standing: Standing


def why(store: GraphReader, ground: Ground, a: Side, b: Side, sampler: Sampler, *, most: int = MOST_EDGES) -> Why:
    """Why ``a`` and ``b`` are one customer: its strongest paths between them, and what separates them.

    The strongest path is the one whose weakest link weighs most (the evidence weight that settles conflicts); of
    several the one of fewest links. At most ``most`` edges are read: of a larger customer the paths are the best
    among those, and nothing is said of what separates.
    """
    answer = Why(a.asked, b.asked, False, ground.run, from_micros(ground.moment))
    if not a.standing.customer or a.standing.customer != b.standing.customer:
        return answer
    around = customer_around(store, a.standing, b.standing, most)
    ties = judged(around, ground)
    standings = with_decided(store, around, ground, (a.standing, b.standing))
    ties = (*ties, *decided_ties(standings, ground, ties))
    ties = (*ties, *guessed_ties(standings, ground, ties))
    joining = [one for one in ties if one.joins and one.a.customer == a.standing.customer]
    found = explained(answer, joining, around_whole=around.whole, most=most)
    links = list({ends_of(link): link for path in found.paths for link in path.links}.values())
    known = frozenset(one.key for one in around.ends.values() if one.status is Status.LINKING)
    return with_samples(found, dict(zip(map(ends_of, links), sampler(links, known), strict=True)))


def with_decided(
    store: GraphReader, around: Surroundings, ground: Ground, asked: Iterable[Standing]
) -> tuple[Standing, ...]:
    """The ends of the edges that were read, the ``asked`` ones, and what must-links and matched pairs tie to these.

    An identifier that was never seen with another is on no edge. O(such links of the customer) look-ups.
    """
    found = {one.key: one for one in (*around.ends.values(), *asked)}
    ring = list(found)
    tied: dict[str, list[str]] = {}
    for pair in ground.must:
        tied.setdefault(pair.a, []).append(pair.b)
        tied.setdefault(pair.b, []).append(pair.a)
    while ring:
        guessed = [key for one in ground.guesses(ring) for key in (one.a, one.b)]
        met = {key for here in ring for key in tied.get(here, ())} | {*guessed}
        standings = [store.standing(Identifier.parse(key)) for key in sorted(met - found.keys())]
        ring = [one.key for one in standings if one is not None]
        found |= {one.key: one for one in standings if one is not None}
    return tuple(found.values())


def explained(answer: Why, joining: Sequence[Judged], *, around_whole: bool, most: int) -> Why:
    """``answer`` with the paths and cuts in the network of ``joining`` edges, without samples."""
    network, by_pair = network_of(joining), {frozenset((one.a.key, one.b.key)): one for one in joining}
    ways = strongest_ways(network, answer.a.key, answer.b.key, most=PATHS, effort=EFFORT) if network else None
    cuts = cuts_between(network, answer.a.key, answer.b.key) if around_whole else Cuts((), ())
    left_out = () if around_whole else (f"the customer has more than {most:,} edges; what lies between was read alone",)
    if ways is not None and not ways.whole:
        left_out = (*left_out, "further paths: the customer is too dense to search them all")
    paths = tuple(_path(way, by_pair, cuts, weakest(network, way)) for way in (ways.ways if ways else ()))
    return replace(
        answer,
        together=True,
        identifiers=len(network),
        links=len(joining),
        paths=paths,
        cut_identifiers=cuts.nodes,
        cut_links=cuts.links,
        left_out=left_out,
    )


def network_of(joining: Iterable[Judged]) -> dict[str, dict[str, float]]:
    """The edges as a network of keys, both directions."""
    network: dict[str, dict[str, float]] = {}
    for one in joining:
        network.setdefault(one.a.key, {})[one.b.key] = one.weight
        network.setdefault(one.b.key, {})[one.a.key] = one.weight
    return network


def moments_of(links: Iterable[Link]) -> frozenset[datetime]:
    """When the first and the last event of each link were."""
    return frozenset(moment for link in links for moment in (link.first_seen, link.last_seen) if moment is not None)


def ends_of(link: Link) -> frozenset[str]:
    """Both keys of a link, whatever its direction."""
    return frozenset((link.a, link.b))


def with_samples(answer: Why, found: dict[frozenset[str], tuple[SampleEvent, ...]]) -> Why:
    """``answer`` with the sample events of each link of its paths."""
    paths = tuple(
        replace(path, links=tuple(replace(link, samples=found[ends_of(link)]) for link in path.links))
        for path in answer.paths
    )
    return replace(answer, paths=paths)


def _path(way: Nodes, by_pair: dict[frozenset[str], Judged], cuts: Cuts, weight: float) -> Path:
    bridges = {frozenset(pair) for pair in cuts.links}
    links = []
    for a, b in pairwise(way):
        pair = frozenset((a, b))
        links.append(replace(link_of(by_pair[pair], a), bridge=pair in bridges))
    return Path(way, tuple(links), finite(weight))
