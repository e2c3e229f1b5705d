"""What each edge of a customer does today: link, or not, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from knotwork_graph.model import EdgeView, Identifier, IdentifierView, from_micros
from knotwork_graph.policy import Policy


def edges_told(
    edges: Iterable[EdgeView], held: Collection[IdentifierView], policy: Policy, as_of: int
) -> tuple[EdgeView, ...]:
    """The ``edges`` of the customer who holds ``held``, those that link nothing with the kind that says why.

    ``as_of`` is the moment of the run in microseconds. An edge that was severed stays so.
    """
    inside = {one.key for one in held}
    return tuple(replace(edge, kind=_kind(edge, inside, policy, as_of)) for edge in edges)


def _kind(edge: EdgeView, inside: Collection[str], policy: Policy, as_of: int) -> str:
    if edge.kind != "linking":
        return edge.kind
    ttls = [policy.rule(Identifier.parse(end).type).ttl for end in (edge.a, edge.b)]
    known = [ttl for ttl in ttls if ttl is not None]
    if known and as_of and from_micros(as_of) - edge.last_seen > min(known):
        return "expired"
    return "linking" if edge.a in inside and edge.b in inside else "idle"
