"""Segments, their members and their reasons, as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from knotwork.cli.moments import minute
from knotwork.cli.terminal import heading, remark, say, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.segment_views import MemberPage, Preview, SegmentView, SegmentWhy, StayView

NOT_YET = "Nothing is resolved yet: run `knotwork resolve`."


def show_list(found: Sequence[SegmentView]) -> None:
    """Print a line for each segment."""
    table(("segment", "customers", "title", "purpose", "in"), [line(one) for one in found], numbers=("customers",))
    told_as_of(found[0].as_of)


def line(one: SegmentView) -> tuple[object, ...]:
    """One segment as cells."""
    return one.name, f"{one.size:,}", one.title, one.purpose, f"segments/{one.file}" if one.own else one.file


def show_one(one: SegmentView, text: str) -> None:
    """Print one segment with its rule."""
    say(f"{one.name}: {counted(one.size, 'customer')}" + (f" ({one.title})" if one.title else ""))
    say(text.rstrip())
    told_as_of(one.as_of)


def show_members(found: MemberPage) -> None:
    """Print some members, and how to see more."""
    rows = [(one.customer, minute(one.since), one.run) for one in found.members]
    table(("customer", "since", "run"), rows, numbers=("run",))
    told_as_of(found.as_of)
    if found.more:
        remark(f"{found.size:,} in all. More: knotwork segment members {found.segment} --after {rows[-1][0]}")


def show_why(found: SegmentWhy) -> None:
    """Print every condition, and whether it is met."""
    since = f", since {minute(found.since)} (run {found.run})" if found.since else ""
    say(f"{found.customer} is {'' if found.inside else 'not '}in {found.segment}{since}")
    rows = [("yes" if one.met else "no", one.words, value(one.value), one.place) for one in found.conditions]
    table(("met", "condition", "value", "where"), rows)
    told_as_of(found.as_of)


def show_history(found: Sequence[StayView]) -> None:
    """Print stays, the newest first."""
    rows = [(one.customer, one.segment, minute(one.entered), one.entered_run, *gone(one)) for one in found]
    numbers = ("by run", "out by run")
    table(("customer", "segment", "entered", "by run", "left", "out by run"), rows, numbers=numbers)


def gone(one: StayView) -> tuple[object, object]:
    """When a stay ended, and by which run."""
    return minute(one.left), "-" if one.left_run is None else one.left_run


def show_preview(found: Preview) -> None:
    """Print a size before anything is saved."""
    say(f"{found.size:,} of {counted(found.customers, 'customer')} ({found.share:.1%})")
    if found.refused:
        say(f"{found.refused:,} more fit the rule, but have not granted its purpose")
    if found.conditions:
        heading("Each condition by itself")
        rows = [(one.words, f"{one.customers:,}", one.place) for one in found.conditions]
        table(("condition", "customers", "where"), rows, numbers=("customers",))
    told_as_of(found.as_of)


def value(found: object) -> str:
    """What a condition looked at; a dash for nothing."""
    if isinstance(found, datetime):
        return minute(found)
    if isinstance(found, bool):
        return "yes" if found else "no"
    return "-" if found is None else f"{found:,}" if isinstance(found, int | float) else str(found)


def told_as_of(moment: datetime | None) -> None:
    """Say as of when all this is told, beside the answer."""
    remark(NOT_YET if moment is None else f"as of {minute(moment)} UTC")
