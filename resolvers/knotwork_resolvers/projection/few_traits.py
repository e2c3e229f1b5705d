"""The counted traits of single events: the same folding and the same hashes as the query of whole segments."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from functools import lru_cache
from typing import Any

MARKS = frozenset({"Mn", "Mc", "Me"})
BLANKS = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
LAST_OF_PLANE = "\uffff"
FOLD = "replace(strip_accents(lower(trim($text))), 'đ', 'd')"
EXTRACT = "json_extract_string($traits, $path)"


def trait_hash(traits: str, trait: str) -> int | None:
    """The hash of one trait's folded value in ``traits``, the JSON text of an object; None where it says nothing."""
    name = trait.replace('"', "")
    value = _read(traits).get(name)
    if isinstance(value, dict | list):
        value = _by_engine(EXTRACT, traits=traits, path=f'$."{name}"')
    if value is None:
        return None
    folded = fold(value if isinstance(value, str) else json.dumps(value))
    return _hash(folded) if folded else None


@lru_cache(maxsize=64)
def _read(traits: str) -> dict[str, Any]:
    """The object that ``traits`` holds; of a key that is there twice the first counts, and numbers stay as written."""
    read: dict[str, Any] = READER.decode(traits)
    return read


def _first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


READER = json.JSONDecoder(object_pairs_hook=_first, parse_float=str, parse_int=str)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """``text`` in small letters, without marks and without blanks around it.

    >>> fold(" TRẦN Đỗ ")
    'tran do'
    """
    trimmed = text.strip(BLANKS)
    if trimmed.isascii():
        return trimmed.lower()
    if any(letter > LAST_OF_PLANE or unicodedata.category(letter) == "Cn" for letter in trimmed):
        return str(_by_engine(FOLD, text=text))
    # one letter for one letter, as the engine does it: a sigma that ends a word is like any other
    small = trimmed.replace("\u03a3", "\u03c3").lower()
    bare = (letter for letter in unicodedata.normalize("NFD", small) if unicodedata.category(letter) not in MARKS)
    return unicodedata.normalize("NFC", "".join(bare)).replace("đ", "d")


def _by_engine(expression: str, **bound: str) -> Any:
    """An expression's value, by the engine: where its Unicode may be newer, and for values that are no text."""
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {expression}", bound).fetchall()[0][0]


def _hash(folded: str) -> int:
    """The lower half of the text's md5 without its last bit."""
    digest = hashlib.md5(folded.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little") >> 1
