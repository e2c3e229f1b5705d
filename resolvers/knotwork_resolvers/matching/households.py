"""Households: people who share an address and a family name or a telephone, and are different people.

A layer above customers. Nothing is merged by it, and no event changes hands.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.proposals import Living
from knotwork_resolvers.identity import components
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.match.records import Records, Strings, Values
from knotwork_resolvers.matching.gathering import SHARED_PHONE, Gathered
from knotwork_resolvers.normalise.addresses import address_parts
from knotwork_resolvers.normalise.folding import folded
from knotwork_resolvers.normalise.names import name_parts

LARGEST = 12
"""More people at one address with one family name or telephone are a dormitory, an office or a shop."""

Rows = tuple[Ints, Strings]
NAME, PHONE = "family name", "telephone"


def households(gathered: Gathered, alike: Ints) -> list[Living]:
    """Who lives with whom, by the key of each record, smallest keys first; O(addresses) and near-linear in records.

    A household is named by its smallest key. Whoever lives alone is not among them; records that are ``alike`` (pairs
    of rows that matching proposes or joins) count as one person.
    """
    records = gathered.records
    homes = _homes(records)
    families = _together(homes, _families(records), len(records))
    phones = _together(homes, _phones(records), len(records))
    ends = np.concatenate([families, phones])
    label = components(len(records), ends[:, 0], ends[:, 1])
    by_name = np.isin(np.arange(len(records)), families)
    person = components(len(records), alike[:, 0], alike[:, 1])
    return list(_living(gathered, label, person, by_name))


def _living(gathered: Gathered, label: Ints, person: Ints, by_name: Mask) -> Iterator[Living]:
    real = np.flatnonzero(gathered.records.id > 0)
    people = np.unique(np.column_stack([label[real], person[real]]), axis=0)[:, 0]
    shared = np.bincount(people, minlength=len(label) + 1) > 1
    rows = real[shared[label[real]]]
    keys = gathered.keys.take(pa.array(rows)).to_pylist()
    first: dict[int, str] = {}
    for key, group in sorted(zip(keys, label[rows].tolist(), strict=True)):
        first.setdefault(group, key)
    told = sorted(zip(keys, rows.tolist(), strict=True))
    for key, row in told:
        yield Living(key, first[int(label[row])], NAME if by_name[row] else PHONE)


def _homes(records: Records) -> Rows:
    """The address of each record that has one with a house number, in one form; several where it moved."""
    found = [_of(values, _at_home(values)) for kind, values in records.values.items() if kind in ("address", "street")]
    return _distinct(_joined(found))


def _at_home(values: Values) -> Strings:
    """House number, street and province of today as one text; empty where number or street is missing."""
    parts = address_parts(values.text)
    whole = pc.and_(pc.not_equal(parts.housenumber, ""), pc.not_equal(parts.street, ""))
    joined = pc.binary_join_element_wise(parts.housenumber, parts.street, parts.province, "|")
    return pc.if_else(whole, joined, "")


def _families(records: Records) -> Rows:
    """The family names of each record, folded."""
    found = []
    for kind, values in records.values.items():
        if kind == "name":
            parts = name_parts(values.text)
            found.append(_of(values, pc.if_else(pa.array(parts.initial), "", parts.family)))
        elif kind == "family_name":
            found.append(_of(values, folded(values.text)))
    return _distinct(_joined(found))


def _phones(records: Records) -> Rows:
    """The telephone numbers of each record that several people use."""
    values = records.values.get(SHARED_PHONE)
    return _distinct(_joined([] if values is None else [(values.row, values.text)]))


def _of(values: Values, forms: Strings) -> Rows:
    """The rows whose form is not empty, with it."""
    there = pc.not_equal(forms, "")
    return values.row[np.asarray(there.to_numpy(zero_copy_only=False))], forms.filter(there)


def _joined(parts: list[Rows]) -> Rows:
    none = (np.empty(0, np.int64), pa.array([], pa.string()))
    rows = np.concatenate([rows for rows, _ in [none, *parts]])
    return rows, pa.concat_arrays([text.cast(pa.string()) for _, text in [none, *parts]])


def _distinct(rows: Rows) -> Rows:
    """Each (row, text) once."""
    table = pa.table({"row": rows[0], "text": rows[1]}).group_by(["row", "text"]).aggregate([])
    return np.asarray(table["row"].to_numpy(), np.int64), table["text"].combine_chunks()


def _together(homes: Rows, marks: Rows, count: int) -> Ints:
    """Pairs of rows that share an address and a mark: each with the next of its group, where the group is small."""
    home = pa.table({"row": homes[0], "home": homes[1]})
    mark = pa.table({"row": marks[0], "mark": marks[1]})
    both = home.join(mark, "row", join_type="inner").sort_by(
        [("home", "ascending"), ("mark", "ascending"), ("row", "ascending")]
    )
    if not len(both):
        return np.empty((0, 2), np.int64)
    group = _codes(both["home"]) * count + _codes(both["mark"])
    order = np.argsort(group, kind="stable")
    row, group = np.asarray(both["row"].to_numpy(), np.int64)[order], group[order]
    sizes = np.unique(group, return_inverse=True, return_counts=True)
    few = sizes[2][sizes[1]] <= LARGEST
    same = (group[1:] == group[:-1]) & few[1:]
    return np.column_stack([row[:-1][same], row[1:][same]])


def _codes(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.combine_chunks().dictionary_encode().indices.to_numpy(), np.int64)
