"""New records against all that are known: keys found in sorted arrays, and only some hundred records compared.

The arrays may lie in files (see ``shelf``), of which a look-up reads some pages: what one new record costs hardly
depends on how many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_resolvers.match.columns import (
    WORDED,
    Column,
    PartsOnDemand,
    Prepared,
    column_of,
    numbers_of,
    parts_asked,
    split_phones,
    usual_words,
    with_names,
)
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.match.postings import Posting, posting, postings_of
from knotwork_resolvers.match.records import Codes, Floats, Ints, Records, Role, Strings, Texts

FEW = 200
"""Blocks up to this size are compared whole; of larger ones the records that share most keys."""
LARGE = 20_000
MOST = 600


@dataclass(frozen=True, slots=True)
class Known:
    """One kind of all records: as a ``Column``, with texts as Arrow strings, and the numbers that are known of each.

    ``usual`` words say nothing; ``filled`` records have a value.
    """

    kind: str
    role: Role
    codes: Codes
    texts: Strings
    marks: Strings
    share: Floats
    made: Floats
    numbers: Mapping[str, Ints]
    usual: frozenset[str]
    filled: int

    def place(self, text: str) -> int:
        """Where ``text`` stands first, or -1; O(log n) look-ups."""
        at = bisect_left(range(len(self.texts)), text, key=lambda row: self.texts[row].as_py())
        return at if at < len(self.texts) and self.texts[at].as_py() == text else -1

    def some(self, codes: Ints) -> Column:
        """The column of the texts ``codes`` alone, of no record; of what is known of each, the numbers."""
        texts, marks = (taken(strings, codes) for strings in (self.texts, self.marks))
        numbers = {name: np.asarray(values[codes]) for name, values in self.numbers.items()}
        none = np.zeros((0, 1), np.int32)
        return Column(self.kind, self.role, none, texts, marks, self.share[codes], self.made[codes], numbers)


@dataclass(frozen=True, slots=True)
class MatchIndex:
    """All records ready for comparing with new ones under one model; ``id`` as they came, ``roles`` of their kinds."""

    id: Ints
    columns: Mapping[str, Known]
    postings: tuple[Posting, ...]
    model: Model
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True)
class Met:
    """New records and known ones that may be theirs: pairs of rows in ``prepared``, where the ``count`` new ones are
    first and then the known ones, whose rows in the index are ``known``.
    """

    prepared: Prepared
    count: int
    known: Ints
    left: Ints
    right: Ints


def index_of(records: Records, prepared: Prepared, model: Model) -> MatchIndex:
    """The index of ``records``, which are ``prepared``; costs about as much as blocking them."""
    columns = prepared.columns
    postings = [each for column in columns.values() for each in postings_of(column)]
    known = {kind: known_of(column) for kind, column in columns.items()}
    return MatchIndex(records.id, MappingProxyType(known), tuple(postings), model, records.roles)


def known_of(column: Column) -> Known:
    """A column as the index has it."""
    texts, marks = (pa.array(each.tolist(), pa.large_string()) for each in (column.texts, column.marks))
    numbers = {name: values for name, values in column.extra.items() if values.dtype != object}
    usual = usual_words(column.texts.tolist()) if column.role in WORDED else frozenset()
    share, made = column.share, column.made
    return Known(column.kind, column.role, column.codes, texts, marks, share, made, numbers, usual, column.filled())


def meet(index: MatchIndex, new: Records, wanted: Ints, gone: Ints) -> Met:
    """The pairs worth comparing of the rows ``wanted`` of ``new``, with known records and with each other.

    ``gone`` are rows of the index (ascending) that are no more: what ``new`` says stands in their place.
    """
    columns = columns_of(index, new)
    among = [
        posting(each.kind, each.maker, columns[each.kind].codes, columns[each.kind].texts.tolist())
        for each in index.postings
        if each.kind in columns
    ]
    left, right, rows = [], [], []
    for row in wanted.tolist():
        found = np.setdiff1d(candidates_for(index.postings, columns, row), gone, assume_unique=True)
        others = candidates_for(among, columns, row)
        others = others[(others > row) | (others < row) & ~np.isin(others, wanted)]
        left.append(np.full(len(found) + len(others), row))
        rows.append(found)
        right.append((found, others))
    known = np.unique(np.concatenate([np.zeros(0, np.int64), *rows]))
    ends = [np.append(len(new) + np.searchsorted(known, found), others) for found, others in right]
    small = {kind: together(one, columns.get(kind), known, gone, len(new)) for kind, one in index.columns.items()}
    none = np.zeros(0, np.int64)
    prepared = Prepared(len(new) + len(known), MappingProxyType(small))
    return Met(prepared, len(new), known, np.concatenate([none, *left]), np.concatenate([none, *ends]))


def columns_of(index: MatchIndex, new: Records) -> dict[str, Column]:
    """The columns of new records, of the kinds that the index has."""
    given = split_phones(with_names(Records(new.id, new.values, index.roles)), frozenset(index.columns))
    kinds = {kind: values for kind, (_, values) in given.items() if kind in index.columns}
    made = [column_of(kind, index.columns[kind].role, len(new), values) for kind, values in kinds.items()]
    return {column.kind: column for column in made if column.filled()}


def candidates_for(postings: Sequence[Posting], columns: Mapping[str, Column], row: int) -> Ints:
    """The rows worth comparing with one new record: all of small blocks, of larger ones those that are in most."""
    few, many = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for each in postings:
        for text in texts_of(columns.get(each.kind), row):
            for rows in each.of(text):
                (few if len(rows) <= FEW else many).append(rows[:LARGE])
    rows, times = np.unique(np.concatenate(many), return_counts=True)
    best = rows[np.argsort(-times, kind="stable")[:MOST]]
    return np.unique(np.concatenate([*few, best]))


def texts_of(column: Column | None, row: int) -> list[str]:
    """The texts of one record."""
    if column is None:
        return []
    codes = column.codes[row]
    return [str(text) for text in column.texts[codes[codes >= 0]]]


def together(known: Known, new: Column | None, rows: Ints, gone: Ints, count: int) -> Column:
    """The values of ``count`` new records and then of the ``rows`` of the index, as common as they are among all.

    ``gone`` rows count no more.
    """
    codes = np.asarray(known.codes[rows])
    used = np.unique(codes[codes >= 0]).astype(np.int64)
    new = new or nobody(known, count)
    held = known.some(used)
    width = max(codes.shape[1], new.codes.shape[1])
    small = np.full((len(rows) + count, width), -1, np.int32)
    small[count:, : codes.shape[1]] = np.where(codes >= 0, np.searchsorted(used, codes), -1)
    place = np.append(places_of(held, new), -1)
    small[:count, : new.codes.shape[1]] = place[new.codes]
    texts = np.concatenate([held.texts, new.texts])
    share, made = seen_before(known, new)
    before = np.concatenate([held.share, share])
    numbers = numbers_of(known.role, new.texts.tolist(), known.usual)
    extra: dict[str, Any] = {name: np.concatenate([values, numbers[name]]) for name, values in held.extra.items()}
    extra |= {name: PartsOnDemand(texts, change) for name, change in parts_asked(known.role)}
    return Column(
        kind=known.kind,
        role=known.role,
        codes=small,
        texts=texts,
        marks=np.concatenate([held.marks, new.marks]),
        share=seen_now(known, new, gone, texts, before),
        made=np.concatenate([held.made, made]),
        extra=extra,
    )


def nobody(known: Known, count: int) -> Column:
    """The column of ``count`` records without a value."""
    none = known.some(np.zeros(0, np.int64))
    return replace(none, codes=np.full((count, 1), -1, np.int32))


def places_of(held: Column, new: Column) -> Ints:
    """Where each text of ``new`` stands: with the same text of ``held`` if it is there, else behind all of them."""
    place = {each: at for at, each in enumerate(zip(held.texts.tolist(), held.marks.tolist(), strict=True))}
    own = zip(new.texts.tolist(), new.marks.tolist(), strict=True)
    return np.array([place.get(each, at + len(place)) for at, each in enumerate(own)], np.int64)


def seen_before(known: Known, new: Column) -> tuple[Floats, Floats]:
    """How common the new records' texts were, and are by their words (1, which says nothing, for unknown ones)."""
    places = [known.place(text) for text in new.texts.tolist()]
    share = np.array([known.share[at] if at >= 0 else 0.0 for at in places], np.float64)
    return share, np.array([known.made[at] if at >= 0 else 1.0 for at in places], np.float64)


def seen_now(known: Known, new: Column, gone: Ints, texts: Texts, before: Floats) -> Floats:
    """How common ``texts`` are, which were as common as ``before``, with the new records and without ``gone`` rows."""
    codes = np.asarray(known.codes[gone])
    used = np.unique(codes[codes >= 0]).astype(np.int64)
    added = Counter(worn(new.texts, new.codes))
    added.subtract(worn(taken(known.texts, used), np.where(codes >= 0, np.searchsorted(used, codes), -1)))
    whole = known.filled + new.filled() - int(np.count_nonzero(codes[:, 0] >= 0))
    change = np.array([added[text] for text in texts.tolist()], np.float64)
    return np.asarray(np.maximum(before * known.filled + change, 1) / max(whole, 1), np.float64)


def worn(texts: Texts, codes: Codes) -> list[str]:
    """Each text once for every record that holds it."""
    return [str(texts[code]) for code in codes[codes >= 0].tolist()]


def taken(strings: Strings, rows: Ints) -> Texts:
    """Some of the strings as texts."""
    return np.array([*strings.take(pa.array(rows)).to_pylist(), ""], object)[:-1]
