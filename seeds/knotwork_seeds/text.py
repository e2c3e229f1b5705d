"""Columns of text made from numbers and tables, without a Python loop over rows.

Every text of this package is free of quotes, backslashes and control characters (a test proves it), so that JSON is
plain concatenation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_seeds.dice import Flags, Ints, Words

Bytes = npt.NDArray[np.uint8]
Text: TypeAlias = pa.StringArray


def fixed(characters: Bytes) -> Text:
    """A text for each row of a matrix of ASCII codes."""
    rows, width = characters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters)))


def literal(text: str, rows: int) -> Bytes:
    """The same ASCII characters on every row."""
    return np.broadcast_to(np.frombuffer(text.encode("ascii"), dtype=np.uint8), (rows, len(text)))


def digits(numbers: Ints, width: int) -> Bytes:
    """Decimal digits with leading zeros, as ASCII codes."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)


@lru_cache(maxsize=1)
def _hex_pairs() -> Bytes:
    return np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint8).reshape(256, 2)


def hexes(words: Words) -> Bytes:
    """Sixteen lower-case hexadecimal digits for each word, as ASCII codes."""
    octets = np.ascontiguousarray(words.astype(">u8")).view(np.uint8).reshape(len(words), 8)
    return _hex_pairs()[octets].reshape(len(words), 16)


def beside(*columns: Bytes | str) -> Text:
    """The columns of characters set side by side; a str stands on every row."""
    rows = next(len(column) for column in columns if not isinstance(column, str))
    return fixed(np.hstack([literal(c, rows) if isinstance(c, str) else c for c in columns]))


def joined(*parts: Any, separator: str = "") -> Text:
    """The parts of each row in one text; absent parts are left out, as is their separator."""
    if len(parts) == 1:  # arrow drops the rows of a single absent part altogether
        return pc.fill_null(parts[0], "")
    return pc.binary_join_element_wise(*parts, separator, null_handling="skip")


def taken(table: Text, index: Ints) -> Text:
    """The table's text at each index; -1 gives an absent one."""
    return table.take(pa.array(index, mask=index < 0))


def only(text: Text, rows: Flags) -> Text:
    """The text on the rows chosen, absent elsewhere."""
    return pc.if_else(pa.array(rows), text, pa.scalar(None, pa.string()))


def column(values: Sequence[str]) -> Text:
    """A column of these texts."""
    return pa.array(values, pa.string())


def stacked(*parts: Text) -> Text:
    """The parts one below the other."""
    return pa.concat_arrays([part.cast(pa.string()) for part in parts])


def folded(text: str) -> str:
    """The text without accents, as people type it in a hurry."""
    plain = text.replace("đ", "d").replace("Đ", "D")
    return "".join(letter for letter in unicodedata.normalize("NFD", plain) if not unicodedata.combining(letter))


def decimal(numbers: Ints) -> Text:
    """Whole numbers in decimal, without leading zeros."""
    return pa.array(numbers).cast(pa.string())
