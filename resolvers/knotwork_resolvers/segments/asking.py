"""Looking before saving, and looking behind: how many a rule would hold, and why a customer is in a segment or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knotwork_graph.policy import ProfileRules
from knotwork_resolvers.segments.definitions import Definitions
from knotwork_resolvers.segments.ground import QUERY, Ground
from knotwork_resolvers.segments.query import query_of
from knotwork_resolvers.segments.rules import (
    TIMESTAMP,
    Events,
    Leaf,
    Measure,
    Segment,
    Sequence,
    Trait,
)
from knotwork_resolvers.segments.wording import placed, said


@dataclass(frozen=True, slots=True)
class Counted:
    """One condition of a rule: where it stands, what it says, and how many customers it holds for by itself."""

    place: str
    words: str
    customers: int


@dataclass(frozen=True, slots=True)
class Size:
    """How many of all ``customers`` a rule holds for.

    ``refused`` are those whom only the consent that its purpose asks for keeps out.
    """

    size: int
    customers: int
    refused: int
    parts: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of a rule for one customer: whether it is met, and the value that it looked at.

    ``value`` is a number, a text, a flag, or None for nothing; ``moment`` says that it is one, in microseconds. A
    ``trait`` or ``property`` names what it is a value of, for whoever must mask it.
    """

    place: str
    words: str
    met: bool
    value: str | int | float | bool | None
    moment: bool = False
    trait: str = ""
    property: str = ""


def needed(segment: Segment, definitions: Definitions) -> tuple[Segment, ...]:
    """The segment after those that it names, straight or through others. Raises ``PolicyError`` for a circle."""
    every = definitions.with_one(segment)
    wanted, found = [segment.name], set[str]()
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted += [one for each in every.segments if each.name == name for one in each.needs if one not in found]
    return tuple(one for one in every.segments if one.name in found)


def size_of(ground: Ground, segment: Segment, definitions: Definitions, rules: ProfileRules, now: int) -> Size:
    """How many customers a segment would have, and each of its conditions. One query over everybody."""
    free = Segment(segment.name + FREE, segment.rule)
    query = query_of((*needed(segment, definitions), free), rules)
    parts = tuple((place, leaf, query.parts[repr(leaf)].holds) for place, leaf in placed(segment))
    whole, without = query.segments[segment.name], query.segments[free.name]
    counts = [f"count(*) FILTER ({column}) AS n_{column}" for column in {column for _, _, column in parts}]
    counts += [f"count(*) FILTER ({whole}) AS size", f"count(*) FILTER ({without} AND NOT {whole}) AS refused"]
    row = ground.ask(query, now, of=f"SELECT count(*) AS customers, {', '.join(counts)} FROM {QUERY}")[0]
    counted = tuple(Counted(place, said(leaf), row[f"n_{column}"]) for place, leaf, column in parts)
    return Size(row["size"], row["customers"], row["refused"], counted)


FREE = "~"
"""Ends the name of a segment as it would be without its purpose; no name of a segment has this sign."""


def reasons(
    ground: Ground, segment: Segment, definitions: Definitions, rules: ProfileRules, now: int, customer: int
) -> tuple[bool, tuple[Reason, ...]]:
    """Whether a customer is in a segment at ``now``, and each condition with what it looked at. Milliseconds."""
    query = query_of(needed(segment, definitions), rules)
    rows = ground.ask(query, now, (customer,))
    if not rows:
        return False, ()
    found = tuple(_reason(place, leaf, rows[0], query.parts[repr(leaf)].holds) for place, leaf in placed(segment))
    return bool(rows[0][query.segments[segment.name]]), found


def _reason(place: str, leaf: Leaf, row: Mapping[str, Any], column: str) -> Reason:
    value = row[f"{column}_value"]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    reason = Reason(place, said(leaf), bool(row[column]), value)
    if isinstance(leaf, Sequence) or (isinstance(leaf, Events) and leaf.property == TIMESTAMP):
        return Reason(place, reason.words, reason.met, value, moment=value is not None)
    if isinstance(leaf, Trait):
        return Reason(place, reason.words, reason.met, value, trait=leaf.name)
    if isinstance(leaf, Events) and leaf.measure in (Measure.FIRST, Measure.LAST):
        return Reason(place, reason.words, reason.met, value, property=leaf.property)
    return reason
