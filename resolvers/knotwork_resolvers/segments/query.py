"""All segments as one query: one pass over everybody's events, one row for each customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knotwork_graph.policy import ProfileRules
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.segments.binding import Binder
from knotwork_resolvers.segments.chaining import TABLE, Chains
from knotwork_resolvers.segments.columns import Columns, EventColumns
from knotwork_resolvers.segments.comparing import fades_past, number_passes, text_passes
from knotwork_resolvers.segments.measuring import Part, events_part
from knotwork_resolvers.segments.rules import (
    Condition,
    Consent,
    Events,
    Group,
    Holds,
    InSegment,
    Known,
    Leaf,
    Lifecycle,
    Segment,
    Signal,
    Trait,
    leaves,
)
from knotwork_resolvers.segments.rules import Sequence as Steps

MEMBERS, EVENTS, TRAITS, STAGES, SIGNALS, CONSENTS = "members", "events", "traits", "stages", "signals", "consents"
TABLES = (MEMBERS, EVENTS, TRAITS, STAGES, SIGNALS, CONSENTS)
"""What a query may read; ``{members}`` and the others stand in its text where each is to be put after FROM."""
NAME_OF = {TRAITS: "trait", SIGNALS: "signal", CONSENTS: "purpose"}
READ, MEASURED = "read_events", "of_events"
PEOPLE = "SELECT DISTINCT customer FROM {members} WHERE customer > 0"


@dataclass(frozen=True, slots=True)
class Named:
    """A condition with the columns that tell of it: whether it holds, and the value that says so."""

    leaf: Leaf
    holds: str
    value: str


@dataclass(frozen=True, slots=True)
class Query:
    """``text`` gives ``customer``, ``changes_at`` (microseconds, NULL: never by time alone) and the other columns.

    ``segments``: the column of each by name; ``parts``: the conditions by what they are. ``values`` are parameters, to
    which ``now`` comes, and ``tables`` those of ``TABLES`` that stand in the text.
    """

    text: str
    values: Mapping[str, str | int | float | bool]
    tables: tuple[str, ...]
    segments: Mapping[str, str]
    parts: Mapping[str, Named]


def query_of(segments: Sequence[Segment], rules: ProfileRules) -> Query:
    """The query for these segments, each after those that it names, with the value that each condition looked at.

    A segment that is named and not given has nobody in it.
    """
    made = _Making(rules)
    for segment in segments:
        made.add(segment)
    return made.query()


class _Making:
    """A query as it grows."""

    def __init__(self, rules: ProfileRules) -> None:
        self._rules = rules
        self._binder = Binder()
        self._events = EventColumns(self._binder)
        self._chains = Chains(self._events)
        self._tables = {name: Columns(f"{name}_") for name in (MEMBERS, TRAITS, SIGNALS, CONSENTS)}
        self._asked: dict[str, dict[str, None]] = {}
        self._staged = False
        self._parts: dict[str, tuple[Leaf, Part, str]] = {}
        self._segments: dict[str, str] = {}
        self._levels: dict[str, int] = {}
        self._columns: list[list[str]] = [[]]  # by level, each speaking of those below: copies of copies would explode

    def add(self, segment: Segment) -> None:
        """One more segment."""
        level = 1 + max((self._levels.get(name, 0) for name in segment.needs), default=0)
        while len(self._columns) <= level:
            self._columns.append([])
        for leaf in leaves(segment.whole_rule):
            if repr(leaf) not in self._parts:  # equal values of two types, such as 1 and true, are two conditions
                part, name = self._part(leaf), f"c{len(self._parts) + 1}"
                self._parts[repr(leaf)] = leaf, part, name
                own = self._levels.get(leaf.name, 0) + 1 if isinstance(leaf, InSegment) else 0
                self._columns[own] += [f"{part.holds} AS {name}", f"{part.value} AS {_value(name)}"]
        self._levels[segment.name] = level
        self._segments[segment.name] = column = f"s{len(self._segments) + 1}"
        self._columns[level].append(f"{self._said(segment.whole_rule)} AS {column}")

    def query(self) -> Query:
        """What has grown."""
        tables = self._with()
        given = ", ".join(f"{name} AS ({query})" for name, query in tables.items())
        joined = " ".join(f"LEFT JOIN {name} USING (customer)" for name in tables if name not in ("people", READ))
        columns = ", ".join(("people.customer", f"{self._changes()} AS changes_at", *self._columns[0]))
        text = f"SELECT {columns} FROM people {joined}"
        for level in self._columns[1:]:
            text = f"SELECT *, {', '.join(level)} FROM ({text})" if level else text
        return Query(
            f"WITH {given} {text}",
            self._binder.values,
            tuple(name for name in TABLES if any(f"{{{name}}}" in query for query in tables.values())),
            dict(self._segments),
            {key: Named(leaf, name, _value(name)) for key, (leaf, _, name) in self._parts.items()},
        )

    def _with(self) -> dict[str, str]:
        found = {"people": PEOPLE}
        if self._events.names:
            found[READ] = self._events.read("{events}")
        if self._events.measures:
            found[MEASURED] = self._events.measured(READ)
        if self._chains:
            found[TABLE] = self._chains.table(READ)
        for name, columns in self._tables.items():
            if columns:
                taken = ", ".join(columns.listed())
                among = self._asked.get(name)
                where = f" WHERE {NAME_OF[name]} IN ({', '.join(among)})" if among else ""
                found[f"of_{name}"] = f"SELECT customer, {taken} FROM {{{name}}}{where} GROUP BY customer"
        if self._staged:
            found["of_stages"] = "SELECT customer, stage, until FROM {stages}"
        return found

    def _changes(self) -> str:
        moments = [moment for _, part, _ in self._parts.values() for moment in part.changes]
        return f"least({', '.join(dict.fromkeys(moments))})" if moments else "NULL::BIGINT"

    def _said(self, condition: Condition) -> str:
        """Whether a condition holds, of columns that stand before in the query."""
        if not isinstance(condition, Group):
            return self._parts[repr(condition)][2]
        every = [self._said(one) for one in condition.all]
        some = " OR ".join(self._said(one) for one in condition.any)
        none = [f"NOT {self._said(one)}" for one in condition.none]
        return f"({' AND '.join((*every, *((f'({some})',) if some else ()), *none))})"

    def _part(self, leaf: Leaf) -> Part:
        match leaf:
            case Events():
                return events_part(leaf, self._events)
            case Steps():
                return self._chains.part(leaf)
            case Trait(name, comparisons):
                value = self._named(TRAITS, "max(value)", name)
                return Part(text_passes(value, comparisons, self._binder), value)
            case Holds(kind, comparisons):
                count = self._taken(MEMBERS, f"count(*) FILTER (type = {self._binder.bind(kind)})")
                value = f"coalesce({count}, 0)"
                return Part(number_passes(value, comparisons, self._binder), value)
            case Signal():
                return self._signal(leaf)
            case Consent(purpose, granted):
                value = self._named(CONSENTS, "bool_and(allowed)", purpose)
                return Part(f"coalesce({value} = {granted}, false)", value)
            case InSegment(name):
                column = self._segments.get(name, "false")
                return Part(column, column)
            case Known(known):
                count = f"count(*) FILTER (type NOT IN {self._binder.among(sorted(ANONYMOUS_TYPES))})"
                value = f"coalesce({self._taken(MEMBERS, count)}, 0) > 0"
                return Part(f"({value}) = {known}", value)
            case Lifecycle(stages):
                self._staged = True
                holds = f"coalesce(of_stages.stage IN {self._binder.among(stages)}, false)"
                return Part(holds, "of_stages.stage", ("of_stages.until",))

    def _named(self, table: str, taken: str, name: str) -> str:
        """What is taken of the rows with a name; of rows with names that nobody asks for nothing is made."""
        bound = self._binder.bind(name)
        self._asked.setdefault(table, {})[bound] = None
        return self._taken(table, f"{taken} FILTER ({NAME_OF[table]} = {bound})")

    def _taken(self, table: str, expression: str) -> str:
        return f"of_{table}.{self._tables[table].add(expression)}"

    def _signal(self, leaf: Signal) -> Part:
        value = f"coalesce({self._named(SIGNALS, 'max(value)', leaf.name)}, 0)"
        known = self._rules.signals.get(leaf.name)
        fading = None if known is None else known.half_life
        changes = () if fading is None else fades_past(value, leaf.comparisons, fading)
        return Part(number_passes(value, leaf.comparisons, self._binder), value, changes)


def _value(name: str) -> str:
    return f"{name}_value"
