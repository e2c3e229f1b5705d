"""A Sankey diagram laid out: columns of nodes as high as what flows through them, and the ribbons between. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

HEIGHT = 420.0
GAP = 9.0
COLUMN = 168.0
NODE = 12.0
TOP = 30.0
MOST = 7


@dataclass(frozen=True, slots=True)
class FlowNode:
    """What comes to a name in a column, and how much of it ends there."""

    column: int
    name: str
    value: int
    ends: int = 0


@dataclass(frozen=True, slots=True)
class FlowLink:
    """What flows from a name in a column to one in the next."""

    column: int
    source: str
    target: str
    value: int


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its left upper corner and its height."""

    node: FlowNode
    x: float
    y: float
    high: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A link as a band of height ``high`` from (x1, y1) to (x2, y2), which are the middles of its ends."""

    link: FlowLink
    x1: float
    y1: float
    x2: float
    y2: float
    high: float


@dataclass(frozen=True, slots=True)
class Sankey:
    """Everything placed; ``columns`` are the numbers above them, ``low`` is where the lowest node ends."""

    nodes: tuple[PlacedNode, ...]
    ribbons: tuple[Ribbon, ...]
    columns: tuple[int, ...]
    low: float


def sankey(nodes: tuple[FlowNode, ...], links: tuple[FlowLink, ...], other: str, most: int = MOST) -> Sankey:
    """The layout, the largest node of a column on top; beyond ``most`` names in one, the rest is called ``other``."""
    nodes, links = folded(nodes, links, other, most)
    columns = tuple(sorted({node.column for node in nodes}))
    total = max((sum(node.value for node in nodes if node.column == column) for column in columns), default=0)
    scale = (HEIGHT - GAP * most) / total if total else 0.0
    placed = _placed(nodes, columns, scale)
    low = max((one.y + one.high for one in placed.values()), default=TOP)
    return Sankey(tuple(placed.values()), _ribbons(links, placed, scale), columns, low)


def folded(
    nodes: tuple[FlowNode, ...], links: tuple[FlowLink, ...], other: str, most: int
) -> tuple[tuple[FlowNode, ...], tuple[FlowLink, ...]]:
    """Nodes and links with the rarest names of each column put together; links to nowhere are left out."""
    kept = _kept(nodes, most)
    held: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for node in nodes:
        name = node.name if (node.column, node.name) in kept else other
        held[node.column, name][0] += node.value
        held[node.column, name][1] += node.ends
    flows: dict[tuple[int, str, str], int] = defaultdict(int)
    for link in links:
        source = link.source if (link.column, link.source) in kept else other
        target = link.target if (link.column + 1, link.target) in kept else other
        if (link.column, source) in held and (link.column + 1, target) in held:
            flows[link.column, source, target] += link.value
    return (
        tuple(FlowNode(*key, *values) for key, values in held.items()),
        tuple(FlowLink(*key, value) for key, value in flows.items()),
    )


def _kept(nodes: tuple[FlowNode, ...], most: int) -> set[tuple[int, str]]:
    columns: dict[int, list[FlowNode]] = defaultdict(list)
    for node in nodes:
        columns[node.column].append(node)
    return {
        (column, node.name)
        for column, held in columns.items()
        for node in sorted(held, key=lambda one: (-one.value, one.name))[: most if len(held) <= most else most - 1]
    }


def _placed(nodes: tuple[FlowNode, ...], columns: tuple[int, ...], scale: float) -> dict[tuple[int, str], PlacedNode]:
    """Each node where it stands, column by column from above."""
    placed: dict[tuple[int, str], PlacedNode] = {}
    for place, column in enumerate(columns):
        y = TOP
        for node in sorted((one for one in nodes if one.column == column), key=lambda one: (-one.value, one.name)):
            high = max(1.0, node.value * scale)
            placed[column, node.name] = PlacedNode(node, COLUMN * place, y, high)
            y += high + GAP
    return placed


def _ribbons(
    links: tuple[FlowLink, ...], placed: dict[tuple[int, str], PlacedNode], scale: float
) -> tuple[Ribbon, ...]:
    """The bands, ordered at both ends as the nodes they come from and lead to."""
    leaves: dict[tuple[int, str], float] = defaultdict(float)
    comes: dict[tuple[int, str], float] = defaultdict(float)
    ribbons = []
    for link in sorted(links, key=lambda one: (placed[one.column, one.source].y, placed[one.column + 1, one.target].y)):
        source, target = placed[link.column, link.source], placed[link.column + 1, link.target]
        high, begin, end = link.value * scale, (link.column, link.source), (link.column + 1, link.target)
        y1, y2 = source.y + leaves[begin] + high / 2, target.y + comes[end] + high / 2
        leaves[begin] += high
        comes[end] += high
        ribbons.append(Ribbon(link, source.x + NODE, y1, target.x, y2, high))
    return tuple(ribbons)
