"""Made segments, for properties: every kind of condition, with names that also need quotes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from knotwork_resolvers.segments.conditions import STAGES
from knotwork_resolvers.segments.operands import SOME, THERE
from knotwork_resolvers.segments.rules import (
    NO_MONEY,
    TIMESTAMP,
    Comparison,
    Consent,
    Events,
    Filter,
    Group,
    Holds,
    InSegment,
    Kind,
    Known,
    Lifecycle,
    Measure,
    Op,
    Segment,
    Sequence,
    Signal,
    Trait,
)

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)
names = st.one_of(st.sampled_from(["Order Completed", "Product Added", 'a "b"', "x/y~z", "Đơn hàng"]), texts)
numbers = st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False, width=32))
spans = st.integers(1, 400).map(lambda days: timedelta(hours=6 * days))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC, fold=0))  # noqa: DTZ001 - made UTC here
scalars = st.one_of(texts, numbers, st.booleans())


def listed(one: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """One to some of these, each once, in a tuple."""
    return st.lists(one, min_size=1, max_size=most, unique_by=repr).map(tuple)


def compared(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Comparison, ...]]:
    """One or two comparisons, in the order in which they are read."""
    order = list(Op)
    one = st.one_of(*(st.builds(Comparison, st.just(Op(op)), operand) for op, operand in known.items()))
    many = st.lists(one, min_size=1, max_size=2, unique_by=lambda each: each.op)
    return many.map(lambda each: tuple(sorted(each, key=lambda it: order.index(it.op))))


BOUNDS = dict.fromkeys(("above", "at_least", "below", "at_most"), numbers)
DATES = dict.fromkeys(("before", "after"), moments)
values = compared(
    **{"is": listed(scalars), "is_not": listed(scalars), "exists": st.booleans()},
    **dict.fromkeys(("contains", "starts_with", "ends_with"), texts),
    **BOUNDS,
    **DATES,
)
figures = compared(**{"is": listed(numbers), "is_not": listed(numbers)}, **BOUNDS)
times = compared(**DATES, newer_than=spans, older_than=spans)
filters = st.lists(st.builds(Filter, names, values), max_size=2, unique_by=lambda one: one.property).map(tuple)
kinds = st.builds(Kind, listed(names), filters, st.one_of(st.just(()), listed(names)))


@st.composite
def events(draw: st.DrawFn) -> Events:
    """A condition on events, of any measure."""
    measure = draw(st.sampled_from(Measure))
    of, long = draw(kinds), draw(st.one_of(st.none(), spans))
    short = draw(st.one_of(st.none(), spans))
    if long is not None and short is not None and short >= long:
        short = None
    window = {"in_last": long, "before_last": short}
    if measure is Measure.COUNT:
        return Events(of, measure, draw(st.one_of(st.just(SOME), figures)), **window)
    if measure is Measure.SUM:
        money = draw(st.sampled_from([NO_MONEY, "VND", "USD"]))
        return Events(of, measure, draw(figures), draw(names), money, **window)
    if measure is Measure.DISTINCT:
        return Events(of, measure, draw(figures), draw(names), **window)
    if draw(st.booleans()):
        return Events(of, measure, draw(times), TIMESTAMP, **window)
    name = draw(names.filter(lambda one: one != TIMESTAMP))
    return Events(of, measure, draw(st.one_of(st.just(THERE), values)), name, **window)


sequences = st.builds(
    Sequence,
    st.lists(kinds, min_size=2, max_size=3).map(tuple),
    st.one_of(st.none(), spans),
    st.one_of(st.none(), spans),
    st.one_of(st.just(()), listed(names)),
    st.one_of(st.just(()), listed(names)),
)
CONDITIONS = (
    st.builds(Trait, names, values),
    st.builds(Holds, names, figures),
    st.builds(Known, st.booleans()),
    events(),
    sequences,
    st.builds(Signal, names, figures),
    st.builds(Lifecycle, listed(st.sampled_from(STAGES))),
    st.builds(Consent, names, st.booleans()),
    st.builds(InSegment, names),
)


@st.composite
def groups(draw: st.DrawFn, depth: int = 0) -> Group:
    """A group that asks for something, with groups in it."""
    lists: list[tuple[Any, ...]] = [(), (), ()]
    for _ in range(draw(st.integers(1, 3))):
        deeper = depth < 2 and draw(st.integers(0, 4)) == 4
        part = draw(groups(depth + 1)) if deeper else draw(draw(st.sampled_from(CONDITIONS)))
        place = draw(st.integers(0, 2))
        lists[place] = (*lists[place], part)
    return Group(*lists)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    """A segment, with or without a purpose."""
    purpose = draw(st.one_of(st.just(""), names))
    title = draw(st.one_of(st.just(""), texts))
    return Segment("made", draw(groups()), title, purpose, bool(purpose) and draw(st.booleans()))
