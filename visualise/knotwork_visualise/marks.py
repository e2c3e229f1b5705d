"""Marks: what will be a node once it has a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import log2

from knotwork_graph.model import IdentifierView
from knotwork_visualise.dates import day
from knotwork_visualise.folding import Fold
from knotwork_visualise.looks import BORDERS, FOLDED, look
from knotwork_visualise.picture import SceneNode
from knotwork_visualise.plan import Plan, label, short
from knotwork_visualise.structure import Structure
from knotwork_visualise.words import counted, type_word, words

CROWDED = 60  # with more marks than this, small ones lose their label; hovering and the table still name them
PER_LETTER = 3.6  # half the width of a letter at 12 px


@dataclass(frozen=True, slots=True)
class Mark:
    """A node without its place, the identifiers (or the outside end) it stands for, and the room it takes."""

    members: tuple[int, ...]
    look: SceneNode

    @property
    def box(self) -> tuple[float, float]:
        """Half the width and half the height, with the label."""
        text = PER_LETTER * len(self.look.label)
        return max(self.look.size, text) + 6, self.look.size + (13 if self.look.label else 3)

    def node(self, x: float, y: float) -> SceneNode:
        """The node, standing at (x, y)."""
        return replace(self.look, x=x, y=y)


def insiders(plan: Plan, folds: Sequence[Fold], found: Structure) -> list[Mark]:
    """One mark for each fold, in the order given."""
    crowded = len(folds) > CROWDED
    return [
        Mark(each.members, _single(plan, each.members[0], f"n{number}", found, crowded=crowded))
        if len(each.members) == 1
        else Mark(each.members, _folded(plan, each, f"n{number}"))
        for number, each in enumerate(folds)
    ]


def outsiders(plan: Plan, first: int) -> list[Mark]:
    """One mark for each end that belongs to another customer; their numbers follow on ``first``."""
    return [
        Mark((len(plan.identifiers) + place,), _outside(plan, place, f"n{first + place}"))
        for place in range(len(plan.outside))
    ]


def _single(plan: Plan, number: int, name: str, found: Structure, *, crowded: bool) -> SceneNode:
    view, style = plan.identifiers[number], look(plan.identifiers[number].type)
    small = crowded and style.size < 8
    return SceneNode(
        id=name,
        kind="identifier",
        type=view.type,
        name=short(plan.texts[number], 80),
        label="" if small else label(plan.texts[number]),
        title=_title(plan, number, joint=number in found.joints),
        shape=style.shape,
        colour=style.colour,
        size=style.size,
        border=BORDERS.get(view.status, "none"),
        x=0.0,
        y=0.0,
        status=view.status,
        reason=view.reason,
        events=view.events,
        articulation=number in found.articulations,
        ringed=number in found.joints,
    )


def _title(plan: Plan, number: int, *, joint: bool) -> str:
    """What hovering says, a plain text of a few lines."""
    view, texts = plan.identifiers[number], words(plan.language)
    state = texts.get(f"status_{view.status}", view.status)
    said = [
        f"{type_word(view.type, plan.language)} {short(plan.texts[number], 80)}",
        f"{state}: {view.reason}" if view.reason else state,
        counted(texts, "seen_events", view.events).format(count=view.events),
        span(view.first_seen, view.last_seen, plan.language),
        texts["joint"] if joint else "",
    ]
    return "\n".join(line for line in said if line)


def span(first: datetime | None, last: datetime | None, language: str) -> str:
    """``from 3 Mar 2026 to 12 Aug 2026``, or the one day; nothing where either is not known."""
    if first is None or last is None:
        return ""
    one, other = day(first, language), day(last, language)
    return words(language)["seen_on" if one == other else "seen_between"].format(first=one, last=other)


def _outside(plan: Plan, place: int, name: str) -> SceneNode:
    kind = plan.outside[place].partition(":")[0]
    style, text = look(kind), plan.texts[len(plan.identifiers) + place]
    return SceneNode(
        id=name,
        kind="outside",
        type=kind,
        name=short(text, 80),
        label=label(text),
        title=f"{type_word(kind, plan.language)} {short(text, 80)}\n{words(plan.language)['outside']}",
        shape=style.shape,
        colour=style.colour,
        size=style.size,
        border="outside",
        x=0.0,
        y=0.0,
    )


def _folded(plan: Plan, each: Fold, name: str) -> SceneNode:
    views = [plan.identifiers[number] for number in each.members]
    texts, count = words(plan.language), len(views)
    style = look(views[0].type) if each.hub is not None else FOLDED
    return SceneNode(
        id=name,
        kind="folded",
        type=views[0].type if each.hub is not None else "",
        name=texts["folded"].format(count=count),
        label=texts["more" if each.hub is not None else "folded"].format(count=count),
        title=_kinds(views, plan.language),
        shape=style.shape,
        colour=style.colour,
        size=round(style.size + 2.2 * log2(count), 1),
        border="folded",
        x=0.0,
        y=0.0,
        events=sum(view.events for view in views),
        count=count,
    )


def _kinds(views: Sequence[IdentifierView], language: str) -> str:
    """How many of which type a folded mark stands for, the most frequent first."""
    counts = Counter(view.type for view in views)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "\n".join(f"{count} × {type_word(kind, language)}" for kind, count in ordered)
