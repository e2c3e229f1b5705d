"""Names of people word by word: initials (N. Văn Anh, Smith J., John F. Smith), and the order of given names."""

from __future__ import annotations

from collections import Counter

import numpy as np

from knotwork_resolvers.match.columns import Column
from knotwork_resolvers.match.records import Codes, Levels, Mask

SHORT_FORM, SIMILAR, SOME_WORDS = 2, 4, 5  # levels of NAME


def word_by_word(column: Column, a: Codes, b: Codes, level: Levels) -> Levels:
    """``level`` once an initial may stand for a word, and the order of given names counts; O(names that are so)."""
    if column.role != "name":
        return level
    found = level.copy()
    same = np.flatnonzero(level == SHORT_FORM)
    pairs = zip(column.texts[a[same]].tolist(), column.texts[b[same]].tolist(), strict=True)
    found[same[np.fromiter((reordered(one, other) for one, other in pairs), bool, len(same))]] = SIMILAR
    rows = np.flatnonzero((level > SHORT_FORM) & either_has_one(column, a, b))
    for row in rows.tolist():
        agreed = agreement(column.texts[a[row]].split(), column.texts[b[row]].split())
        found[row] = min(agreed, found[row]) if agreed else found[row]
    return found


def reordered(one: str, other: str) -> bool:
    """Whether two names begin with one word and have the same others in another order: Lê Anh Tuấn, Lê Tuấn Anh.

    >>> reordered("le anh tuan", "le tuan anh"), reordered("tuan anh le", "le tuan anh"), reordered("bo le", "bo le")
    (True, False, False)
    """
    mine, theirs = one.split(), other.split()
    return mine != theirs and mine[0] == theirs[0] and sorted(mine) == sorted(theirs)


def either_has_one(column: Column, a: Codes, b: Codes) -> Mask:
    """Where one of the names, or both, has a word of one letter, and a word is in both; each name is looked at once."""
    some, place = np.unique(np.concatenate([a, b]), return_inverse=True)
    short = np.fromiter((has_initial(text) for text in column.texts[some].tolist()), bool, len(some))[place]
    words = column.extra["words"]
    return np.asarray((short[: len(a)] | short[len(a) :]) & ((words[a] & words[b]) != 0), bool)


def has_initial(text: str) -> bool:
    """Whether a word of a folded name is one letter.

    >>> has_initial("n van anh"), has_initial("ng van anh")
    (True, False)
    """
    return any(len(word) == 1 and word.isalpha() for word in text.split())


def agreement(one: list[str], other: list[str]) -> int:
    """The level of two names of which one may have initials; 0 where these do not make them agree.

    A word of two letters and more must be in both. An initial that is left out says nothing; one that stands for a word
    says little; words that are left out beside it say less.

    >>> agreement(["n", "van", "anh"], ["nguyen", "van", "anh"]), agreement(["smith", "john", "f"], ["john", "smith"])
    (4, 2)
    >>> agreement(["john", "a", "smith"], ["john", "b", "smith"]), agreement(["j", "smith"], ["smith", "john", "paul"])
    (0, 5)
    """
    common = Counter(one) & Counter(other)
    mine, theirs = (sorted((Counter(own) - common).elements(), key=len) for own in (one, other))
    if not any(len(word) > 1 for word in common):
        return 0
    paired = take_initials(mine, theirs) + take_initials(theirs, mine)
    if mine and theirs:
        return 0
    left = mine + theirs
    if any(len(word) > 1 for word in left):
        return SOME_WORDS if paired else 0
    return SIMILAR if paired else SHORT_FORM if len(common) > 1 else 0


def take_initials(short: list[str], long: list[str]) -> int:
    """How many words of one letter in ``short`` begin a word of ``long``; both are taken out of their lists."""
    taken = 0
    for letter in [word for word in short if len(word) == 1]:
        for word in long:
            if len(word) > 1 and word.startswith(letter):
                short.remove(letter)
                long.remove(word)
                taken += 1
                break
    return taken
