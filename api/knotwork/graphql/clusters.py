"""The graph of one customer as parallel arrays: ten times cheaper than an object for each mark and line."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import strawberry

from knotwork.graphql.context import Context
from knotwork_graph.model import ClusterView

SLICE_MOST = 1_000
Slice = Annotated[
    int, strawberry.argument(description="How many identifiers, those with most links first; at most 1000.")
]


@strawberry.type(
    name="ClusterSlice",
    description="A customer's identifiers and the links between them. Links name identifiers by their place in `keys`.",
)
class ClusterSlice:
    """Arrays of one length each for nodes and for edges."""

    keys: list[str] = strawberry.field(description="The identifiers, masked as your role demands.")
    hashes: list[str] = strawberry.field(description="What stands for each identifier where it is masked.")
    types: list[str] = strawberry.field(description="The type of each identifier.")
    statuses: list[str] = strawberry.field(description="linking, shared, blocked or invalid, for each identifier.")
    own: list[bool] = strawberry.field(description="Whether each is this customer's; others are ends of severed links.")
    froms: list[int] = strawberry.field(description="One end of each link, as a place in `keys`.")
    tos: list[int] = strawberry.field(description="The other end of each link.")
    counts: list[int] = strawberry.field(description="How often the ends of each link were seen together.")
    vouched: list[int] = strawberry.field(description="How many of these the sources vouch for.")
    kinds: list[str] = strawberry.field(description="linking, expired, idle, severed or decided, for each link.")
    details: list[str] = strawberry.field(description="Why each link is cut or idle, masked; empty for others.")
    hidden_identifiers: int = strawberry.field(description="How many identifiers did not fit.")
    hidden_links: int = strawberry.field(description="How many links did not fit, or lead to what did not.")


def slice_of(view: ClusterView, most: int, context: Context) -> ClusterSlice:
    """The ``most`` identifiers with most links, and the links between them; O(identifiers + links)."""
    own = {one.key: one for one in view.identifiers}
    links = Counter(end for edge in view.edges for end in (edge.a, edge.b))
    every = sorted({*own, *links}, key=lambda key: (key not in own, -links[key], key))
    kept = every[:most]
    place = {key: number for number, key in enumerate(kept)}
    edges = [edge for edge in view.edges if edge.a in place and edge.b in place]
    mask = context.mask
    return ClusterSlice(
        keys=[mask.key(key) for key in kept],
        hashes=[context.join_hash(key) for key in kept],
        types=[key.partition(":")[0] for key in kept],
        statuses=[own[key].status.value if key in own else "" for key in kept],
        own=[key in own for key in kept],
        froms=[place[edge.a] for edge in edges],
        tos=[place[edge.b] for edge in edges],
        counts=[edge.count for edge in edges],
        vouched=[edge.vouched for edge in edges],
        kinds=[edge.kind for edge in edges],
        details=[mask.text(edge.detail) for edge in edges],
        hidden_identifiers=len(every) - len(kept),
        hidden_links=len(view.edges) - len(edges),
    )
