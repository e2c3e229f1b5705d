"""Types of the schema made from values of the same fields: what has no twin in the schema is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

import strawberry

from knotwork.graphql.counts import Count

Kind = TypeVar("Kind", bound=type)
TWINS: dict[type, type] = {}
"""For each kind of value the type of the schema that shows it."""


def twin(value: type, description: str, name: str = "") -> Callable[[Kind], Kind]:
    """Makes a class a type of the schema that shows values of the type ``value``, called as they are."""

    def named(kind: Kind) -> Kind:
        made: Kind = strawberry.type(kind, name=name or value.__name__, description=description)
        TWINS[value] = made
        return made

    return named


def shown(value: Any) -> Any:
    """A value as the schema shows it: twins for dataclasses, lists for tuples, counts for mappings, texts for enums."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [shown(one) for one in value]
    if isinstance(value, Mapping):
        return [Count(name=name, count=count) for name, count in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return _made(TWINS[type(value)], value)
    return value


def _made(kind: type, value: Any, **more: Any) -> Any:
    """One of ``kind`` with the fields that ``value`` has, and what else there is."""
    held = {each.name for each in fields(value)}
    given = {each.name: shown(getattr(value, each.name)) for each in fields(kind) if each.name in held}
    return kind(**given, **more)


def with_text(value: Any, text: str) -> Any:
    """A value as the schema shows it, with its account in words."""
    return _made(TWINS[type(value)], value, text=text)
