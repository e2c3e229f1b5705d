"""A number of an answer, named by what stands before it in its row, so that the people behind it can be asked for."""

from __future__ import annotations

from knotwork_graph.errors import UsageError

Cell = tuple[str, ...]


def named(cell: Cell, *names: str, also: tuple[str, ...] = ()) -> Cell:
    """The cell's parts, one for each of ``names`` and then those of ``also`` that were given; the rest are empty.

    Raises ``UsageError`` where there are fewer or more.
    """
    if not len(names) <= len(cell) <= len(names) + len(also):
        wanted = ", ".join((*names, *(f"[{one}]" for one in also)))
        raise UsageError(f"a number of this answer is named by {len(names)} or more values: {wanted}.")
    return (*cell, *("" for _ in range(len(names) + len(also) - len(cell))))


def whole(name: str, value: str) -> int:
    """The whole number that a part of a cell is. Raises ``UsageError``."""
    try:
        return int(value)
    except ValueError as error:
        raise UsageError(f"{name}: {value!r} is no whole number.") from error
