"""``why_not`` as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from knotwork_graph.counted import counted
from knotwork_resolvers.explain.answers import Change, Collision, Obstacle, Step, WhyNot
from knotwork_resolvers.explain.wording.lines import (
    block,
    closing,
    day,
    evidence,
    folded,
    named,
    owner,
    sample,
)


def why_not_text(found: WhyNot) -> str:
    """What keeps two identifiers apart, one obstacle after the other, and the smallest change that would join them."""
    return block(_together(found) if found.together else _apart(found))


def _together(found: WhyNot) -> Iterator[str]:
    yield from folded(f"{named(found.a)} and {named(found.b)} are one customer, {found.a.customer}.")
    yield from folded(f"What holds them together: knotwork why {found.a.asked} {found.b.asked}")
    yield from closing(found.left_out, found.notes)


def _apart(found: WhyNot) -> Iterator[str]:
    yield from folded(f"{named(found.a)} and {named(found.b)} are not one customer.")
    for side in (found.a, found.b):
        yield from folded(owner(side), "  ", "    ")
    yield f"  (run {found.run}, as of {day(found.moment)}, times in UTC)"
    yield ""
    if found.between:
        yield "What stands between them"
        for number, one in enumerate(found.between, 1):
            yield from _obstacle(number, one)
    elif found.steps:
        yield "Nothing stands directly between them; the way leads over others."
    else:
        yield "Nothing stands directly between them: no event, link or identifier is common."
    yield from _change(found)
    yield from closing(found.left_out, found.notes)


def _obstacle(number: int, one: Obstacle) -> Iterator[str]:
    start, rest = f"  {number}. ", " " * (4 + len(str(number)))
    yield from folded(" and ".join(one.identifiers), start, rest)
    if one.link is not None:
        yield from folded(evidence(one.link), rest)
    yield from folded(one.reason, rest)
    events = (*(one.link.samples if one.link is not None else ()), *((one.sample,) if one.sample else ()))
    for event in events:
        yield from folded(sample(event), f"{rest}  ", f"{rest}    ")


def _change(found: WhyNot) -> Iterator[str]:
    yield ""
    if alone := _alone(found.steps):
        yield "Smallest change that would join them: 1 step"
        yield from folded(alone.words, "  ", "    ")
        yield ""
        yield f"Or one obstacle after the other: {counted(len(found.steps), 'step')}"
        for number, step in enumerate(found.steps, 1):
            others = tuple(one for one in step.remedies if one.words != alone.words)
            yield from _step(number, replace(step, remedies=others or step.remedies))
    elif found.steps:
        hopeful = any(change.enough is not False for step in found.steps for change in step.remedies)
        title = "Smallest change that would join them" if hopeful else "Nearest way between them"
        yield f"{title}: {counted(len(found.steps), 'step')}"
        for number, step in enumerate(found.steps, 1):
            yield from _step(number, step)
    elif any("way may lie" in text for text in found.left_out):
        yield "No way from one to the other lies in what was looked at."
    else:
        yield "No chain of events leads from one to the other."
    yield from _collisions(found.collisions)
    yield from _otherwise(found.otherwise, after=bool(found.steps))


def _alone(steps: Sequence[Step]) -> Change | None:
    """What takes away each of several obstacles at once, and is enough: the word of a steward on the pair itself."""
    for one in steps[0].remedies if len(steps) > 1 else ():
        if one.enough and all(one.words in {other.words for other in step.remedies} for step in steps):
            return one
    return None


def _step(number: int, step: Step) -> Iterator[str]:
    start, rest = f"  {number}. ", " " * (4 + len(str(number)))
    yield from folded(f"{' and '.join(step.obstacle.identifiers)}: {step.obstacle.kind.value}", start, rest)
    if not step.remedies:
        yield from folded("nothing can change this: no policy lets such a value link", rest)
    for place, one in enumerate(step.remedies):
        yield from folded(f"{'or: ' if place else ''}{one.words}{_tried(one)}", f"{rest}  ", f"{rest}    ")


def _tried(one: Change) -> str:
    """What a trial of the change showed; nothing where it joins the two, as one expects."""
    if one.enough is None:
        return " (Not tried: too much hangs together.)"
    return "" if one.enough else " (Not enough, as a trial shows: other links then outweigh it.)"


def _collisions(found: Sequence[Collision]) -> Iterator[str]:
    if found:
        yield ""
        yield "Together they would exceed these limits"
    for one in found:
        values = f": {', '.join(one.values)}" if one.values else ""
        yield from folded(f"{one.setting} = {one.limit}, and they hold {one.held}{values}", "  ", "    ")


def _otherwise(found: Sequence[Change], *, after: bool) -> Iterator[str]:
    if found:
        yield ""
        yield "Whatever stands between them, this joins them" if after else "This would join them"
    for place, one in enumerate(found):
        yield from folded(f"{'or: ' if place else ''}{one.words}", "  ", "    ")
