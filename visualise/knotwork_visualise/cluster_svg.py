"""A scene as SVG: for print, for pages without scripts, and before the script has drawn."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from knotwork_visualise.picture import LegendEntry, Scene, SceneEdge, SceneNode
from knotwork_visualise.svg import drawing, mark, tag
from knotwork_visualise.words import words

DASHES = {"dashed": "6 5", "dotted": "2 5", "solid": None}


def cluster_svg(scene: Scene) -> Markup:
    """The picture as one ``svg`` element; colours of lines come from the page's style sheet."""
    places = {node.id: (node.x, node.y) for node in scene.nodes}
    lines = Markup("").join(part for edge in scene.edges for part in _line(edge, *places[edge.a], *places[edge.b]))
    nodes = Markup("").join(part for node in scene.nodes for part in _node(node))
    label = words(scene.language)["picture"]
    return drawing(lines, nodes, box=scene.box, label=label, class_="kw-svg")


def legend_svg(entry: LegendEntry) -> Markup:
    """The little mark before a line of the legend; hidden from screen readers, as the text beside it says it all."""
    if entry.shape == "ring":
        inside = [tag("circle", cx=8, cy=8, r=5, fill="none", stroke=f"var(--kw-{entry.colour})", stroke_width=2)]
    elif entry.shape:
        inside = [mark(entry.shape, 8.0, 8.0, 5.5, fill=entry.colour)]
    else:
        edge = SceneEdge("", "", "", "", 2.0, entry.style, entry.colour, double=entry.double)
        inside = list(_line(edge, 0.0, 8.0, 16.0, 8.0))
    return tag("svg", *inside, viewBox="0 0 16 16", width=14, height=14, aria_hidden="true", class_="kw-key")


def _line(edge: SceneEdge, x1: float, y1: float, x2: float, y2: float) -> Iterator[Markup]:
    place = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    stroke, width = f"var(--kw-{edge.colour})", edge.width + (2.4 if edge.double else 0.0)
    yield tag("line", **place, stroke=stroke, stroke_width=width, stroke_dasharray=DASHES[edge.style])
    if edge.double:
        yield tag("line", **place, stroke="var(--kw-paper)", stroke_width=max(1.4, edge.width * 0.6))


def _node(node: SceneNode) -> Iterator[Markup]:
    if node.ringed:
        yield tag(
            "circle", cx=node.x, cy=node.y, r=node.size + 5, fill="none", stroke="var(--kw-bridge)", stroke_width=1.5
        )
    bordered = node.border != "none"
    yield mark(
        node.shape,
        node.x,
        node.y,
        node.size,
        fill=node.colour,
        fill_opacity=0.35 if node.kind == "outside" else None,
        stroke=f"var(--kw-{node.border})" if bordered else None,
        stroke_width=3 if bordered else None,
        stroke_dasharray="3 3" if node.border == "outside" else None,
    )
    if node.label:
        yield tag("text", node.label, x=node.x, y=node.y + node.size + 14, text_anchor="middle", class_="kw-label")
