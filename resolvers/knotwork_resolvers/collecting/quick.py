"""One event as JSON text to the row that loading makes of it, where it is beyond doubt: microseconds, no engine.

Only what is plainly an event, in the form that nearly all events have, is read here. Everything else (a fault of any
kind, a number written in an unusual way, an escape that may stand for no character, a huge line) is left to the check
that files go through, so that a single event and a file of it can never meet different judges.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from knotwork_resolvers.loading.check_sql import (
    CLOCK,
    DEEPEST,
    FIRST_YEAR,
    KNOWN,
    LAST_YEAR,
    LONG,
    MOST_IDENTIFIERS,
    OBJECTS,
)

LONGEST = LONG // 4  # characters: within the bytes that the check takes for a usual line, whatever they are
ODD = re.compile(r"\\u0000|\\ud", re.IGNORECASE)  # NUL, and halves of characters
ESCAPED = re.compile(r"\\u")  # in what is written: a control character, which JSON writers escape in two ways
MOMENT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}(Z|[+-](0\d|1[0-4]):[0-5]\d)?", re.ASCII)
MICROSECONDS = re.compile(r"\.\d{7}", re.ASCII)
MOST_DIGITS = 18
Pair = dict[str, str]


class _DoubtError(ValueError):
    """Something that the quick reading does not vouch for."""


def quick_row(text: str) -> dict[str, Any] | None:
    """The columns ``GIVEN`` of the event in ``text``, as Arrow's ``to_pylist`` has them; None where in doubt."""
    if len(text) > LONGEST or ODD.search(text) or text.count("[") + text.count("{") > DEEPEST:
        return None
    try:
        return _row(_READER.decode(text))
    except (ValueError, RecursionError):  # what is no JSON raises the first, too deep a nesting the second
        return None


def _row(event: Any) -> dict[str, Any]:
    if not isinstance(event, dict):
        raise _DoubtError
    source, message_id = _name(event.get("source")), _name(event.get("message_id"))
    digest = hashlib.md5(f"{source}\x1f{message_id}".encode(), usedforsecurity=False).digest()
    unknown = {key: value for key, value in event.items() if key not in KNOWN}
    return {
        "key": int.from_bytes(digest[:8], "little"),
        "source": source,
        "message_id": message_id,
        "timestamp": _moment(event.get("timestamp")),
        "channel": _text(event.get("channel")),
        "event": _text(event.get("event")),
        "identifiers": _pairs(event.get("identifiers")),
        "vouched": _texts(event.get("vouched")),
        **{name: _object(event.get(name)) for name in OBJECTS},
        "extra": _object(unknown or None),
    }


def _name(value: Any) -> str:
    """A source or a message id: text that is not blank, or a whole number."""
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or not value or value[0] == " ":
        raise _DoubtError
    return value


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _DoubtError
    return value


def _moment(value: Any) -> datetime:
    """The moment in UTC, naive; one without an offset is in UTC."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value) or MICROSECONDS.search(value):
        raise _DoubtError
    read = datetime.fromisoformat(value)
    moment = read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _DoubtError
    return moment


def _pairs(value: Any) -> list[Pair]:
    """Type and value of each identifier, by type."""
    if not isinstance(value, dict) or any(not kind or ":" in kind for kind in value):
        raise _DoubtError
    pairs = [
        {"type": kind, "value": _value(one)}
        for kind in sorted(value)
        for one in (value[kind] if isinstance(value[kind], list) else (value[kind],))
        if one is not None
    ]
    if not 0 < len(pairs) <= MOST_IDENTIFIERS:
        raise _DoubtError
    return pairs


def _value(value: Any) -> str:
    """A value as text, as JSON writes it."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float):
        raise _DoubtError
    return json.dumps(value)


def _texts(value: Any) -> list[str] | None:
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise _DoubtError
    return value


def _object(value: Any) -> str | None:
    """The object as JSON without blanks, keys in their order."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise _DoubtError
    text = _WRITER.encode(value)
    if ESCAPED.search(text):
        raise _DoubtError
    return text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DoubtError
    return found


def _whole(digits: str) -> int:
    """A whole number that every reader of JSON takes for the same."""
    if len(digits) > MOST_DIGITS or digits == "-0":
        raise _DoubtError
    return int(digits)


def _broken(digits: str) -> float:
    """A number that is written as every writer of JSON would write it back."""
    value = float(digits)
    if repr(value) != digits or "e" in digits:
        raise _DoubtError
    return value


def _constant(_: str) -> Any:
    raise _DoubtError


_READER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_whole, parse_float=_broken, parse_constant=_constant)
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
