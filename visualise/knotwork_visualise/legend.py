"""The legend: exactly what the picture shows, in the order of first meeting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knotwork_visualise.looks import FOLDED, LINE_COLOURS, LINE_STYLES, LOOKS, look
from knotwork_visualise.picture import LegendEntry, SceneEdge, SceneNode
from knotwork_visualise.words import type_word, words


def legend(nodes: Sequence[SceneNode], lines: Sequence[SceneEdge], language: str) -> tuple[LegendEntry, ...]:
    """Types, then borders, then line styles; nothing that is not in the picture."""
    return (*_types(nodes, language), *_borders(nodes, language), *_styles(lines, language))


def _types(nodes: Sequence[SceneNode], language: str) -> Iterator[LegendEntry]:
    order = {kind: place for place, kind in enumerate(LOOKS)}
    kinds = {node.type for node in nodes if node.type}
    for kind in sorted(kinds, key=lambda kind: (order.get(kind, len(order)), kind)):
        yield LegendEntry(type_word(kind, language), look(kind).colour, look(kind).shape)
    if any(node.kind == "folded" and not node.type for node in nodes):
        yield LegendEntry(words(language)["legend_folded"], FOLDED.colour, FOLDED.shape)


def _borders(nodes: Sequence[SceneNode], language: str) -> Iterator[LegendEntry]:
    shown = {node.border for node in nodes}
    for border in ("shared", "blocked", "outside"):
        if border in shown:
            yield LegendEntry(words(language)[f"legend_{border}"], border, "ring")
    if any(node.ringed for node in nodes):
        yield LegendEntry(words(language)["legend_joint"], "bridge", "ring")


def _styles(lines: Sequence[SceneEdge], language: str) -> Iterator[LegendEntry]:
    texts, kinds = words(language), {line.kind for line in lines}
    if any(line.double for line in lines):
        yield LegendEntry(texts["legend_vouched"], "edge", style="solid", double=True)
    if any(line.colour == "bridge" for line in lines):
        yield LegendEntry(texts["legend_bridge"], "bridge", style="solid")
    for kind in ("decided", "matched", "expired", "idle", "severed"):
        if kind in kinds:
            yield LegendEntry(texts[f"edge_{kind}"], LINE_COLOURS[kind], style=LINE_STYLES[kind])
