"""The kinds of condition, each read from its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from knotwork_graph.policy import suggestion
from knotwork_graph.policy.problems import Problem, dotted
from knotwork_resolvers.segments.content import Content
from knotwork_resolvers.segments.operands import (
    MOMENT,
    NUMBER,
    SOME,
    THERE,
    VALUE,
    read_flag,
    read_span,
    read_text,
    read_texts,
)
from knotwork_resolvers.segments.rules import (
    NO_MONEY,
    TIMESTAMP,
    Comparison,
    Consent,
    Events,
    Filter,
    Holds,
    InSegment,
    Kind,
    Known,
    Leaf,
    Lifecycle,
    Measure,
    Op,
    Sequence,
    Signal,
    Trait,
)

STAGES = ("new", "active", "at risk", "lost", "won back")
MOST_STEPS = 10
ABOVE_NOTHING = (Comparison(Op.ABOVE, 0),)


def subject_of(content: Content) -> str | None:
    """What a condition is about: the one key that names it; None, and a problem noted, where none or several do."""
    found = [key for key in LEAVES if key in content.tree]
    if len(found) == 1:
        return found[0]
    if found:
        content.wrong("", f"one condition is about one thing, and this names {' and '.join(found)}; write several")
        return None
    known = tuple(LEAVES)
    written = next(iter(content.tree), "")
    content.wrong(
        "", f"this condition names nothing to ask about; {suggestion(written, (*known, 'all', 'any', 'none'))}"
    )
    return None


def read_leaf(subject: str, content: Content) -> Leaf | None:
    """The condition in a table; None, and its problems noted, where it cannot be read."""
    before = len(content.problems)
    found = LEAVES[subject](content)
    content.finish()
    return found if len(content.problems) == before else None


def _trait(content: Content) -> Leaf:
    return Trait(content.take("trait", read_text, ""), content.comparisons(VALUE, THERE))


def _holds(content: Content) -> Leaf:
    return Holds(content.take("identifier", read_text, ""), content.comparisons(NUMBER, SOME))


def _known(content: Content) -> Leaf:
    return Known(content.take("known", read_flag, unsaid=True))


def _events(content: Content) -> Leaf:
    measure, name = _measure(content)
    currency = _currency(content, measure)
    return Events(
        of=Kind(content.take("event", read_texts, ()), _where(content), content.take("channel", read_texts, ())),
        measure=measure,
        comparisons=_measured(content, measure, name),
        property=name,
        currency=currency,
        in_last=content.take("in_last", read_span, None),
        before_last=_before_last(content),
    )


def _measure(content: Content) -> tuple[Measure, str]:
    """What is measured, and of which property."""
    content.take("count", _only_true, unsaid=True)
    given = [one for one in Measure if one in content.tree]
    if len(given) > 1:
        content.wrong(given[1], f"one condition measures one thing, and {given[0]} stands here already; write several")
    names = {one: content.take(one, read_text, "") for one in Measure if one is not Measure.COUNT}
    measure = given[0] if given else Measure.COUNT
    return measure, "" if measure is Measure.COUNT else names[measure]


def _only_true(value: object) -> bool:
    if value is not True:
        raise ValueError("a count has no property; write count = true, or leave it out")
    return True


def _currency(content: Content, measure: Measure) -> str:
    given = content.take("currency", read_text, "").strip()
    if measure is Measure.SUM and not given and "currency" not in content.tree:
        content.wrong(
            "currency",
            'amounts of two currencies are never added: write the one to add, such as currency = "VND",'
            f' or currency = "{NO_MONEY}" where {content.tree.get("sum")!r} is no money',
        )
    if measure is not Measure.SUM and given:
        content.wrong("currency", "only a sum has a currency; remove it, or write sum instead")
    return NO_MONEY if given.casefold() == NO_MONEY else given.upper()


def _measured(content: Content, measure: Measure, name: str) -> tuple[Comparison, ...]:
    if measure in (Measure.FIRST, Measure.LAST):
        found = content.comparisons(MOMENT if name == TIMESTAMP else VALUE, () if name == TIMESTAMP else THERE)
        if not found and name == TIMESTAMP and not any(op in content.tree for op in MOMENT):
            content.wrong(measure, 'say when; write newer_than = "30d", older_than = "30d", before or after a day')
        return found
    found = content.comparisons(NUMBER, () if measure is Measure.SUM else SOME)
    if measure is Measure.SUM and not any(op in content.tree for op in NUMBER):
        content.wrong("sum", "say how much; write at_least = 100, or above, below, at_most, is")
    return found


def _before_last(content: Content) -> timedelta | None:
    found: timedelta | None = content.take("before_last", read_span, None)
    lasting = content.tree.get("in_last")
    if found is not None and isinstance(lasting, str):
        try:
            shorter = read_span(lasting) <= found
        except ValueError:
            return found
        if shorter:
            content.wrong("before_last", f"nothing lies within the last {lasting} and before that; make in_last longer")
    return found


def _where(content: Content) -> tuple[Filter, ...]:
    def read(value: object) -> tuple[Filter, ...]:
        if not isinstance(value, Mapping) or not value:
            raise ValueError('this must be a table of properties; write { category = "shoes" }')
        place = content.key("where")
        return tuple(_filter(name, said, place, content.problems) for name, said in value.items())

    none: tuple[Filter, ...] = ()
    return content.take("where", read, none)


def _filter(name: str, said: object, place: str, problems: list[Problem]) -> Filter:
    """One property and what it must be: a value, one of several, or a table of comparisons."""
    if not isinstance(said, Mapping):
        said = {Op.IS.value: said}
    content = Content(said, f"{place}.{dotted(name)}", problems)
    if not name:
        content.wrong("", "a property has a name; write it")
    found = Filter(name, content.comparisons(VALUE, THERE))
    content.finish()
    return found


def _sequence(content: Content) -> Leaf:
    return Sequence(
        steps=content.take("sequence", _steps(content), ()),
        within=content.take("within", read_span, None),
        in_last=content.take("in_last", read_span, None),
        without=content.take("without", read_texts, ()),
        never=content.take("never", read_texts, ()),
    )


def _steps(content: Content) -> Callable[[object], tuple[Kind, ...]]:
    def read(value: object) -> tuple[Kind, ...]:
        if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_STEPS:
            raise ValueError(f'a sequence has 2 to {MOST_STEPS} steps; write ["Product Viewed", "Product Added"]')
        place = content.key("sequence")
        return tuple(_step(one, f"{place}[{number}]", content.problems) for number, one in enumerate(value, 1))

    return read


def _step(value: object, place: str, problems: list[Problem]) -> Kind:
    if not isinstance(value, Mapping):
        try:
            return Kind((read_text(value),))
        except ValueError as error:
            problems.append(Problem(place, str(error)))
            return Kind(())
    content = Content(value, place, problems)
    if "event" not in value:
        content.wrong("", 'a step names its event; write { event = "Product Added" }')
    found = Kind(content.take("event", read_texts, ()), _where(content), content.take("channel", read_texts, ()))
    content.finish()
    return found


def _signal(content: Content) -> Leaf:
    return Signal(content.take("signal", read_text, ""), content.comparisons(NUMBER, ABOVE_NOTHING))


def _lifecycle(content: Content) -> Leaf:
    return Lifecycle(content.take("lifecycle", _stages, ()))


def _stages(value: object) -> tuple[str, ...]:
    found = tuple(one.replace("_", " ") for one in read_texts(value))
    for one in found:
        if one not in STAGES:
            raise ValueError(f'there is no stage "{one}"; {suggestion(one, STAGES)}')
    return found


def _consent(content: Content) -> Leaf:
    return Consent(content.take("consent", read_text, ""), content.take("is", read_flag, unsaid=True))


def _in_segment(content: Content) -> Leaf:
    return InSegment(content.take("segment", read_text, ""))


LEAVES: dict[str, Callable[[Content], Leaf]] = {
    "trait": _trait,
    "identifier": _holds,
    "known": _known,
    "event": _events,
    "sequence": _sequence,
    "signal": _signal,
    "lifecycle": _lifecycle,
    "consent": _consent,
    "segment": _in_segment,
}
"""What a condition can be about, by the key that says so."""
