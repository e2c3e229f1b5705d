"""What an identifier was seen with, in words."""

from __future__ import annotations

from collections.abc import Iterator

from knotwork_resolvers.explain.answers import Neighbours
from knotwork_resolvers.explain.wording.lines import block, closing, evidence, folded


def neighbours_text(found: Neighbours) -> str:
    """The links of one identifier, each with its evidence."""
    return block(_lines(found))


def _lines(found: Neighbours) -> Iterator[str]:
    if not found.links:
        yield "  nothing: it always came alone"
    for number, link in enumerate(found.links, 1):
        yield from folded(link.b, f"  {number}. ", "     ")
        yield from folded(evidence(link), "     ")
    yield from closing(found.left_out, ())
