"""Whether two events say the same, however they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TEXTS = ("channel", "event")
OBJECTS = ("traits", "properties", "consent", "extra")


def same_body(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two bodies are one, apart from the order of keys and of lists of identifiers.

    >>> nothing = dict.fromkeys((*TEXTS, *OBJECTS, "timestamp", "identifiers", "vouched"))
    >>> same_body(nothing | {"traits": '{"a":1,"b":2}'}, nothing | {"traits": '{"b":2,"a":1}'})
    True
    """
    return (
        a["timestamp"] == b["timestamp"]
        and all((a[name] or "") == (b[name] or "") for name in TEXTS)
        and _pairs(a["identifiers"]) == _pairs(b["identifiers"])
        and sorted(a["vouched"] or ()) == sorted(b["vouched"] or ())
        and all(_value(a[name]) == _value(b[name]) for name in OBJECTS)
    )


def _pairs(identifiers: list[dict[str, str]] | None) -> list[tuple[str, str]]:
    """Identifiers as sorted pairs; the same one twice says no more than once."""
    return sorted({(pair["type"], pair["value"]) for pair in identifiers or ()})


def _value(text: str | None) -> Any:
    """The value behind JSON text; an empty object says as much as an absent one."""
    return _exact(json.loads(text)) if text else _exact({})


def _exact(value: Any) -> Any:
    """``value`` in a form whose equality is JSON's: true is not 1."""
    if isinstance(value, dict):
        return ("object", {key: _exact(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return ("list", [_exact(inner) for inner in value])
    return (isinstance(value, bool), value)
