"""Lines between marks: one for each edge, or one for all edges of a kind where marks stand for several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import log2

from knotwork_graph.model import EdgeView
from knotwork_visualise.looks import LINE_COLOURS, LINE_STYLES
from knotwork_visualise.marks import Mark, span
from knotwork_visualise.picture import SceneEdge
from knotwork_visualise.plan import NumberedEdge, Plan
from knotwork_visualise.structure import Structure
from knotwork_visualise.words import counted, words

THICKEST = 5.0


def lines(plan: Plan, marks: Sequence[Mark], found: Structure) -> tuple[SceneEdge, ...]:
    """The lines to draw, those that must not be covered last. Edges inside a folded mark have none."""
    mark_of = {number: place for place, mark in enumerate(marks) for number in mark.members}
    groups: dict[tuple[int, int, str], list[NumberedEdge]] = defaultdict(list)
    for edge in plan.edges:
        a, b = sorted((mark_of[edge.a], mark_of[edge.b]))
        if a != b:
            groups[(a, b, edge.view.kind)].append(edge)
    made = [_line(plan, ends, edges, found) for ends, edges in groups.items()]
    return tuple(sorted(made, key=lambda line: (line.kind == "severed", line.bridge, _place(line.a), _place(line.b))))


def line_box(drawn: Sequence[SceneEdge]) -> list[tuple[int, int]]:
    """The ends of lines as positions of their marks."""
    return [(_place(line.a), _place(line.b)) for line in drawn]


def _place(name: str) -> int:
    return int(name[1:])


def _line(plan: Plan, ends: tuple[int, int, str], edges: Sequence[NumberedEdge], found: Structure) -> SceneEdge:
    a, b, kind = ends
    count = sum(edge.view.count for edge in edges)
    vouched = sum(edge.view.vouched for edge in edges)
    single = edges[0].view if len(edges) == 1 else None
    pair = (min(edges[0].a, edges[0].b), max(edges[0].a, edges[0].b))
    bridge = single is not None and kind in ("linking", "decided", "matched") and pair in found.bridges
    heavy = bridge and pair in found.heavy_bridges
    return SceneEdge(
        a=f"n{a}",
        b=f"n{b}",
        kind=kind,
        title=_title(plan, [edge.view for edge in edges], heavy=heavy),
        width=round(min(THICKEST, 1.0 + 0.55 * log2(1 + count)), 2),
        style=LINE_STYLES.get(kind, "solid"),
        colour="bridge" if heavy and kind == "linking" else LINE_COLOURS.get(kind, "edge"),
        double=vouched > 0 and kind not in ("severed", "expired", "idle"),
        bridge=bridge,
        count=count,
        vouched=vouched,
        edges=len(edges),
        detail=single.detail if single else "",
    )


def _seen(plan: Plan, views: Sequence[EdgeView]) -> tuple[str, ...]:
    """How often and when they were seen together; nothing of a steward's word on two that never were."""
    if not views:
        return ()
    count, vouched = sum(view.count for view in views), sum(view.vouched for view in views)
    return (
        counted(words(plan.language), "seen_together", count).format(count=count, vouched=vouched),
        span(min(view.first_seen for view in views), max(view.last_seen for view in views), plan.language),
    )


def _title(plan: Plan, views: Sequence[EdgeView], *, heavy: bool) -> str:
    texts, first = words(plan.language), views[0]
    sources = sorted({source for view in views for source in view.sources})
    kind = texts.get(f"edge_{first.kind}", first.kind)
    said = [
        kind if len(views) == 1 else f"{kind} · {texts['merged_edges'].format(count=len(views))}",
        first.detail if len(views) == 1 else "",
        *_seen(plan, [view for view in views if view.count]),
        texts["sources"].format(sources=", ".join(sources)) if sources else "",
        texts["only_link"] if heavy else "",
    ]
    return "\n".join(line for line in said if line)
