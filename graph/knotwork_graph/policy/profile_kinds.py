"""The kinds of value that settings of profiles have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from knotwork_graph.policy.kinds import MOST, Kind, as_text, wrong_type
from knotwork_graph.policy.nearest import suggestion
from knotwork_graph.policy.profile_rules import Number, Wanted

BOUNDS = ("at_least", "above", "at_most", "below", "not")


def read_names(value: object) -> tuple[str, ...]:
    """A list of names, each once."""
    if not isinstance(value, list):
        raise wrong_type(value, "a list of names", '["crm", "web"]')
    names = tuple(named(as_text(one, '"crm"')) for one in value)
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise ValueError(f'"{twice}" stands in the list twice; remove one of them')
    return names


def named(name: str) -> str:
    """``name`` when it can name anything."""
    if not name.strip():
        raise ValueError("a name in the list is blank; remove it")
    return name


def read_weights(value: object) -> Mapping[str, float]:
    """A table of events and weights, or a list of events that weigh 1 each."""
    if isinstance(value, list):
        return MappingProxyType(dict.fromkeys(read_names(value), 1.0))
    if not isinstance(value, dict):
        raise wrong_type(value, "a table of events and weights", WEIGHTS.example)
    return MappingProxyType({named(name): weight(name, one) for name, one in value.items()})


def weight(name: str, value: object) -> float:
    """How much one event counts; below 0 it speaks against."""
    if not is_number(value) or not 0 < abs(value) <= 1_000:  # type: ignore[arg-type] # a number by then
        raise ValueError(f'"{name}": write a number other than 0, from -1000 to 1000, such as 1 or 2.5')
    return float(cast("Number", value))


def is_number(value: object) -> bool:
    """Whether this is a number that one can reckon with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def read_where(value: object) -> Mapping[str, Wanted]:
    """A table of properties and what each must be."""
    if not isinstance(value, dict):
        raise wrong_type(value, "a table of properties", WHERE.example)
    return MappingProxyType({named(name): wanted(name, one) for name, one in value.items()})


def wanted(name: str, value: object) -> Wanted:
    """What one property must be: a value, one of a list, or a number within bounds."""
    if isinstance(value, dict):
        return bounds(name, value)
    if isinstance(value, list) and value:
        return tuple(single(name, one) for one in value)
    return single(name, value)


def single(name: str, value: object) -> str | bool | Number:
    """One value that a property can have."""
    if isinstance(value, str | bool) or is_number(value):
        return cast("str | bool | Number", value)
    raise ValueError(f'"{name}": write a text, a number, true or false, a list of these, or {{ at_least = 100 }}')


def bounds(name: str, value: dict[str, object]) -> Mapping[str, Number]:
    """Numbers that a property lies between."""
    for bound, limit in value.items():
        if bound not in BOUNDS:
            raise ValueError(f'"{name}": there is no "{bound}" here; {suggestion(bound, BOUNDS)}')
        if not is_number(limit) or abs(cast("Number", limit)) > MOST:
            raise ValueError(f'"{name}": {bound} is a number; write it as {{ {bound} = 100 }}')
    if not value:
        raise ValueError(f'"{name}": write bounds such as {{ at_least = 100 }}, or remove it')
    return MappingProxyType(cast("dict[str, Number]", dict(value)))


NAMES = Kind("list of names", '["crm"]', read_names)
WEIGHTS = Kind("table of events and weights", '{ "Product Viewed" = 1, "Product Added" = 3 }', read_weights)
WHERE = Kind("table of properties", '{ category = "shoes" }', read_where)
