"""What each kind of identifier and edge looks like: colours safe for colour-blind people, and a shape as well."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Look:
    """A colour (hex), a shape that vis-network knows, and half the size in pixels."""

    colour: str
    shape: str
    size: int


LOOKS = {
    "email": Look("#0072B2", "dot", 11),
    "phone": Look("#009E73", "square", 10),
    "user_id": Look("#D55E00", "hexagon", 12),
    "loyalty_card": Look("#B8860B", "triangle", 10),
    "device": Look("#CC79A7", "diamond", 11),
    "cookie": Look("#8A8F98", "dot", 6),
    "advertising_id": Look("#56B4E9", "triangleDown", 9),
    "order_number": Look("#8A8F98", "square", 6),
    "zalo_id": Look("#56B4E9", "star", 11),
}
# Okabe and Ito's colours for types that nobody named; black would vanish on a dark page
SPARE_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00")
SPARE_SHAPES = ("diamond", "triangleDown", "star", "square")
FOLDED = Look("#5D6470", "dot", 18)


def look(kind: str) -> Look:
    """The look of an identifier type; one that nobody named gets the same look on every machine and in every run.

    >>> look("email").shape
    'dot'
    """
    known = LOOKS.get(kind)
    if known is not None:
        return known
    number = int.from_bytes(sha256(kind.encode()).digest()[:4], "big")
    return Look(SPARE_COLOURS[number % len(SPARE_COLOURS)], SPARE_SHAPES[number % len(SPARE_SHAPES)], 9)


LINE_STYLES = {
    "linking": "solid",
    "idle": "solid",
    "decided": "solid",
    "matched": "dashed",
    "expired": "dashed",
    "severed": "dotted",
}
LINE_COLOURS = {
    "linking": "edge",
    "decided": "decided",
    "matched": "decided",
    "expired": "faint",
    "idle": "faint",
    "severed": "severed",
}
BORDERS = {"shared": "shared", "blocked": "blocked", "invalid": "blocked"}
