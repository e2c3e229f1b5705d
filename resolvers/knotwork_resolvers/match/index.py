"""One new record against all that are known: keys found in sorted arrays, and only a few hundred records compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import numpy as np

from knotwork_resolvers.match.columns import Column, Prepared, column_of, prepare, split_phones, with_names
from knotwork_resolvers.match.comparison import compare
from knotwork_resolvers.match.guards import held_apart
from knotwork_resolvers.match.keys import LOOSE, PLAIN, Keys, Maker, keys_of
from knotwork_resolvers.match.matches import pair_table
from knotwork_resolvers.match.model import Model, probability, weigh
from knotwork_resolvers.match.records import Floats, Ints, Records
from knotwork_resolvers.match.settings import MatchSettings

FEW = 200
"""Blocks up to this size are compared whole; of larger ones the records that share most keys."""
LARGE = 20_000
MOST = 600


@dataclass(frozen=True, slots=True)
class Posting:
    """One rule's records by key: ``keys`` ascending (64 bits each), ``starts`` of their runs in ``rows``."""

    kind: str
    maker: Maker
    keys: Ints
    starts: Ints
    rows: Ints

    def of(self, text: str) -> list[Ints]:
        """The rows of each key that ``text`` has."""
        found = []
        for key in self.maker(text):
            number = hashed(key)
            place = int(np.searchsorted(self.keys, number))
            if key and place < len(self.keys) and self.keys[place] == number:
                found.append(self.rows[self.starts[place] : self.starts[place + 1]])
        return found


@dataclass(frozen=True, slots=True)
class MatchIndex:
    """All records ready for comparing with new ones under one model; ``id`` as they came."""

    id: Ints
    prepared: Prepared
    postings: tuple[Posting, ...]
    model: Model
    records: Mapping[str, Any]


def build_index(records: Records, model: Model) -> MatchIndex:
    """The index of ``records``; costs about as much as preparing and blocking them."""
    prepared = prepare(records)
    postings = [
        posting(column, maker) for column in prepared.columns.values() for _, maker in LOOSE.get(column.role, PLAIN)
    ]
    return MatchIndex(records.id, prepared, tuple(postings), model, records.roles)


def posting(column: Column, maker: Maker) -> Posting:
    """The records of each key of one rule."""
    made = keys_of("", column, maker)
    order = np.argsort(made.key, kind="stable")
    numbers, starts = np.unique(made.key[order], return_index=True)
    names = hashes(made, column, maker)[numbers]
    ranked = np.argsort(names)
    sizes = np.diff(np.append(starts, len(order)))
    rows = np.concatenate([made.row[order[starts[at] : starts[at] + sizes[at]]] for at in ranked] or [order])
    return Posting(column.kind, maker, names[ranked], np.append(0, np.cumsum(sizes[ranked])), rows)


def hashes(made: Keys, column: Column, maker: Maker) -> Ints:
    """The 64 bits of each key, by its number: keys are numbered in the order in which the texts bring them."""
    names = dict.fromkeys(key for text in column.texts.tolist() for key in maker(text) if key)
    del made
    return np.fromiter(map(hashed, names), np.int64, len(names))


def hashed(key: str) -> int:
    """64 bits that stand for a key, the same in every process."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def match_new(index: MatchIndex, new: Records, settings: MatchSettings | None = None) -> Any:
    """The known records that may be the one record in ``new``, as ``Matches.pairs`` has them; some milliseconds.

    A pair in the band ``join`` would be joined if nothing but the two were looked at.
    """
    chosen = settings or MatchSettings()
    columns = columns_of(index, new)
    rows = candidates_for(index, columns)
    rows = rows[index.id[rows] != int(new.id[0])]
    known = bool(np.isin(new.id[0], index.id))
    small = Prepared(len(rows) + 1, MappingProxyType(together(index, columns, rows, known)))
    compared = compare(small, np.zeros(len(rows), np.int64), np.arange(1, len(rows) + 1))
    bits = weigh(compared, index.model).score
    score = probability(bits)
    good = score >= chosen.propose_above
    joined = (score >= chosen.join_above) & ~held_apart(compared, index.model)
    left = np.full(int(good.sum()), int(new.id[0]))
    return pair_table(left, index.id[rows[good]], score[good], bits[good], joined[good])


def columns_of(index: MatchIndex, new: Records) -> dict[str, Column]:
    """The columns of the new record, of the kinds that the index has."""
    known = Records(new.id, new.values, index.records)
    given = split_phones(with_names(known), frozenset(index.prepared.columns))
    kinds = {kind: held for kind, held in given.items() if kind in index.prepared.columns}
    return {kind: column_of(kind, role, 1, values) for kind, (role, values) in kinds.items()}


def candidates_for(index: MatchIndex, columns: Mapping[str, Column]) -> Ints:
    """The rows worth comparing: all of small blocks, and of larger ones those that are in most of them."""
    few, many = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for each in index.postings:
        for text in columns[each.kind].texts.tolist() if each.kind in columns else ():
            for rows in each.of(text):
                (few if len(rows) <= FEW else many).append(rows[:LARGE])
    rows, times = np.unique(np.concatenate(many), return_counts=True)
    best = rows[np.argsort(-times, kind="stable")[:MOST]]
    return np.unique(np.concatenate([*few, best]))


def together(index: MatchIndex, columns: Mapping[str, Column], rows: Ints, known: bool) -> dict[str, Column]:
    """Small columns: the new record first, then ``rows`` of the index."""
    return {kind: one_column(column, columns.get(kind), rows, known) for kind, column in index.prepared.columns.items()}


def one_column(known: Column, new: Column | None, rows: Ints, counted: bool) -> Column:
    """The values of the new record and of ``rows``, as common as they are among all."""
    codes = known.codes[rows]
    used = np.unique(codes[codes >= 0])
    width = max(codes.shape[1], new.codes.shape[1] if new else 1)
    small = np.full((len(rows) + 1, width), -1, np.int32)
    small[1:, : codes.shape[1]] = np.where(codes >= 0, np.searchsorted(used, codes), -1)
    if new is None:
        extra = {name: values[used] for name, values in known.extra.items()}
        share, made = known.share[used], known.made[used]
        return Column(known.kind, known.role, small, known.texts[used], known.marks[used], share, made, extra)
    small[0, : new.codes.shape[1]] = np.where(
        new.codes[0] >= 0, places_of(known, used.astype(np.int64), new)[new.codes[0]], -1
    )
    extra = {name: np.concatenate([values[used], new.extra[name]]) for name, values in known.extra.items()}
    return Column(
        kind=known.kind,
        role=known.role,
        codes=small,
        texts=np.concatenate([known.texts[used], new.texts]),
        marks=np.concatenate([known.marks[used], new.marks]),
        share=np.concatenate([known.share[used], shares_among(known, new, counted)]),
        made=np.concatenate([known.made[used], made_among(known, new)]),
        extra=extra,
    )


def places_of(known: Column, used: Ints, new: Column) -> Ints:
    """Where each text of ``new`` stands: with the same text of ``known`` if it is in use, else behind all of them."""
    held = zip(known.texts[used].tolist(), known.marks[used].tolist(), strict=True)
    place = {each: at for at, each in enumerate(held)}
    own = zip(new.texts.tolist(), new.marks.tolist(), strict=True)
    return np.array([place.get(each, at + len(used)) for at, each in enumerate(own)], np.int64)


def shares_among(known: Column, new: Column, counted: bool) -> Any:
    """How common the new record's texts are among all; one that nobody has is as rare as can be.

    ``counted``: the new record is among them already.
    """
    places = np.minimum(np.searchsorted(known.texts, new.texts), max(len(known.texts) - 1, 0))
    alone = 1 / max(known.filled(), 1)
    held = np.where(known.texts[places] == new.texts, known.share[places], alone)
    return held if counted else held + alone


def made_among(known: Column, new: Column) -> Floats:
    """How common the words of the new record's texts make them among all; 1, which says nothing, for unknown ones."""
    places = np.minimum(np.searchsorted(known.texts, new.texts), max(len(known.texts) - 1, 0))
    return np.asarray(np.where(known.texts[places] == new.texts, known.made[places], 1.0), np.float64)
