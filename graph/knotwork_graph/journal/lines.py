"""A record as one line of JSON, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from knotwork_graph.model import UNDO, Recorded
from knotwork_graph.model.decision import KINDS

TEXTS = ("kind", "a", "b", "by", "reason", "comment", "code", "approved_by")

ORDER = ("number", "kind", "a", "b", "by", "at", "reason", "comment", "undoes", "code", "bundle", "approved_by")


def line_of(record: Recorded) -> str:
    r"""The record as one line of JSON, with its line end; what a kind has no use for is left out.

    >>> from datetime import UTC, datetime
    >>> line_of(Recorded(2, "undo", "", "", "mai", datetime(2026, 3, 1, tzinfo=UTC), undoes=1))
    '{"number": 2, "kind": "undo", "by": "mai", "at": "2026-03-01T00:00:00+00:00", "undoes": 1}\n'
    """
    texts = {name: getattr(record, name) for name in TEXTS}
    numbers = {"number": record.number, "undoes": record.undoes, "bundle": record.bundle}
    whole = {**numbers, **texts, "at": record.at.astimezone(UTC).isoformat()}
    return json.dumps({name: whole[name] for name in ORDER if whole[name]}, ensure_ascii=False) + "\n"


def record_of(line: str | bytes) -> Recorded:
    """The record that a line holds. Raises ``ValueError`` with what is wrong with it; unknown keys are left aside."""
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg}") from error
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    kind, a, b, by, reason, comment, code, approved_by = (_text(found, name) for name in TEXTS)
    if kind != UNDO and kind not in KINDS:
        raise ValueError(f"there is no kind of decision called {kind[:40]!r}")
    at = _moment(_text(found, "at"))
    number, undoes, bundle = (_number(found, name) for name in ("number", "undoes", "bundle"))
    return Recorded(number, kind, a, b, by, at, reason, comment, undoes, 0, code, bundle, approved_by)


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name) or ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"at is no time: {text[:40]!r}") from error


def _number(found: dict[str, Any], name: str) -> int:
    value = found.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is no number")
    return value
