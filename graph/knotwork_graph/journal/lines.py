"""A record as one line of JSON, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from knotwork_graph.model import Recorded

TEXTS = ("kind", "a", "b", "by", "reason", "comment")


def line_of(record: Recorded) -> str:
    r"""The record as one line of JSON, with its line end; what a kind has no use for is left out.

    >>> from datetime import UTC, datetime
    >>> line_of(Recorded(2, "undo", "", "", "mai", datetime(2026, 3, 1, tzinfo=UTC), undoes=1))
    '{"number": 2, "kind": "undo", "by": "mai", "at": "2026-03-01T00:00:00+00:00", "undoes": 1}\n'
    """
    texts = {name: getattr(record, name) for name in TEXTS}
    whole = {"number": record.number, **texts, "at": record.at.astimezone(UTC).isoformat(), "undoes": record.undoes}
    order = ("number", "kind", "a", "b", "by", "at", "reason", "comment", "undoes")
    return json.dumps({name: whole[name] for name in order if whole[name]}, ensure_ascii=False) + "\n"


def record_of(line: str | bytes) -> Recorded:
    """The record that a line holds. Raises ``ValueError`` with what is wrong with it; unknown keys are left aside."""
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    kind, a, b, by, reason, comment = (_text(found, name) for name in TEXTS)
    at = datetime.fromisoformat(_text(found, "at"))
    return Recorded(_number(found, "number"), kind, a, b, by, at, reason, comment, _number(found, "undoes"))


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name) or ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def _number(found: dict[str, Any], name: str) -> int:
    value = found.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is no number")
    return value
