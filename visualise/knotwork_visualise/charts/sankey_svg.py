"""The Sankey diagram as SVG; what drops off a node is a light stub at its lower end."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from knotwork_visualise.charts.sankey import COLUMN, NODE, TOP, PlacedNode, Ribbon, Sankey
from knotwork_visualise.charts.sheet import cut, empty
from knotwork_visualise.svg import Attribute, drawing, tag
from knotwork_visualise.words import words

STUB = 16.0


def sankey_svg(picture: Sankey, language: str = "en") -> Markup:
    """The picture; a short text where there is nothing to draw. Colours are those of ``picture.css``."""
    if not picture.nodes:
        return empty(language)
    parts = [
        *_head(picture),
        *map(_ribbon, picture.ribbons),
        *(part for one in picture.nodes for part in _node(one, language)),
    ]
    box = (0.0, 0.0, COLUMN * len(picture.columns), picture.low + 12)
    return drawing(*parts, box=box, label=words(language)["sankey"], class_="kw-chart")


def _head(picture: Sankey) -> Iterator[Markup]:
    for place, column in enumerate(picture.columns):
        yield tag("text", str(column), x=COLUMN * place, y=TOP - 14, class_="kw-soft")


def _ribbon(one: Ribbon) -> Markup:
    bend = (one.x1 + one.x2) / 2
    way = f"M{one.x1:.1f},{one.y1:.1f} C{bend:.1f},{one.y1:.1f} {bend:.1f},{one.y2:.1f} {one.x2:.1f},{one.y2:.1f}"
    said = f"{one.link.source} → {one.link.target}: {one.link.value:,}"
    look: dict[str, Attribute] = {
        "fill": "none",
        "stroke": "var(--kw-before)",
        "stroke_opacity": 0.55,
        "stroke_width": max(one.high, 0.6),
    }
    return tag("path", tag("title", said), d=way, **look)


def _node(one: PlacedNode, language: str) -> Iterator[Markup]:
    node = one.node
    if node.ends:
        high = max(0.8, one.high * node.ends / node.value)
        said = words(language)["sankey_ends"].format(name=node.name, count=f"{node.ends:,}")
        place = {"x": one.x + NODE, "y": one.y + one.high - high, "width": STUB, "height": high}
        yield tag("rect", tag("title", said), **place, fill="var(--kw-stitch)", fill_opacity=0.55)
    place = {"x": one.x, "y": one.y, "width": NODE, "height": one.high, "rx": 2}
    yield tag("rect", tag("title", f"{node.name}: {node.value:,}"), **place, fill="var(--kw-after)")
    if one.high >= 7:
        y = one.y + min(one.high / 2, 30) + 4
        yield tag("text", f"{cut(node.name, 92)} {node.value:,}", x=one.x + NODE + 5, y=y, class_="kw-over")
