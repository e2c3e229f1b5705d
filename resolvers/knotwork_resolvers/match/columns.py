"""Records made ready: for each kind its distinct values once, and a matrix of codes into them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from types import MappingProxyType
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_resolvers.match import folding
from knotwork_resolvers.match.records import PEOPLE, Codes, Floats, Ints, Mask, Records, Role, Strings, Texts, Values
from knotwork_resolvers.normalise.blocked import blocked_everywhere
from knotwork_resolvers.normalise.name_tables import SURELY_COMPANIES
from knotwork_resolvers.normalise.names import company_form
from knotwork_resolvers.normalise.places import province_2025

MOST_VALUES = 6
"""So many values of a kind are compared for one record; what a customer has beyond them is left out."""
NONE = np.int32(-1)
MANY_TEXTS = 100
USUAL = 0.1
PROVINCES = frozenset({"province", "city"})
MASK = re.compile(r"[*•●xX]")


@dataclass(frozen=True, slots=True)
class Column:
    """One kind. ``codes`` is a matrix, a row a record, of places in ``texts`` (-1: no value), first seen first.

    ``texts`` are forms for comparing, in the order of the alphabet; ``marks`` tells apart what folding made equal
    (tones), else empty; ``share`` is the part of the records with this kind that hold the text; ``made`` the part that
    would, were its words put together by chance (1 where that says nothing).
    """

    kind: str
    role: Role
    codes: Codes
    texts: Texts
    marks: Texts
    share: Floats
    made: Floats
    extra: Mapping[str, Any]

    def filled(self) -> int:
        """How many records have a value."""
        return int(np.count_nonzero(self.codes[:, 0] >= 0))


@dataclass(frozen=True, slots=True)
class Prepared:
    """``count`` records and their columns by kind, in the order of the kinds' names."""

    count: int
    columns: Mapping[str, Column]


def prepare(records: Records) -> Prepared:
    """``records`` ready to be blocked and compared; near-linear in their characters. Columns of nobody are left out."""
    given = named_as_firms(split_phones(with_names(records), frozenset()))
    made = [column_of(kind, role, len(records), values) for kind, (role, values) in sorted(given.items())]
    columns = {one.kind: one for one in made if one.filled() > 1}
    return Prepared(len(records), MappingProxyType(columns | names_as_common(columns)))


def named_as_firms(given: dict[str, tuple[Role, Values]]) -> dict[str, tuple[Role, Values]]:
    """The same; names are those of companies where most of them surely are, and nothing else says who somebody is."""
    people = [kind for kind, (role, _) in given.items() if role in PEOPLE]
    if [given[kind][0] for kind in people] != ["name"]:
        return given
    values = given[people[0]][1]
    if 2 * int(np.count_nonzero(surely_companies(folding.folded_name(values.text)))) <= len(values.text):
        return given
    return {**given, people[0]: ("company", values)}


def surely_companies(forms: Strings) -> Mask:
    """Which of some folded names have a word that only companies have."""
    return np.array([not SURELY_COMPANIES.isdisjoint(text.split()) for text in forms.to_pylist()], bool)


def names_as_common(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Given and family names, each as common as it is in either place: some stand in the other's."""
    if not {"given_name", "family_name"} <= set(columns):
        return {}
    given, family = columns["given_name"], columns["family_name"]
    return {
        one.kind: replace(one, share=np.maximum(one.share, elsewhere(one, other)))
        for one, other in ((given, family), (family, given))
    }


def elsewhere(one: Column, other: Column) -> Floats:
    """How common each text of ``one`` is among those of ``other``."""
    held = dict(zip(other.texts.tolist(), other.share.tolist(), strict=True))
    return np.array([held.get(text, 0.0) for text in one.texts.tolist()], np.float64)


def with_names(records: Records) -> Records:
    """``records`` whose full name is made of its parts, where some records have full names and others only parts."""
    if not {"name", "given_name", "family_name"} <= set(records.values):
        return records
    whole, given, family = (records.values[kind] for kind in ("name", "given_name", "family_name"))
    first = {int(row): text for row, text in zip(given.row[::-1], given.text.to_pylist()[::-1], strict=True)}
    last = {int(row): text for row, text in zip(family.row[::-1], family.text.to_pylist()[::-1], strict=True)}
    lacking = sorted(set(first) & set(last) - set(whole.row.tolist()))
    rows = np.concatenate([whole.row, np.array(lacking, np.int64)])
    texts = whole.text.to_pylist() + [f"{first[row]} {last[row]}" for row in lacking]
    values = {**records.values, "name": Values(rows, pa.array(texts, pa.string()))}
    return Records(records.id, values, records.roles)


def split_phones(records: Records, shown: frozenset[str]) -> dict[str, tuple[Role, Values]]:
    """Each kind with its role; numbers that a mask hides part of become a kind of their own, beside all others.

    So do those of the kinds named in ``shown``, masked or not.
    """
    found: dict[str, tuple[Role, Values]] = {}
    for kind, values in records.values.items():
        role = records.role(kind)
        found[kind] = (role, values)
        if role == "phone":
            masked = np.array([bool(MASK.search(text)) for text in values.text.to_pylist()], bool)
            if masked.any() or shown_of(kind) in shown:
                found[kind] = (role, Values(values.row[~masked], pc.filter(values.text, pa.array(~masked))))
                found[shown_of(kind)] = ("masked_phone", both_ways(values))
    return found


def both_ways(numbers: Values) -> Values:
    """Each number twice: for shops that show how it begins and ends, and for those that show its end alone."""
    ends = pc.binary_join_element_wise(folding.END, numbers.text, "")
    return Values(np.append(numbers.row, numbers.row), pa.concat_arrays([numbers.text, ends]))


def shown_of(kind: str) -> str:
    """The kind of what a mask leaves of ``kind``."""
    return f"shown {kind}"


def column_of(kind: str, role: Role, count: int, values: Values) -> Column:
    """The column of ``values`` for ``count`` records."""
    encoded = pc.dictionary_encode(values.text)
    forms, marks = forms_of(kind, role)(encoded.dictionary)
    forms = emptied(forms)
    joined = np.array(pc.binary_join_element_wise(forms, marks, "\x1f").to_pylist(), object)
    both, place_of = np.unique(joined, return_inverse=True)
    place = place_of[np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)]
    parts = [text.partition("\x1f") for text in both.tolist()]
    texts = np.array([text for text, _, _ in parts], object)
    there = np.array([text != "" for text in texts.tolist()], bool)[place] if len(place) else np.zeros(0, bool)
    codes = matrix_of(values.row[there], place[there], count)
    marked = np.array([mark for _, _, mark in parts], object)
    share = shares(codes, texts)
    made = made_of_words(codes, texts) if role == "name" else np.ones(len(texts))
    return Column(kind, role, codes, texts, marked, share, made, extras(role, texts))


def forms_of(kind: str, role: Role) -> Callable[[Strings], tuple[Strings, Strings]]:
    """What makes forms and marks of the values of a kind."""
    return province_forms if kind in PROVINCES and role == "place" else FORMS.get(role, plain_forms)


def extras(role: Role, texts: Texts) -> Mapping[str, Any]:
    """What the measures of ``role`` want to know of each text, found once."""
    each = texts.tolist()
    usual = usual_words(each) if role in WORDED else frozenset()
    return MappingProxyType({**numbers_of(role, each, usual), **parts_of(role, each)})


def numbers_of(role: Role, each: Sequence[str], usual: frozenset[str]) -> dict[str, Ints]:
    """The numbers among them; ``usual`` words say nothing."""
    count = len(each)
    found = {
        "length": np.fromiter(map(len, each), np.int64, count),
        "letters": letter_bits(each),
        "first": np.fromiter((ord(text[0]) if text else 0 for text in each), np.int64, count),
    }
    if role in WORDED:
        found["words"] = np.fromiter((word_bits(text, usual) for text in each), np.int64, count)
        found["count"] = np.fromiter((text.count(" ") + 1 for text in each), np.int64, count)
    return found


def parts_of(role: Role, each: Sequence[str]) -> dict[str, Texts]:
    """The texts among them."""
    return {name: np.array([change(text) for text in each], object) for name, change in parts_asked(role)}


def parts_asked(role: Role) -> list[tuple[str, Callable[[str], str]]]:
    """The names of the texts that are part of each text of ``role``, and what finds them."""
    own = list(EXTRA.get(role, {}).items())
    return [*own, ("ordered", words_ordered)] if role in WORDED else own


def words_ordered(text: str) -> str:
    """The words in the order of the alphabet."""
    return " ".join(sorted(text.split()))


@dataclass(frozen=True, slots=True)
class PartsOnDemand:
    """A part of each text, found when it is asked for: for a few comparisons of many texts."""

    texts: Texts
    change: Callable[[str], str]

    def __getitem__(self, places: Any) -> Texts:
        """The parts of the texts at some places; each place is looked at once."""
        some, back = np.unique(places, return_inverse=True)
        return np.array([*map(self.change, self.texts[some].tolist()), ""], object)[back]


def letter_bits(each: Sequence[str]) -> Ints:
    """For each text a bit for each letter and digit that occurs: an edit changes at most two of them.

    >>> [int(bits).bit_count() for bits in letter_bits(["anna", "hanna", ""])]
    [2, 3, 0]
    """
    length = np.fromiter(map(len, each), np.int64, len(each))
    codes = np.frombuffer("".join(each).encode("utf-32-le", "surrogatepass"), np.uint32)
    bits = np.append(np.left_shift(1, codes % 61, dtype=np.int64), 0)  # for empty texts at the end to begin at
    found = np.bitwise_or.reduceat(bits, np.cumsum(length) - length) if len(each) else np.empty(0, np.int64)
    return np.where(length > 0, found, 0)


def usual_words(texts: Sequence[str]) -> frozenset[str]:
    """Words in more than a tenth of many texts, such as ``street``: to have them in common says nothing."""
    if len(texts) < MANY_TEXTS:
        return frozenset()
    counts = Counter(word for text in texts for word in set(text.split()))
    return frozenset(word for word, times in counts.items() if times > USUAL * len(texts))


def word_bits(text: str, usual: Collection[str] = ()) -> int:
    """One of 62 bits for each word that is not ``usual``: texts without a bit in common have no word in common.

    >>> word_bits("thi lan") & word_bits("lan anh") != 0
    True
    """
    bits = 0
    for word in text.split():
        if word not in usual:
            bits |= 1 << (crc32(word.encode()) % 62)
    return bits


def matrix_of(rows: Ints, places: Ints, count: int) -> Codes:
    """A row of codes for each record: its distinct values in their order, at most ``MOST_VALUES``."""
    if not len(rows):
        return np.full((count, 1), NONE)
    keys = rows * (int(places.max()) + 1) + places
    _, first = np.unique(keys, return_index=True)
    order = np.sort(first)
    order = order[np.argsort(rows[order], kind="stable")]
    row = rows[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(row)) + 1])
    lengths = np.diff(np.append(starts, len(row)))
    rank = np.arange(len(row)) - np.repeat(starts, lengths)
    kept = rank < MOST_VALUES
    codes = np.full((count, int(min(lengths.max(), MOST_VALUES))), NONE)
    codes[row[kept], rank[kept]] = places[order][kept]
    return codes


def shares(codes: Codes, texts: Texts) -> Floats:
    """For each text the part of the records with a value that hold it, whatever its marks."""
    if not len(texts):
        return np.zeros(0)
    _, same = np.unique(texts.astype(str), return_inverse=True)
    held = np.bincount(same[codes[codes >= 0]], minlength=int(same.max()) + 1)
    return np.asarray(held[same] / max(int(np.count_nonzero(codes[:, 0] >= 0)), 1), np.float64)


def made_of_words(codes: Codes, texts: Texts) -> Floats:
    """How common each text would be by its words alone: the product of their shares; 1 of one word, which says nothing.

    Two records of one rare name are the only two that anybody saw of it, whether they are one person or two. What they
    are made of says how many more there may be.
    """
    held = np.bincount(codes[codes >= 0], minlength=len(texts))
    counts: Counter[str] = Counter()
    for text, times in zip(texts.tolist(), held.tolist(), strict=True):
        for word in set(text.split()):
            counts[word] += times
    whole = max(int(np.count_nonzero(codes[:, 0] >= 0)), 1)
    words = [set(text.split()) for text in texts.tolist()]
    found = (prod(counts[word] / whole for word in each) if len(each) > 1 else 1.0 for each in words)
    return np.fromiter(found, np.float64, len(words))


def emptied(forms: Strings) -> Strings:
    """``forms`` with nothing in place of what stands where nobody gave a value."""
    nobody = pc.is_in(forms, pa.array(sorted(folding.NOBODY)))
    blocked = pa.array(blocked_everywhere(forms) != 0)
    return pc.if_else(pc.or_(nobody, blocked), "", forms)


def plain_forms(values: Strings) -> tuple[Strings, Strings]:
    """Folded, and nothing beside it."""
    return folding.folded(values), nothing(values)


def name_forms(values: Strings) -> tuple[Strings, Strings]:
    """Folded names, and their tones; what surely is a company's name as one."""
    plain = folding.folded_name(values)
    company = surely_companies(plain)
    forms = pc.if_else(pa.array(company), company_form(values), plain) if company.any() else plain
    return forms, pa.array([folding.tones(text) for text in values.to_pylist()], pa.string())


def company_forms(values: Strings) -> tuple[Strings, Strings]:
    """Folded, without the words that only say that it is a company."""
    return company_form(values), nothing(values)


def address_forms(values: Strings) -> tuple[Strings, Strings]:
    """Folded, with the usual words for kinds of streets and for small numbers in one form."""
    return folding.folded_address(values), nothing(values)


def province_forms(values: Strings) -> tuple[Strings, Strings]:
    """Folded, and provinces of Vietnam as they are called since 2025."""
    return province_2025(values), nothing(values)


def date_forms(values: Strings) -> tuple[Strings, Strings]:
    """Eight digits."""
    return each(values, folding.digits_of_date), nothing(values)


def exact_forms(values: Strings) -> tuple[Strings, Strings]:
    """As they are, but for blanks and case."""
    return pc.utf8_lower(pc.utf8_trim_whitespace(values)), nothing(values)


def email_forms(values: Strings) -> tuple[Strings, Strings]:
    """As they are, without the tag that one mailbox has in many ways (``lan+shop@``)."""
    bare, marks = exact_forms(values)
    return pc.replace_substring_regex(bare, r"^([^+@]+)\+[^@]*@", r"\1@"), marks


def phone_forms(values: Strings) -> tuple[Strings, Strings]:
    """Digits alone; nothing of a number that is too short for one."""
    return each(values, folding.digits_of_phone), nothing(values)


def shown_forms(values: Strings) -> tuple[Strings, Strings]:
    """The digits that a mask would leave."""
    marks = each(values, lambda text: "masked" if MASK.search(text) else "")
    return each(values, folding.shown_digits), marks


def nothing(values: Strings) -> Strings:
    """As many empty texts."""
    return pa.array([""] * len(values), pa.string())


def each(values: Strings, change: Callable[[str], str]) -> Strings:
    """What ``change`` makes of each distinct value."""
    return pa.array([change(text) for text in values.to_pylist()], pa.string())


FORMS: Mapping[Role, Callable[[Strings], tuple[Strings, Strings]]] = MappingProxyType(
    {
        "name": name_forms,
        "given_name": name_forms,
        "family_name": name_forms,
        "company": company_forms,
        "date": date_forms,
        "phone": phone_forms,
        "masked_phone": shown_forms,
        "address": address_forms,
        "email": email_forms,
        "identifier": exact_forms,
        "verified": exact_forms,
    }
)
WORDED = frozenset({"name", "given_name", "family_name", "company", "address", "place", "text"})
EXTRA: Mapping[Role, Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "name": {"formal": folding.formal},
        "given_name": {"formal": folding.formal},
        "address": {"number": folding.house_number},
        "email": {
            "local": lambda text: text.partition("@")[0],
            "digits": lambda text: re.sub(r"[^0-9]", "", text.partition("@")[0]),
        },
        "phone": {"end": lambda text: text[-7:]},
    }
)
"""Parts of each text that a comparison looks at by themselves."""
