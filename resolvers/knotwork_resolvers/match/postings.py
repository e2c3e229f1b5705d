"""Which records hold a key, found in sorted arrays that may lie in files: some page reads for each look-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from knotwork_resolvers.match.columns import Column
from knotwork_resolvers.match.keys import LOOSE, PLAIN, Maker
from knotwork_resolvers.match.records import Codes, Ints, Role


@dataclass(frozen=True, slots=True)
class Posting:
    """One rule's records by key: ``keys`` ascending (a number for each), ``starts`` of their runs in ``rows``.

    Two keys may have one number: whoever is found is compared anyway.
    """

    kind: str
    maker: Maker
    keys: Ints
    starts: Ints
    rows: Ints

    def of(self, text: str) -> list[Ints]:
        """The rows of each key that ``text`` has."""
        numbers = numbers_of(self.maker, text)
        places = np.searchsorted(self.keys, numbers)
        return [
            self.rows[self.starts[place] : self.starts[place + 1]]
            for number, place in zip(numbers, places.tolist(), strict=True)
            if place < len(self.keys) and self.keys[place] == number
        ]


def makers(role: Role) -> tuple[Maker, ...]:
    """The rules by which records with a value of ``role`` are found."""
    return tuple(maker for _, maker in LOOSE.get(role, PLAIN))


def numbers_of(maker: Maker, text: str) -> list[int]:
    """A number for each key of ``text``, the same in every process."""
    return sorted({crc32(key.encode("utf-8", "surrogatepass")) for key in maker(text) if key})


def postings_of(column: Column) -> list[Posting]:
    """The records of each key of each rule for ``column``; O(n log n), each distinct text looked at once a rule."""
    return [posting(column.kind, maker, column.codes, column.texts.tolist()) for maker in makers(column.role)]


def posting(kind: str, maker: Maker, codes: Codes, texts: Sequence[str]) -> Posting:
    """The records of each key of one rule; ``codes`` are places in ``texts``, a row a record."""
    made = [numbers_of(maker, text) for text in texts]
    size = np.fromiter(map(len, made), np.int64, len(made))
    flat = np.fromiter((number for each in made for number in each), np.int64, int(size.sum()))
    begins = np.cumsum(size) - size
    row, place = np.nonzero(codes >= 0)
    code = codes[row, place]
    times = size[code]
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    number, rows = flat[np.repeat(begins[code], times) + within], np.repeat(row, times)
    order = np.argsort(number, kind="stable")
    keys, starts = np.unique(number[order], return_index=True)
    return Posting(kind, maker, keys, np.append(starts, len(order)), rows[order])
