"""Text in the form in which it is compared: what people write differently without meaning anything by it is gone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

import pyarrow.compute as pc

from knotwork_resolvers.normalise.draft import Strings, as_strings

# Letters that Unicode does not take apart into a plain one and a mark. Lists of names write đ with the capital of
# the Icelandic ð (U+00D0), which looks the same.
LETTERS = {
    "đ": "d",
    "ð": "d",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "ı": "i",
    "þ": "th",
    "ħ": "h",
}
MARKS = r"[\p{M}'’‘`´ʼ\x{200b}-\x{200f}\x{2060}\x{feff}\x{ad}]+"  # an apostrophe divides no word
BETWEEN = r"[^\p{L}\p{N}]+"
REMEMBERED = 100_000  # words: a list of a million names is written with fewer
TABLE = str.maketrans(LETTERS)


def folded(values: Any) -> Strings:
    """Each text in small letters without marks, its words of letters and digits one blank apart; nulls are empty.

    O(characters), in compiled code. Texts without a letter or digit (emojis, dashes) become empty.

    >>> import pyarrow as pa
    >>> folded(pa.array(["  ĐẶNG  Hoàng-Ðức ", None])).to_pylist()
    ['dang hoang duc', '']
    """
    text = pc.utf8_lower(pc.utf8_normalize(as_strings(values), "NFKD"))
    for letter, plain in LETTERS.items():
        text = pc.replace_substring(text, letter, plain)
    bare = pc.replace_substring_regex(text, MARKS, "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, BETWEEN, " "))


@lru_cache(maxsize=REMEMBERED)
def folded_one(text: str) -> str:
    """The same for one text, for tables and for what is taken apart word by word."""
    wide = unicodedata.normalize("NFKD", text).lower().translate(TABLE)
    seen = (one for one in wide if unicodedata.category(one)[0] != "M" and one not in "'’‘`´ʼ")
    return " ".join("".join(one if one.isalnum() else " " for one in seen if not hidden(one)).split())


def hidden(letter: str) -> bool:
    """Whether nobody sees the letter, such as a mark of the direction of writing."""
    return unicodedata.category(letter) == "Cf"
