"""Rules as they are written: the one form that JSON can hold, and TOML of it. What is read back is the same rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from knotwork_graph.policy.durations import show_duration
from knotwork_resolvers.segments.rules import (
    Comparison,
    Condition,
    Consent,
    Events,
    Filter,
    Group,
    Holds,
    InSegment,
    Kind,
    Known,
    Leaf,
    Lifecycle,
    Measure,
    Op,
    Segment,
    Sequence,
    Signal,
    Trait,
)

Tree = dict[str, Any]
BARE = re.compile(r"[A-Za-z0-9_-]+")


def tree_of(segment: Segment) -> Tree:
    """The segment as texts, numbers, flags, lists and tables, without its name; defaults are left out."""
    head = {"title": segment.title, "purpose": segment.purpose, "without_consent": segment.without_consent}
    return {key: value for key, value in head.items() if value} | condition_tree(segment.rule)


def condition_tree(condition: Condition) -> Tree:
    """One condition, or a group of them, in the same form."""
    if isinstance(condition, Group):
        lists = {"all": condition.all, "any": condition.any, "none": condition.none}
        return {key: [condition_tree(part) for part in parts] for key, parts in lists.items() if parts}
    return _leaf(condition)


def _leaf(leaf: Leaf) -> Tree:
    match leaf:
        case Trait(name, comparisons):
            return {"trait": name, **_compared(comparisons)}
        case Holds(kind, comparisons):
            return {"identifier": kind, **_compared(comparisons)}
        case Known(known):
            return {"known": known}
        case Signal(name, comparisons):
            return {"signal": name, **_compared(comparisons)}
        case Lifecycle(stages):
            return {"lifecycle": list(stages)}
        case Consent(purpose, granted):
            return {"consent": purpose, "is": granted}
        case InSegment(name):
            return {"segment": name}
        case Events():
            return _events(leaf)
        case Sequence():
            return _sequence(leaf)


def _events(leaf: Events) -> Tree:
    measured = {} if leaf.measure is Measure.COUNT else {leaf.measure.value: leaf.property}
    money = {"currency": leaf.currency} if leaf.currency else {}
    spans = _spans(in_last=leaf.in_last, before_last=leaf.before_last)
    return {**_kind(leaf.of), **measured, **money, **spans, **_compared(leaf.comparisons)}


def _sequence(leaf: Sequence) -> Tree:
    events = {"without": list(leaf.without), "never": list(leaf.never)}
    spans = _spans(within=leaf.within, in_last=leaf.in_last)
    return {"sequence": [_step(one) for one in leaf.steps], **spans, **{key: one for key, one in events.items() if one}}


def _step(kind: Kind) -> Tree | str:
    plain = len(kind.names) == 1 and not kind.where and not kind.channels
    return kind.names[0] if plain else _kind(kind)


def _kind(kind: Kind) -> Tree:
    found: Tree = {"event": kind.names[0] if len(kind.names) == 1 else list(kind.names)}
    if kind.where:
        found["where"] = {one.property: _wanted(one) for one in kind.where}
    if kind.channels:
        found["channel"] = list(kind.channels)
    return found


def _wanted(one: Filter) -> Any:
    """What a property must be: a value or several, or a table of comparisons."""
    alone = one.comparisons[0]
    plain = len(one.comparisons) == 1 and alone.op is Op.IS
    return operand_tree(alone) if plain else _compared(one.comparisons)


def _spans(**spans: timedelta | None) -> Tree:
    return {name: show_duration(span) for name, span in spans.items() if span is not None}


def _compared(comparisons: tuple[Comparison, ...]) -> Tree:
    return {one.op.value: operand_tree(one) for one in comparisons}


def operand_tree(one: Comparison) -> Any:
    """What a comparison compares with, as a text, a number, a flag or a list."""
    if isinstance(one.operand, timedelta):
        return show_duration(one.operand)
    if isinstance(one.operand, datetime):
        return one.operand.isoformat()
    if isinstance(one.operand, tuple):
        return one.operand[0] if len(one.operand) == 1 else list(one.operand)
    return one.operand


def toml_of(segment: Segment) -> str:
    """The text of a file that says this segment, a line for each condition at the top."""
    return "\n".join(_lines(tree_of(segment))) + "\n"


def _lines(tree: Mapping[str, Any]) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, list):
            yield f"{key} = ["
            yield from (f"  {_inline(one)}," for one in value)
            yield "]"
        else:
            yield f"{key} = {_inline(value)}"


def _inline(value: Any) -> str:
    """A value on one line.

    >>> _inline({"event": "Order Completed", "at_least": 2, "channel": ["web", "app"]})
    '{ event = "Order Completed", at_least = 2, channel = ["web", "app"] }'
    """
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "true" if value is True else "false" if value is False else repr(value)


def _key(name: str) -> str:
    """A key as TOML has it: bare, or between quotes."""
    return name if BARE.fullmatch(name) else _inline(name)
