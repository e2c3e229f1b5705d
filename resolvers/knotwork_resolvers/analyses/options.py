"""What can be asked, declared once: Python, the command line and the documentation follow the fields of a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, get_type_hints

from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_graph.policy.durations import read_duration

Question = TypeVar("Question")


@dataclass(frozen=True, slots=True)
class Option:
    """Stands in the annotation of a question's field: what it means, and how it is typed and filled in."""

    meaning: str
    metavar: str = ""
    flag: str = ""


def options_of(kind: type[Any]) -> dict[str, Option]:
    """The options of a question by the names of their fields, in their order."""
    hints = get_type_hints(kind, include_extras=True)
    return {one.name: _option(hints[one.name]) for one in fields(kind)}


def flag_of(name: str, option: Option) -> str:
    """The option as it is typed.

    >>> flag_of("by_session", Option("")), flag_of("start", Option("", flag="--from"))
    ('--by-session', '--from')
    """
    return option.flag or f"--{name.replace('_', '-')}"


def _option(hint: Any) -> Option:
    found: Option = hint.__metadata__[0]
    return found


def question_of(kind: type[Question], given: Mapping[str, Any]) -> Question:
    """The question of this kind with these options, each brought into its type.

    Raises ``UsageError`` for an option there is none of, one that is missing, or a value that cannot be meant.
    """
    declared = options_of(kind)
    for name in given:
        if name not in declared:
            raise UsageError(f"there is no option {name}; {suggestion(name, list(declared))}")
    hints = get_type_hints(kind)
    return kind(**{name: _fitted(name, value, hints[name]) for name, value in given.items()})


def at_least(least: int, **options: int | None) -> None:
    """Refuse a number below ``least``; None is no number. Raises ``UsageError``."""
    for name, value in options.items():
        if value is not None and value < least:
            raise UsageError(f"{name} is {value}; it must be {least} or more.")


def some_time(**options: timedelta | None) -> None:
    """Refuse a span of no length, in which nothing could happen. Raises ``UsageError``."""
    for name, value in options.items():
        if value is not None and value <= timedelta():
            raise UsageError(f"{name} is {value}; it must be longer than nothing. Write 1s, 30m, 12h or 7d.")


def one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a value that is not known. Raises ``UsageError``."""
    if value not in known:
        raise UsageError(f"{name}: there is no {value}; {suggestion(value, known)}")


def in_zone(name: str) -> None:
    """Refuse a time zone that there is not. Raises ``UsageError``."""
    from zoneinfo import available_timezones

    known = available_timezones()
    if name not in known:
        raise UsageError(f"zone: there is no time zone {name}; {suggestion(name, known)[:200]}")


def micros(span: timedelta) -> int:
    """Whole microseconds."""
    return span // timedelta(microseconds=1)


def _fitted(name: str, value: Any, hint: Any) -> Any:
    """``value`` in the type of its field: spans and moments may be texts, several names may be one."""
    if hint == tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)
    if isinstance(value, str) and hint in (timedelta, timedelta | None):
        try:
            return read_duration(value)
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from error
    if hint in (datetime, datetime | None) and isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
