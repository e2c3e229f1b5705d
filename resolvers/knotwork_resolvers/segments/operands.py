"""What stands beside a comparison: each reads what TOML or JSON holds, or says what to write instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from knotwork_graph.policy.durations import read_duration
from knotwork_graph.policy.kinds import wrong_type
from knotwork_resolvers.segments.rules import Comparison, Op, Operand, Scalar

MOST_VALUES = 1_000
LONGEST_TEXT = 1_000


def read_text(value: object) -> str:
    """A text that is not blank and not endless. Raises ``ValueError``, as all below."""
    if not isinstance(value, str):
        raise wrong_type(value, "a text in quotes", '"words"')
    if not value.strip() or len(value) > LONGEST_TEXT:
        raise ValueError(f"a text here has 1 to {LONGEST_TEXT:,} characters; write some words")
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
        raise ValueError("this text has a character that stands for nothing; write it anew")
    return value


def read_texts(value: object) -> tuple[str, ...]:
    """One text, or a list of some, each once."""
    if not isinstance(value, list | tuple):
        return (read_text(value),)
    if not 0 < len(value) <= MOST_VALUES:
        raise ValueError(f'a list here has 1 to {MOST_VALUES:,} texts; write ["words"]')
    return tuple(dict.fromkeys(read_text(one) for one in value))


def read_flag(value: object) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise wrong_type(value, "true or false", "true")
    return value


def read_number(value: object) -> float | int:
    """A number that ends."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise wrong_type(value, "a number", "10")
    if not math.isfinite(value) or abs(value) > 1e300:
        raise ValueError(f"{value} is out of range; write a number such as 10")
    return value


def read_span(value: object) -> timedelta:
    """A duration."""
    if not isinstance(value, str):
        raise wrong_type(value, "a duration in quotes", '"30d"')
    return read_duration(value)


def read_moment(value: object) -> datetime:
    """A day or a moment, in UTC where it names no zone."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time())
    else:
        found = _written_moment(value)
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC)


def _written_moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise wrong_type(value, "a day or a moment", '"2026-01-31"')
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f'"{value}" is no moment; write a day such as "2026-01-31"') from error


def read_scalars(value: object) -> tuple[Scalar, ...]:
    """One value, or a list of some: texts, numbers, true and false."""
    given = value if isinstance(value, list | tuple) else [value]
    if not 0 < len(given) <= MOST_VALUES:
        raise ValueError(f'a list here has 1 to {MOST_VALUES:,} values; write ["a", "b"]')
    return tuple(map(_scalar, given))


def _scalar(value: object) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, int | float):
        return read_number(value)
    raise wrong_type(value, "a text, a number, or a list of them", '"words"')


def _numbers(value: object) -> tuple[Scalar, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    return tuple(read_number(one) for one in read_scalars(given))


Read = Callable[[object], Operand]
BOUNDS: dict[Op, Read] = dict.fromkeys((Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST), read_number)
DATES: dict[Op, Read] = dict.fromkeys((Op.BEFORE, Op.AFTER), read_moment)
VALUE: dict[Op, Read] = {
    Op.IS: read_scalars,
    Op.IS_NOT: read_scalars,
    **dict.fromkeys((Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH), read_text),
    **BOUNDS,
    **DATES,
    Op.EXISTS: read_flag,
}
"""What a trait or a property can be compared with."""
NUMBER: dict[Op, Read] = {Op.IS: _numbers, Op.IS_NOT: _numbers, **BOUNDS}
"""What a count, a sum or a signal can be compared with."""
MOMENT: dict[Op, Read] = {**DATES, Op.NEWER_THAN: read_span, Op.OLDER_THAN: read_span}
"""What the moment of an event can be compared with."""
SOME = (Comparison(Op.AT_LEAST, 1),)
THERE = (Comparison(Op.EXISTS, operand=True),)
