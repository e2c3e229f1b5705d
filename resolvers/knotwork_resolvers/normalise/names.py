"""Names of people, taken apart and folded for comparing. A name is a trait: it never links anybody by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_resolvers.normalise.draft import Mask, Strings, as_strings
from knotwork_resolvers.normalise.folding import folded, folded_one
from knotwork_resolvers.normalise.name_tables import (
    COMMON_FAMILIES,
    COMPANY_WORDS,
    HONORIFICS,
    MIDDLES,
    NO_NAMES,
    RARE_FAMILIES,
    SUFFIXES,
    TRADES,
    TWO_WORD_HONORIFICS,
)

SINGLES = re.compile(r"\b[a-z](?: [a-z]\b)+")
BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|\"[^\"]*\"")
TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below: Vietnam's five written tones
REMEMBERED = 100_000  # words: far fewer than the names that they make
INITIALED = 3  # words: "N. Thị Hoa" begins with an initial of the family, "T. Hoa" may be anything
LONGEST = 200  # characters: nobody's name is longer, and whatever it is, it is not taken apart


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name in parts, folded; a part that is not there is empty."""

    family: str = ""
    middle: str = ""
    given: str = ""

    @property
    def folded(self) -> str:
        """Family, middle and given name, a blank apart."""
        return " ".join(part for part in (self.family, self.middle, self.given) if part)


@dataclass(frozen=True, slots=True)
class NameParts:
    """Arrow string arrays, a row for each name, as ``PersonName`` has them; ``initial``: the family is one letter."""

    family: Strings
    middle: Strings
    given: Strings
    folded: Strings
    initial: Mask


def name_parts(values: Any) -> NameParts:
    """The parts of each name; blank, placeholder and letterless ones are empty. 20 microseconds a distinct name."""
    encoded = as_strings(values).dictionary_encode()
    found = [person_name(text) for text in encoded.dictionary.to_pylist()]

    def column(part: Callable[[PersonName], str]) -> Strings:
        return pa.array([part(one) for one in found], pa.string()).take(encoded.indices)

    family = column(lambda one: one.family)
    return NameParts(
        family,
        column(lambda one: one.middle),
        column(lambda one: one.given),
        column(lambda one: one.folded),
        np.asarray(pc.equal(pc.utf8_length(family), 1)),
    )


def person_name(text: str) -> PersonName:
    """One name in parts.

    >>> person_name("Chị Nguyễn Thị Như Quỳnh (Zalo)").folded
    'nguyen thi nhu quynh'
    >>> person_name("Quỳnh Thị Như Nguyễn").given
    'quynh'
    >>> person_name("Smith, John").family
    'smith'
    """
    words, comma = words_of(text)
    plain = [folded_one(word) for word in words]
    if {folded_one(text), " ".join(plain)} & NO_NAMES or not any(map(str.isalpha, "".join(plain))):
        return PersonName()
    order = in_order(plain, comma=comma, vietnamese=is_vietnamese(words, plain))
    family, middle, given = ([words[place] for place in part] for part in order)
    return PersonName(joined(family), joined(middle), joined(given))


def words_of(text: str) -> tuple[list[str], bool]:
    """The words of a name without what stands around it, and whether a comma ends the family name, which is first."""
    if len(text) > LONGEST:
        return [], False
    wide = unicodedata.normalize("NFC", BRACKETS.sub(" ", unicodedata.normalize("NFKC", text)))
    before, comma, after = wide.partition(",")
    behind = [word for word in split(after) if folded_one(word) not in SUFFIXES]
    words = split(before) + behind
    while len(words) > 1 and folded_one(words[-1]) in SUFFIXES:
        words.pop()
    return without_honorific(words), bool(comma and behind)


def split(text: str) -> list[str]:
    """The words that have a letter or a digit; a hyphen and a dot divide them."""
    return [word for word in re.split(r"[\s./_–—-]+", text) if folded_one(word)]


def without_honorific(words: list[str]) -> list[str]:
    """``words`` without a form of address before them. A word that may be a name stays, unless a family name follows.

    "Anh" is a form of address in "Anh Nguyễn Thị Hoa" and a name in "Anh Tuấn".
    """
    plain = [folded_one(word) for word in words]
    if len(words) > 2 and " ".join(plain[:2]) in TWO_WORD_HONORIFICS:
        return words[2:]
    if len(words) < 2 or plain[0] not in HONORIFICS:
        return words
    return words if commonness(plain[0]) and not commonness(plain[1]) else words[1:]


def commonness(word: str) -> int:
    """How much of a Vietnamese family name a folded word is: 2 for the common ones, 1 for rare ones, else 0."""
    return 2 if word in COMMON_FAMILIES else int(word in RARE_FAMILIES)


def is_vietnamese(words: list[str], plain: list[str]) -> bool:
    """Whether the name looks Vietnamese: by its family names, its middle words or its letters."""
    if commonness(plain[0]) or commonness(plain[-1]) or set(plain[1:-1]) & MIDDLES:
        return True
    return any(letter in "ăâđêôơưð" + TONES[3:] for letter in unicodedata.normalize("NFD", " ".join(words).lower()))


def in_order(plain: list[str], *, comma: bool, vietnamese: bool) -> tuple[list[int], list[int], list[int]]:
    """The places of the family, middle and given names among ``plain``.

    Vietnamese names have the family first, unless the last word is more of a family name; others have it last, unless
    a comma says otherwise. One word alone is a given name.
    """
    last = len(plain) - 1
    if last == 0:
        return [], [], [0]
    if vietnamese and family_comes_first(plain):
        return [0], list(range(1, last)), [last]
    return ([0], list(range(2, last + 1)), [1]) if comma else ([last], list(range(1, last)), [0])


def family_comes_first(plain: list[str]) -> bool:
    """Whether a Vietnamese name begins with its family, or with the initial of it."""
    initial = len(plain[0]) == 1 and len(plain) >= INITIALED
    return initial or commonness(plain[0]) >= commonness(plain[-1])


def joined(words: list[str]) -> str:
    """The folded words, a blank apart."""
    return " ".join(folded_one(word) for word in words)


def company_form(values: Any) -> Strings:
    """Names of companies, folded, without the words that only say that it is one; O(characters).

    Letters that stand alone are one word (S.R.L.), and what companies do is written out (Mfg., XNK).
    """
    words = "|".join(sorted(COMPANY_WORDS))
    whole = pa.array([_written_out(text) for text in folded(values).to_pylist()], pa.string())
    bare = pc.replace_substring_regex(whole, rf"\b(?:{words})\b", "")
    tidy = pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, " +", " "))
    return pc.if_else(pc.equal(tidy, ""), whole, tidy)


def _written_out(text: str) -> str:
    """A folded name of a company with single letters joined and short words for trades in full.

    >>> _written_out("acme s r l"), _written_out("tm dv an khang")
    ('acme srl', 'thuong mai dich vu an khang')
    """
    joined = SINGLES.sub(lambda found: found[0].replace(" ", ""), text)
    return " ".join(TRADES.get(word, word) for word in joined.split())
