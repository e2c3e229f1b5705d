"""A cluster as a scene: pure, and the same for the same cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knotwork_graph.model import EdgeView, IdentifierView
from knotwork_visualise.folding import fold
from knotwork_visualise.layout import layout
from knotwork_visualise.legend import legend
from knotwork_visualise.lines import line_box, lines
from knotwork_visualise.marks import Mark, insiders, outsiders
from knotwork_visualise.picture import Scene, SceneNode
from knotwork_visualise.plan import plan
from knotwork_visualise.structure import structure

LIMIT = 300
HOLDING = frozenset({"linking", "decided", "matched"})


def scene(
    identifiers: Sequence[IdentifierView],
    edges: Sequence[EdgeView],
    *,
    labels: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    language: str = "en",
) -> Scene:
    """The placed picture of one customer's identifiers and edges.

    ``labels`` gives the text that may be shown for a key (masked, if need be); without one the value is shown.
    Keys themselves never enter the scene. Above ``limit`` identifiers, hub leaves and then communities share a mark.
    An end that is no identifier of this customer is drawn hollow: it is another customer's, or shared.
    """
    planned = plan(identifiers, edges, labels or {}, language)
    folds = fold([view.type for view in identifiers], planned.inside_links(), limit)
    found = structure(len(identifiers), planned.inside_links(HOLDING))
    marks = [*insiders(planned, folds, found), *outsiders(planned, first=len(folds))]
    drawn_lines = lines(planned, marks, found)
    nodes = _placed(marks, line_box(drawn_lines))
    alone = sum(1 for each in folds if len(each.members) == 1)
    kept = sum(line.edges for line in drawn_lines if line.edges == 1)
    return Scene(
        nodes=nodes,
        edges=drawn_lines,
        legend=legend(nodes, drawn_lines, language),
        identifiers_drawn=alone,
        identifiers_hidden=len(identifiers) - alone,
        edges_drawn=kept,
        edges_hidden=len(edges) - kept,
        language=language,
    )


def _placed(marks: Sequence[Mark], links: Sequence[tuple[int, int]]) -> tuple[SceneNode, ...]:
    places = layout(len(marks), links, [mark.box for mark in marks])
    return tuple(mark.node(*place) for mark, place in zip(marks, places, strict=True))
