"""Tables: the form in which every answer can be read, exported and set beside another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Form(StrEnum):
    """What a column holds, and so how people read it."""

    KEY = "key"
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    NUMBER = "number"


Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns. The key columns stand first and say what a row is about; no two rows have one key.

    A drill-down names a row by its key cells, in order. None is a figure that there is none of.
    """

    name: str
    columns: tuple[tuple[str, Form], ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        forms = [form is Form.KEY for _, form in self.columns]
        if forms != sorted(forms, reverse=True):
            raise ValueError("the columns that name a row stand before its figures")

    @property
    def keys(self) -> int:
        """How many columns name a row."""
        return sum(form is Form.KEY for _, form in self.columns)

    def masked(self, mask: Callable[[str], str]) -> Table:
        """The table with every text in it through ``mask``: names of events come from other people's data."""
        rows = tuple(tuple(mask(cell) if isinstance(cell, str) else cell for cell in row) for row in self.rows)
        return replace(self, rows=rows)


def beside(first: Table, second: Table) -> Table:
    """Two tables of one kind as one: for each figure the first's, the second's and the difference, second minus first.

    Rows stand as in ``first``, then those that only ``second`` has. Where only one has a row, the other's counts and
    shares are 0, and its other figures None.
    """
    keys, figures = first.keys, first.columns[first.keys :]
    left = {row[:keys]: row[keys:] for row in first.rows}
    right = {row[:keys]: row[keys:] for row in second.rows}
    absent = tuple(0 if form in (Form.COUNT, Form.SHARE) else None for _, form in figures)
    columns = (*first.columns[:keys], *(column for name, form in figures for column in _three(name, form)))
    rows = tuple(
        (*key, *_differences(left.get(key, absent), right.get(key, absent))) for key in dict.fromkeys((*left, *right))
    )
    return Table(first.name, columns, rows)


def _three(name: str, form: Form) -> tuple[tuple[str, Form], ...]:
    return (name, form), (f"{name} beside", form), (f"{name} difference", form)


def _differences(first: Row, second: Row) -> Row:
    return tuple(
        cell for a, b in zip(first, second, strict=True) for cell in (a, b, None if a is None or b is None else b - a)
    )
