"""Comparisons as parts of a query: of texts as JSON has them, of numbers, and of moments in microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from knotwork_graph.model import to_micros
from knotwork_resolvers.segments.binding import NOW, Binder, micros, since
from knotwork_resolvers.segments.rules import Comparison, Op, Operand, Scalar

SIGNS = {Op.ABOVE: ">", Op.AT_LEAST: ">=", Op.BELOW: "<", Op.AT_MOST: "<=", Op.BEFORE: "<", Op.AFTER: ">"}
LEAST = 1e-9
TEXTS = {Op.CONTAINS: "contains", Op.STARTS_WITH: "starts_with", Op.ENDS_WITH: "ends_with"}


def text_passes(text: str, comparisons: Iterable[Comparison], binder: Binder) -> str:
    """Whether a text (NULL: there is none) passes every comparison; never NULL.

    It counts as a number or a moment where it is written like one, and passes no such comparison otherwise.
    """
    return _every(_text(text, one, binder) for one in comparisons)


def number_passes(number: str, comparisons: Iterable[Comparison], binder: Binder) -> str:
    """The same of a number."""
    return _every(_number(number, one, binder) for one in comparisons)


def moment_passes(moment: str, comparisons: Iterable[Comparison]) -> str:
    """The same of a moment."""
    return _every(_moment(moment, one) for one in comparisons)


def next_change(moment: str, comparisons: Iterable[Comparison]) -> tuple[str, ...]:
    """When time alone will change what is said of a moment: parts of a query, NULL for never."""
    spans = [one.operand for one in comparisons if isinstance(one.operand, timedelta)]
    return tuple(f"CASE WHEN {moment} > {since(span)} THEN {moment} + {micros(span)} END" for span in spans)


def fades_past(value: str, comparisons: Iterable[Comparison], half_life: timedelta) -> tuple[str, ...]:
    """When to look again at a number that halves in each ``half_life``: half the way to where it passes a bound.

    Half the way only, for the number is rounded; the closer it comes, the sooner it is looked at again.
    """
    numbers = {one for each in comparisons for one in _bounds(each.operand)}
    half = micros(half_life) / 2
    return tuple(
        f"CASE WHEN {value} / {bound!r} > 1 THEN {NOW} + greatest({half} * log2({value} / {bound!r}), 1000)::BIGINT END"
        for bound in sorted(numbers)
    )


def _bounds(operand: Operand) -> tuple[float, ...]:
    """The numbers that a comparison is about; instead of nothing the least that a number is told to."""
    given = operand if isinstance(operand, tuple) else (operand,)
    return tuple(float(one) or LEAST for one in given if isinstance(one, int | float))


def _every(parts: Iterable[str]) -> str:
    return f"coalesce({' AND '.join(f'({part})' for part in parts) or 'true'}, false)"


def _text(text: str, one: Comparison, binder: Binder) -> str:
    if one.op is Op.EXISTS:
        return f"{text} IS {'NOT ' if one.operand else ''}NULL"
    if one.op in TEXTS:
        return f"{TEXTS[one.op]}({text}, {binder.bind(_scalar(one.operand))})"
    if one.op in (Op.BEFORE, Op.AFTER):
        return f"epoch_us(try_cast({text} AS TIMESTAMPTZ)) {SIGNS[one.op]} {_at(one.operand)}"
    if one.op in SIGNS:
        return f"{_as_number(text)} {SIGNS[one.op]} {binder.bind(_scalar(one.operand))}"
    among = _among(text, _scalars(one.operand), binder)
    return among if one.op is Op.IS else f"NOT ({among})"


def _among(text: str, values: tuple[Scalar, ...], binder: Binder) -> str:
    """Whether a text is one of some values: numbers by what they are, all else letter by letter."""
    words = [_word(value) for value in values if isinstance(value, str | bool)]
    numbers = [float(value) for value in values if not isinstance(value, str | bool)]
    parts = [f"{text} IN {binder.among(words)}"] if words else []
    if numbers:
        parts.append(f"coalesce({_as_number(text)} IN {binder.among(numbers)}, {text} IS NULL AND NULL)")
    return " OR ".join(parts)


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else "true" if value else "false"


def _as_number(text: str) -> str:
    """The number that a text is; NULL for none, and for what has no end."""
    return f"CASE WHEN isfinite(try_cast({text} AS DOUBLE)) THEN try_cast({text} AS DOUBLE) END"


def _number(number: str, one: Comparison, binder: Binder) -> str:
    if one.op in SIGNS:
        return f"{number} {SIGNS[one.op]} {binder.bind(_scalar(one.operand))}"
    among = f"{number} IN {binder.among(_scalars(one.operand))}"
    return among if one.op is Op.IS else f"NOT ({among})"


def _moment(moment: str, one: Comparison) -> str:
    if isinstance(one.operand, timedelta):
        return f"{moment} {'>' if one.op is Op.NEWER_THAN else '<='} {since(one.operand)}"
    return f"{moment} {SIGNS[one.op]} {_at(one.operand)}"


def _at(operand: Operand) -> int:
    if not isinstance(operand, datetime):
        raise TypeError("this is compared with moments")
    return to_micros(operand)


def _scalar(operand: Operand) -> Scalar:
    if not isinstance(operand, str | int | float):
        raise TypeError("this is compared with one value")
    return operand


def _scalars(operand: Operand) -> tuple[Scalar, ...]:
    if not isinstance(operand, tuple):
        raise TypeError("this is compared with several values")
    return operand
