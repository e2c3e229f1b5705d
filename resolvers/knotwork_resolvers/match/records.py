"""What is matched: records with several values of each kind, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Levels = NDArray[np.int8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Strings = Any  # pa.StringArray: pyarrow ships no types

Role = Literal[
    "name",
    "given_name",
    "family_name",
    "date",
    "gender",
    "address",
    "place",
    "phone",
    "masked_phone",
    "email",
    "identifier",
    "verified",
    "company",
    "text",
]

PEOPLE: frozenset[Role] = frozenset({"name", "given_name", "family_name", "date"})
"""Who a person is; a file without any of these is of companies."""

ROLE_OF: Mapping[str, Role] = MappingProxyType(
    {
        "name": "name",
        "given_name": "given_name",
        "family_name": "family_name",
        "birth_date": "date",
        "gender": "gender",
        "address": "address",
        "street": "address",
        "ward": "place",
        "district": "place",
        "city": "place",
        "province": "place",
        "postcode": "place",
        "country": "place",
        "company": "company",
        "phone": "phone",
        "email": "email",
    }
)
"""What the well-known traits and identifier types are; any other trait is a text."""


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one kind: ``text`` (Arrow strings) of the record in ``row``, as many as there are."""

    row: Ints
    text: Strings

    def __post_init__(self) -> None:
        """Refuse columns of two lengths."""
        if len(self.row) != len(self.text):
            raise ValueError(f"{len(self.row)} rows beside {len(self.text)} texts: give one row for each text")


@dataclass(frozen=True, slots=True)
class Records:
    """Records in the order of ``id``, and their values by kind: the name of a trait or of an identifier type.

    Identifiers come normalised, traits as they were observed. ``roles`` says what a kind is where its name does not.
    """

    id: Ints
    values: Mapping[str, Values]
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        """How many records there are."""
        return len(self.id)

    def role(self, kind: str) -> Role:
        """What ``kind`` is compared as."""
        return self.roles.get(kind) or ROLE_OF.get(kind, "text")

    @classmethod
    def of(cls, table: Any, roles: Mapping[str, Role] | None = None) -> Records:
        """Records of an Arrow table with a column ``id``; every other column is a kind, of texts or lists of texts."""
        kinds = {name: values_of(table[name]) for name in table.column_names if name != "id"}
        return cls(np.asarray(table["id"].to_numpy(), np.int64), kinds, MappingProxyType(dict(roles or {})))


def values_of(column: Any) -> Values:
    """The values of an Arrow column: texts, or lists of texts, a record a row; nulls are left out."""
    import pyarrow.compute as pc

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(whole.type):
        rows, texts = pc.list_parent_indices(whole), pc.list_flatten(whole)
    else:
        rows, texts = pa.array(np.arange(len(whole))), whole
    there = pc.is_valid(texts)
    kept = pc.filter(rows, there).to_numpy(zero_copy_only=False)
    return Values(np.asarray(kept, np.int64), pc.filter(texts, there).cast(pa.string()))
