"""Every identifier value of a chunk in one table; events refer to its rows by number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from knotwork_seeds.dice import Ints
from knotwork_seeds.text import Text, stacked

TYPES = ("cookie", "device", "advertising_id", "user_id", "email", "phone", "loyalty_card", "order_number", "zalo_id")


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of values in the table: `size` of them, in one or more styles of writing."""

    base: int
    size: int

    def at(self, value: Ints, style: Ints | int = 0) -> Ints:
        """The row of each value in a style; -1 stays -1, which is none."""
        return np.where(value >= 0, self.base + style * self.size + value, -1)


@dataclass(frozen=True, slots=True)
class Values:
    """The finished table. Of each row: type, text as events have it, the distinct value it stands for, causes.

    `normal` holds the normalised text of each distinct value, `normal_type` its type.
    """

    type: Ints
    text: Text
    value: Ints
    cause: Ints
    normal: Text
    normal_type: Ints


@dataclass(slots=True)
class Shelf:
    """Collects blocks of values into a table; the one thing here that changes while it is filled."""

    _types: list[Ints] = field(default_factory=list)
    _texts: list[Text] = field(default_factory=list)
    _values: list[Ints] = field(default_factory=list)
    _causes: list[Ints] = field(default_factory=list)
    _normals: list[Text] = field(default_factory=list)
    _normal_types: list[Ints] = field(default_factory=list)
    _rows: int = 0
    _distinct: int = 0

    def put(self, kind: str, normal: Text, styles: list[Text] | None = None, cause: Ints | int = 0) -> Placed:
        """A block of distinct values, written as `styles` says (default: as they are), with their causes."""
        styles = styles or [normal]
        size, placed = len(normal), Placed(self._rows, len(normal))
        code = TYPES.index(kind)
        self._types.append(np.full(size * len(styles), code, dtype=np.int64))
        self._texts.extend(styles)
        self._values.append(np.tile(self._distinct + np.arange(size), len(styles)))
        self._causes.append(np.tile(np.broadcast_to(np.asarray(cause, dtype=np.int64), size), len(styles)))
        self._normals.append(normal)
        self._normal_types.append(np.full(size, code, dtype=np.int64))
        self._rows += size * len(styles)
        self._distinct += size
        return placed

    def table(self) -> Values:
        """All that was put."""
        numbers = [np.concatenate(part) for part in (self._types, self._values, self._causes, self._normal_types)]
        kinds, values, causes, normal_types = numbers
        return Values(kinds, stacked(*self._texts), values, causes, stacked(*self._normals), normal_types)


def type_names(codes: Ints) -> pa.DictionaryArray:
    """The names of these types."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(TYPES))
