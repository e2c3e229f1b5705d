"""The scene as values: everything a renderer needs, and nothing that it must look up.

Colours of lines and borders are names (``edge``, ``severed``, ...) that the style sheet gives for light and dark paper.
Nothing in a scene is an identifier's key: nodes have numbers, and labels are what the caller allows to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SceneNode:
    """One mark. ``kind`` is identifier, outside (another's, or shared) or folded (stands for ``count`` identifiers).

    ``name`` is what tables call it; ``label`` is the same, or empty where the picture has no room for it.
    """

    id: str
    kind: str
    type: str
    name: str
    label: str
    title: str
    shape: str
    colour: str
    size: float
    border: str
    x: float
    y: float
    status: str = ""
    reason: str = ""
    events: int = 0
    count: int = 1
    articulation: bool = False
    ringed: bool = False


@dataclass(frozen=True, slots=True)
class SceneEdge:
    """One line between two nodes. ``double`` says vouched; ``bridge`` that nothing else joins its two sides."""

    a: str
    b: str
    kind: str
    title: str
    width: float
    style: str
    colour: str
    double: bool = False
    bridge: bool = False
    count: int = 1
    vouched: int = 0
    edges: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend: a node's look, or a line's style when ``shape`` is empty."""

    text: str
    colour: str
    shape: str = ""
    style: str = ""
    double: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A placed cluster. Drawn + hidden = all, for identifiers and for edges."""

    nodes: tuple[SceneNode, ...]
    edges: tuple[SceneEdge, ...]
    legend: tuple[LegendEntry, ...]
    identifiers_drawn: int
    identifiers_hidden: int
    edges_drawn: int
    edges_hidden: int
    language: str = "en"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of everything drawn, labels included, in scene units."""
        if not self.nodes:
            return (0.0, 0.0, 1.0, 1.0)
        reach = [(max(node.size, 3.7 * len(node.label)) + 6, node) for node in self.nodes]
        return (
            min(node.x - wide for wide, node in reach),
            min(node.y - node.size for node in self.nodes) - 8,
            max(node.x + wide for wide, node in reach),
            max(node.y + node.size for node in self.nodes) + 24,
        )
