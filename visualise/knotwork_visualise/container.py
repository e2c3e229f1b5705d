"""The scene in pyvis's container. Only its data are used: its own page is unsafe, and its physics take minutes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from knotwork_visualise.picture import Scene, SceneEdge, SceneNode

if TYPE_CHECKING:
    from pyvis.network import Network

DASHES: dict[str, list[int] | bool] = {"dashed": [6, 5], "dotted": [2, 5], "solid": False}
OPTIONS = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "tooltipDelay": 120, "zoomView": False, "keyboard": False, "multiselect": False},
    "edges": {"smooth": False, "arrows": {"to": {"enabled": False}}, "selectionWidth": 1.5},
    "nodes": {
        "font": {"size": 12, "strokeWidth": 4, "face": "system-ui, sans-serif"},
        "labelHighlightBold": False,
        "scaling": {"label": {"drawThreshold": 7}},  # below that nobody can read it: a telephone shows marks alone
    },
}


def network(scene: Scene) -> Network:
    """A pyvis network that holds the scene: directed (else parallel lines are lost), physics off, places given.

    It is filled directly, since ``add_edge`` compares each edge with every other.
    """
    from pyvis.network import Network

    made = Network(directed=True)
    made.nodes = [_node(node) for node in scene.nodes]
    made.edges = [_edge(edge) for edge in scene.edges]
    made.options = OPTIONS
    return made


def picture_data(scene: Scene) -> dict[str, Any]:
    """What the script draws: nodes, edges, options and the box that must be in sight."""
    nodes, edges, _, _, _, options = network(scene).get_network_data()
    return {"nodes": nodes, "edges": edges, "options": json.loads(options), "box": [round(side) for side in scene.box]}


def script_json(value: object) -> Markup:
    """``value`` as JSON that can stand in a ``script`` element: nothing in it can end the element or start another.

    >>> str(script_json("</script>"))
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that HTML gives a meaning was replaced just above


def _node(node: SceneNode) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": node.id,
        "label": node.label,
        "title": node.title,
        "shape": node.shape,
        "size": node.size,
        "color": node.colour,
        "x": node.x,
        "y": node.y,
    }
    if node.border != "none":
        made["border"] = node.border
    if node.ringed:
        made["ringed"] = True
    return made


def _edge(edge: SceneEdge) -> dict[str, Any]:
    made: dict[str, Any] = {
        "from": edge.a,
        "to": edge.b,
        "title": edge.title,
        "width": edge.width,
        "tone": edge.colour,
    }
    if DASHES[edge.style]:
        made["dashes"] = DASHES[edge.style]
    if edge.double:
        made["double"] = True
    return made
