"""Whether each of a few events is new: the first of a (source, message_id) counts, as when files are loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knotwork_resolvers.loading.body import same_body

Row = dict[str, Any]
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FewVerdicts:
    """The judged rows by what they are: new, the same as an earlier one (which stands beside it), another body, erased.

    Each holds the place that the row was given under.
    """

    fresh: Mapping[int, Row]
    same: Mapping[int, Row]
    other: frozenset[int]
    erased: frozenset[int] = frozenset()


def judge_few(rows: Mapping[int, Row], stored: Iterable[Row], erased: frozenset[int] = frozenset()) -> FewVerdicts:
    """The verdict on ``rows``, by place and in their order, beside the ``stored`` ones that bear one of their keys.

    ``erased``: the places of rows that were erased once.
    """
    first: dict[Name, Row] = {_name(row): row for row in stored}
    fresh: dict[int, Row] = {}
    same: dict[int, Row] = {}
    other: set[int] = set()
    for place, row in rows.items():
        if place in erased:
            continue
        before = first.setdefault(_name(row), row)
        if before is row:
            fresh[place] = row
        elif same_body(row, before):
            same[place] = before
        else:
            other.add(place)
    return FewVerdicts(fresh, same, frozenset(other), erased)


def _name(row: Row) -> Name:
    return row["source"], row["message_id"]
