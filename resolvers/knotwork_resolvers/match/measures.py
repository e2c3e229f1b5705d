"""Levels of agreement of two arrays of different values, in bulk: 0 is left to those that are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from knotwork_resolvers.match.columns import Column
from knotwork_resolvers.match.person_names import word_by_word
from knotwork_resolvers.match.records import Codes, Floats, Ints, Levels, Mask, Role, Texts
from knotwork_resolvers.normalise.name_tables import COMPANY_WORDS

MISSING = -1
MONTH = 31
YEAR = 365.25
GENERATION = 15 * YEAR
FIRST_OF_YEAR = 101
ONE_WORD = 6  # the level of NAME
UNLIKE_WORDS = 0.8  # Jaro-Winkler
LONG_WORDS = 6
Measure = Callable[[Column, Codes, Codes], Levels]


MANY = 50_000


def of_scorer(scorer: Any, left: Texts, right: Texts, cutoff: float | None = None) -> Floats:
    """The scorer's number for each pair of texts; beyond ``cutoff`` it may stop looking."""
    from rapidfuzz.process import cpdist

    workers = 2 if len(left) >= MANY else 1
    found = cpdist(left.tolist(), right.tolist(), scorer=scorer, workers=workers, score_cutoff=cutoff)
    return np.asarray(found, np.float64)


def edits(column: Column, a: Codes, b: Codes, most: int = 2, part: float = 1.0) -> Floats:
    """Letters inserted, deleted, changed or swapped with their neighbour; ``most + 1`` for more than ``most``.

    More than ``part`` of the longer text are as good as too many.
    """
    from rapidfuzz.distance import OSA

    found = np.full(len(a), most + 1.0)
    bound = 2 * np.minimum(most, part * longer(column, a, b))
    rows = np.flatnonzero(unlike_letters(column, a, b) <= bound)
    found[rows] = of_scorer(OSA.distance, column.texts[a[rows]], column.texts[b[rows]], most)
    return found


def likeness(column: Column, a: Codes, b: Codes, other: Column | None = None) -> Floats:
    """Jaro-Winkler: 1 is the same; 0 below 0.85, where too few letters are common.

    ``b`` are codes of ``other`` where it is given.
    """
    from rapidfuzz.distance import JaroWinkler

    found, other = np.zeros(len(a)), other or column
    both = column.extra["length"][a] + other.extra["length"][b]
    rows = np.flatnonzero(unlike_letters(column, a, b, other) <= 0.35 * both)
    found[rows] = of_scorer(JaroWinkler.similarity, column.texts[a[rows]], other.texts[b[rows]], 0.85)
    return found


def of_edits(left: Texts, right: Texts, most: int) -> Floats:
    """``edits`` of any texts."""
    from rapidfuzz.distance import OSA

    return of_scorer(OSA.distance, left, right, most)


def unlike_letters(column: Column, a: Codes, b: Codes, other: Column | None = None) -> Ints:
    """How many letters occur in one text only: a quick bound, as an edit adds two at most."""
    unlike = column.extra["letters"][a] ^ (other or column).extra["letters"][b]
    return np.asarray(np.bitwise_count(unlike), np.int64)


def words_in(column: Column, a: Codes, b: Codes) -> Floats:
    """How much of the words of the one is among those of the other, 0 to 1; looked at where a word may be common."""
    from rapidfuzz import fuzz

    found = np.zeros(len(a))
    rows = np.flatnonzero(column.extra["words"][a] & column.extra["words"][b])
    found[rows] = of_scorer(fuzz.token_set_ratio, column.texts[a[rows]], column.texts[b[rows]]) / 100
    return found


def words_sorted(column: Column, a: Codes, b: Codes) -> Floats:
    """Likeness of the texts with their words in order of the alphabet, 0 to 1; 0 below 0.7."""
    from rapidfuzz.distance import Indel

    found = np.zeros(len(a))
    both = column.extra["length"][a] + column.extra["length"][b]
    rows = np.flatnonzero(unlike_letters(column, a, b) <= 0.3 * both)
    left, right = column.extra["ordered"][a[rows]], column.extra["ordered"][b[rows]]
    found[rows] = of_scorer(Indel.normalized_similarity, left, right, 0.7)
    return found


def same(left: Texts, right: Texts) -> Mask:
    """Where both texts are equal."""
    return np.asarray(left == right, bool)


def shorter(column: Column, a: Codes, b: Codes) -> Ints:
    """How many letters the shorter text has."""
    return np.asarray(np.minimum(column.extra["length"][a], column.extra["length"][b]), np.int64)


def longer(column: Column, a: Codes, b: Codes) -> Ints:
    """How many letters the longer text has."""
    return np.asarray(np.maximum(column.extra["length"][a], column.extra["length"][b]), np.int64)


def first_of(*rules: Mask) -> Levels:
    """1 where the first rule holds, else 2 where the second does, and so on; one more where none does."""
    found = np.full(len(rules[0]), len(rules) + 1, np.int8)
    for place in range(len(rules) - 1, -1, -1):
        found[rules[place]] = place + 1
    return found


def name_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Whole names of people and organisations: tones, order of words, typing errors, words left out."""
    left, right = column.texts[a], column.texts[b]
    apart, ordered, inside = edits(column, a, b), words_sorted(column, a, b), words_in(column, a, b)
    shortest = shorter(column, a, b)
    count = np.minimum(column.extra["count"][a], column.extra["count"][b])
    long = shortest >= LONG_WORDS * count  # two letters of a word of four make another word
    level = first_of(
        toned_apart(column, a, b, left, right),
        (ordered >= 1) | shortened(column, a, b),
        (apart <= 1) & (shortest >= 5) | (apart <= 2) & long,
        (ordered >= 0.9) | (likeness(column, a, b) >= 0.95) & long,
        (inside >= 1) & (2 * shortest >= longer(column, a, b)),
        (inside >= 1) | (ordered >= 0.7),
    )
    doubtful = np.flatnonzero((level == ONE_WORD) & (inside < 1))
    level[doubtful[one_for_another(left[doubtful], right[doubtful])]] = ONE_WORD + 1
    level[same(left, right) & (level > 1)] = 0
    return word_by_word(column, a, b, level)


def shortened(column: Column, a: Codes, b: Codes) -> Mask:
    """Where both are the same names once short forms are written in full; nowhere for names that have none."""
    formal = column.extra.get("formal")
    return np.zeros(len(a), bool) if formal is None else same(formal[a], formal[b])


def one_for_another(left: Texts, right: Texts) -> Mask:
    """Where some words are shared and as many others, unlike each other, are not: a couple, or two firms of one family.

    Words that only say that something is a company count for neither.
    """
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.fromiter((words_differ(set(one.split()), set(two.split())) for one, two in pairs), bool, len(left))


def words_differ(one: set[str], two: set[str]) -> bool:
    """Whether names of these words have some in common, and beside them as many that are unlike.

    >>> words_differ({"anita", "thomas"}, {"christina", "thomas"})
    True
    >>> words_differ({"arts", "deli"}, {"arts", "delicatessen"}), words_differ({"falcon", "inc"}, {"falcon", "gmbh"})
    (False, False)
    """
    from rapidfuzz.distance import JaroWinkler

    mine, theirs = (sorted(own - COMPANY_WORDS) for own in (one - two, two - one))
    if not one & two or not mine or len(mine) != len(theirs):
        return False
    return JaroWinkler.similarity(" ".join(mine), " ".join(theirs)) < UNLIKE_WORDS


def part_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Given or family names; level 5 is left to who compares both."""
    left, right = column.texts[a], column.texts[b]
    apart, like = edits(column, a, b), likeness(column, a, b)
    shortest, short = shorter(column, a, b), begins(column, a, b)
    level = first_of(
        toned_apart(column, a, b, left, right),
        (apart <= 1) & (shortest >= 3) | (apart <= 2) & (shortest >= 7) | (like >= 0.95),
        ((like >= 0.86) & (shortest >= 3) | (apart <= 2) & (shortest >= 5)) & ~short,
        short | (words_in(column, a, b) >= 1) | shortened(column, a, b),
    )
    level[level == 5] = 6
    level[same(left, right) & (level > 1)] = 0
    return level


def toned_apart(column: Column, a: Codes, b: Codes, left: Texts, right: Texts) -> Mask:
    """Where both have tones, and nothing but the tones differs."""
    one, other = column.marks[a], column.marks[b]
    return np.asarray(same(left, right) & (one != "") & (other != "") & (one != other), bool)


def begins(column: Column, a: Codes, b: Codes) -> Mask:
    """Where one text is the beginning of the other."""
    found = np.zeros(len(a), bool)
    rows = np.flatnonzero(column.extra["first"][a] == column.extra["first"][b])
    pairs = zip(column.texts[a[rows]].tolist(), column.texts[b[rows]].tolist(), strict=True)
    found[rows] = np.fromiter((one.startswith(two) or two.startswith(one) for one, two in pairs), bool, len(rows))
    return found


def text_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Any texts; short ones have no typing errors that could be told from other values."""
    apart = edits(column, a, b, 8, 0.34)
    shortest, longest = shorter(column, a, b), longer(column, a, b)
    return first_of(
        (apart <= 1) & (shortest >= 3) | (apart <= 2) & (shortest >= 7),
        (apart <= np.minimum(0.34 * longest, 8)) & (shortest >= 4) | (likeness(column, a, b) >= 0.9),
        words_in(column, a, b) >= 0.99,
    )


def address_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Addresses of one line, or streets: the number and the words of the street, each by itself."""
    one, other = column.extra["number"][a], column.extra["number"][b]
    apart, ordered, inside = edits(column, a, b), words_sorted(column, a, b), words_in(column, a, b)
    both = (one != "") & (other != "")
    number, like = same(one, other), (ordered >= 0.85) | (inside >= 0.85)
    return first_of(
        (ordered >= 1) | (inside >= 1) & number,
        (apart <= 2) & number | (ordered >= 0.93) & number,
        number & like & both,
        like & ~both,
        like,
        number & both,
    )


def date_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Dates of eight digits."""
    left, right = column.texts[a].astype(np.int64), column.texts[b].astype(np.int64)
    unlike = digits(left) != digits(right)
    off = unlike.sum(axis=0)
    one, other = parts(left), parts(right)
    equal = [one[part] == other[part] for part in range(3)]
    swapped = equal[0] & (one[1] == other[2]) & (one[2] == other[1])
    days = np.abs(day_number(*one) - day_number(*other))
    year_off = np.minimum(np.abs(days - YEAR), np.abs(days - 10 * YEAR))
    return first_of(
        (off <= 1) | neighbours_swapped(left, right, unlike) & ~swapped,
        swapped,
        days <= MONTH,
        (equal[0].astype(int) + equal[1] + equal[2] >= 2) | equal[0] & (unknown_day(left) | unknown_day(right)),
        year_off <= MONTH,
        off <= 2,
        days < GENERATION,
    )


def unknown_day(dates: Ints) -> Mask:
    """Where a date is the first of January, which many write who know the year alone."""
    return np.asarray(dates % 10_000 == FIRST_OF_YEAR, bool)


def digits(dates: Ints) -> Ints:
    """The eight digits of each date, a row each, the last one first."""
    return dates // 10 ** np.arange(8)[:, None] % 10


def neighbours_swapped(left: Ints, right: Ints, unlike: Mask) -> Mask:
    """Where two digits that stand side by side, and no others, have changed places."""
    one, other = digits(left), digits(right)
    crossed = unlike[:-1] & (one[:-1] == other[1:]) & (one[1:] == other[:-1])
    return np.asarray((unlike.sum(axis=0) == 2) & crossed.any(axis=0), bool)


def parts(dates: Ints) -> tuple[Ints, Ints, Ints]:
    """Years, months and days."""
    return dates // 10_000, dates // 100 % 100, dates % 100


def day_number(years: Ints, months: Ints, days: Ints) -> Floats:
    """Days since some day, near enough for dates that may not exist."""
    return np.asarray(years * YEAR + months * YEAR / 12 + days, np.float64)


def phone_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Numbers of digits alone."""
    ends = same(column.extra["end"][a], column.extra["end"][b])
    return first_of(edits(column, a, b, 1) <= 1, ends)


def masked_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """What a mask leaves; two whole numbers are not compared by so little, nor a beginning with an end."""
    level = np.where(same(column.texts[a], column.texts[b]), 0, 1).astype(np.int8)
    ends = column.extra["first"] == ord(".")
    level[(column.marks[a] == "") & (column.marks[b] == "") | (ends[a] != ends[b])] = MISSING
    return level


def email_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Addresses of mailboxes: few letters apart for their length, in the local part as in the whole.

    Another number is more than a typing error: it is what tells namesakes apart.
    """
    one, other = column.extra["local"][a], column.extra["local"][b]
    apart, local = edits(column, a, b, 8, 0.3), of_edits(one, other, 4)
    size = np.minimum(*(np.fromiter(map(len, each.tolist()), np.int64, len(each)) for each in (one, other)))
    near = local <= np.maximum(size // 4, 1) * (size > 1)
    alike = local <= np.maximum(size // 2.5, 1)
    whole = shorter(column, a, b)
    return first_of(
        (apart <= np.maximum(whole // 9, 1)) & near & same(column.extra["digits"][a], column.extra["digits"][b]),
        (apart <= np.minimum(0.3 * whole, 8)) & alike,
        (local == 0) & (size >= 5),
    )


def identifier_levels(column: Column, a: Codes, b: Codes) -> Levels:
    """Numbers and codes that somebody typed."""
    apart, shortest = edits(column, a, b), shorter(column, a, b)
    return first_of((apart <= 1) & (shortest >= 4), (apart <= 2) & (shortest >= 6))


def different(_column: Column, a: Codes, _b: Codes) -> Levels:
    """What is not the same is different."""
    return np.ones(len(a), np.int8)


MEASURES: Mapping[Role, Measure] = MappingProxyType(
    {
        "name": name_levels,
        "given_name": part_levels,
        "family_name": part_levels,
        "date": date_levels,
        "gender": different,
        "address": address_levels,
        "place": text_levels,
        "company": name_levels,
        "phone": phone_levels,
        "masked_phone": masked_levels,
        "email": email_levels,
        "identifier": identifier_levels,
        "verified": different,
        "text": text_levels,
    }
)
