"""Blocking keys: for each rule, which records hold which key, as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from knotwork_resolvers.match.columns import Column, Prepared
from knotwork_resolvers.match.records import Ints, Role

WORDS_KEPT = 6
SHORTEST_HALF = 3


@dataclass(frozen=True, slots=True)
class Keys:
    """A rule's keys: ``row`` and ``key`` (from 0) side by side, distinct, by row; ``kinds`` it was made of."""

    name: str
    kinds: tuple[str, ...]
    row: Ints
    key: Ints


def sound(text: str) -> str:
    """How a word sounds, roughly and in many languages: its first letter and the consonants behind it.

    >>> sound("sarah"), sound("sara"), sound("philip"), sound("filip")
    ('sr', 'sr', 'flp', 'flp')
    """
    text = text.replace("ph", "f").replace("ck", "k").replace("c", "k").replace("z", "s").replace("y", "i")
    skeleton = text[:1] + re.sub(r"[aeiouhw ]", "", text[1:])
    return re.sub(r"(.)\1+", r"\1", skeleton)


def whole(text: str) -> tuple[str, ...]:
    """The text itself."""
    return (text,)


def sounds(text: str) -> tuple[str, ...]:
    """The sound of the whole text."""
    return (sound(text),)


def halves(text: str) -> tuple[str, ...]:
    """The first and the second half: one typing error leaves one of them alone, if it adds or drops a letter too.

    >>> sorted(set(halves("abcdefgh")) & set(halves("abcdfgh")))
    ['>fgh', 'abc<']
    """
    less, half = (len(text) - 1) // 2, len(text) // 2
    if half < SHORTEST_HALF:
        return ()
    both = (f"{text[:half]}<", f">{text[-half:]}")
    return both if less in (half, SHORTEST_HALF - 1) else (f"{text[:less]}<", f">{text[-less:]}", *both)


def words(text: str) -> tuple[str, ...]:
    """The words that are longer than two letters, at most six."""
    return tuple(word for word in text.split() if len(word) > 2)[:WORDS_KEPT]


def in_order(text: str) -> tuple[str, ...]:
    """The words in the order of the alphabet."""
    return (" ".join(sorted(text.split())),)


def last_seven(text: str) -> tuple[str, ...]:
    """The digits that stay the same with and without a country or an old prefix."""
    return (text[-7:],)


def local_part(text: str) -> tuple[str, ...]:
    """What stands before the @, without dots and tags."""
    return (text.partition("@")[0].partition("+")[0].replace(".", ""),)


def date_parts(text: str) -> tuple[str, ...]:
    """Year and month, month and day, year and day: a typing error leaves one of them alone."""
    return (f"{text[:6]}..", f"..{text[4:]}", f"{text[:4]}..{text[6:]}")


Maker = Callable[[str], tuple[str, ...]]
PLAIN: tuple[tuple[str, Maker], ...] = (("", whole),)
LOOSE: dict[Role, tuple[tuple[str, Maker], ...]] = {
    "name": (("words of", in_order), ("a word of", words), ("half of", halves)),
    "company": (("words of", in_order), ("a word of", words), ("half of", halves)),
    "given_name": (("", whole), ("sound of", sounds), ("half of", halves)),
    "family_name": (("", whole), ("sound of", sounds), ("half of", halves)),
    "address": (("words of", in_order), ("half of", halves)),
    "date": (("", whole), ("part of", date_parts)),
    "phone": (("end of", last_seven), ("half of", halves)),
    "email": (("", whole), ("name in", local_part), ("half of", halves)),
    "identifier": (("", whole), ("half of", halves)),
    "verified": (("", whole), ("half of", halves)),
    "gender": (),
}


def rules(prepared: Prepared) -> Iterator[Keys]:
    """The keys of every rule that the columns allow, and given and family name together as they sound."""
    for column in prepared.columns.values():
        for name, maker in LOOSE.get(column.role, PLAIN):
            yield keys_of(f"{name} {column.kind}".strip(), column, maker)
    if {"given_name", "family_name"} <= set(prepared.columns):
        yield both_names(prepared.columns["given_name"], prepared.columns["family_name"])


def keys_of(name: str, column: Column, maker: Maker) -> Keys:
    """The keys that ``maker`` makes of the column's texts; each distinct text is looked at once."""
    made = [[*filter(None, maker(text))] for text in column.texts.tolist()]
    real = np.fromiter(map(len, made), np.int64, len(made))
    numbers: dict[str, int] = {}
    flat = [numbers.setdefault(key, len(numbers)) for each in made for key in each]
    starts = np.concatenate([[0], np.cumsum(real)])
    row, place = np.nonzero(column.codes >= 0)
    code = column.codes[row, place]
    times = real[code]
    begin = np.repeat(starts[code], times)
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    key = np.asarray(flat, np.int64)[begin + within] if len(flat) else np.zeros(0, np.int64)
    return distinct(name, (column.kind,), np.repeat(row, times), key)


def both_names(given: Column, family: Column) -> Keys:
    """Given and family name as they sound, whichever of them stands first."""
    first = np.array([sound(text) for text in given.texts.tolist()], object)
    second = np.array([sound(text) for text in family.texts.tolist()], object)
    row = np.flatnonzero((given.codes[:, 0] >= 0) & (family.codes[:, 0] >= 0))
    pairs = zip(first[given.codes[row, 0]], second[family.codes[row, 0]], strict=True)
    numbers: dict[tuple[str, ...], int] = {}
    key = [numbers.setdefault(tuple(sorted(pair)), len(numbers)) for pair in pairs]
    return Keys("sound of both names", ("given_name", "family_name"), row, np.array(key, np.int64))


def distinct(name: str, kinds: tuple[str, ...], row: Ints, key: Ints) -> Keys:
    """The keys without those that a record holds twice."""
    span = int(key.max(initial=0)) + 1
    both = np.unique(row * span + key)
    return Keys(name, kinds, both // span, both % span)
