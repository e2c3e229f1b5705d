"""What the JSON of one event says, read in Python with the very meaning that the query engine gives it for everybody.

What is plain (texts, whole numbers, true and false) is read here. The odd rest (numbers with a point, lists, objects,
letters newer than this Python) is left to the engine itself, so that there is one meaning.
"""

from __future__ import annotations

import json
import math
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from knotwork_resolvers.profiles.observed import NAMED
from knotwork_resolvers.projection.few_traits import BLANKS, LAST_OF_PLANE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BY_ENGINE = f"""
SELECT name, nfc_normalize(trim(said->>'$')), starts_with(said::VARCHAR, '"')
FROM ({NAMED.format(column="body", rows="SELECT $body AS body")}) WHERE said->>'$' IS NOT NULL
"""
OF_PROPERTY = "SELECT json_extract_string($body, $pointer)"
MOST_WHOLE = 1 << 63
MOST_AMOUNT = 1e12
"""No amount is larger: such a number is a mistake of its source."""

MICROS = 1e6
SPACES = " \t\n\v\f\r"

Said = tuple[str, str, bool]
"""A name, its value as a text, and whether JSON had it as one."""


@lru_cache(maxsize=4096)
def said(body: str) -> tuple[Said, ...]:
    """What the JSON text of an object says: its names with their values; empty and absent ones say nothing.

    Of a name that stands twice the first counts.

    >>> said('{"name": " Lan ", "points": 5, "city": ""}')
    (('points', '5', False), ('name', 'Lan', True))
    """
    read = READER.decode(body)
    if not isinstance(read, Pairs):
        return ()
    told = _first_of(read)
    found = [(name, _text(value), isinstance(value, str)) for name, value in told.items() if value is not None]
    if any(text is None for _, text, _ in found):
        return _by_engine(body)
    return tuple((name, text, plain) for name, text, plain in found if text)


def property_of(body: str | None, name: str) -> str | None:
    """The text of a property of an event, None where there is none; of a name that stands twice the first counts.

    >>> property_of('{"price": 5, "size": "M"}', "price")
    '5'
    """
    value = _properties(body).get(name) if body else None
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < MOST_WHOLE:
        return str(value)
    if isinstance(value, float) and "e" not in (text := repr(value)) and "n" not in text:
        return text
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    ((found,),) = engine_asked().cursor().execute(OF_PROPERTY, {"body": body, "pointer": pointer}).fetchall()
    return None if found is None else str(found)


def amount(text: str | None) -> int | None:
    """Millionths of the amount that a property's text is, None for none.

    >>> amount("19.99"), amount("many"), amount(None)
    (19990000, None, None)
    """
    number = number_of(text)
    if number is None or not abs(number) <= MOST_AMOUNT:
        return None
    return math.floor(number * MICROS + 0.5)


def number_of(text: str | None) -> float | None:
    """The number that a text is, as the engine casts it, None for none."""
    if text is None or not text.isascii() or "_" in text:
        return None
    try:
        return float(text.strip(SPACES))
    except ValueError:
        return None


class Pairs:
    """The names and values of an object, in order."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


READER = json.JSONDecoder(object_pairs_hook=Pairs)


def _text(value: Any) -> str | None:
    """The text of a trait's value; None where the engine must say it."""
    if isinstance(value, str):
        return _composed(value.strip(BLANKS))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) and abs(value) < MOST_WHOLE else None


def _composed(text: str) -> str | None:
    """``text`` in its composed form; None where it holds letters that this Python may not know."""
    if text.isascii():
        return text
    if any(letter > LAST_OF_PLANE or unicodedata.category(letter) == "Cn" for letter in text):
        return None
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4096)
def _properties(body: str) -> dict[str, Any]:
    read = READER.decode(body)
    return _first_of(read) if isinstance(read, Pairs) else {}


def _first_of(read: Pairs) -> dict[str, Any]:
    return dict(reversed(read.pairs))


def _by_engine(body: str) -> tuple[Said, ...]:
    rows = engine_asked().cursor().execute(BY_ENGINE, {"body": body}).fetchall()
    return tuple((name, value, plain) for name, value, plain in rows if value)


@cache
def engine_asked() -> DuckDBPyConnection:
    """An engine in memory for what is odd; a cursor of it for each question, as threads share it."""
    import duckdb

    return duckdb.connect(config={"threads": 1})
