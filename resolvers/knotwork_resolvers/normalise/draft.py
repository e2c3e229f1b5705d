"""A column on its way to normalised: values, and what is said of each so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Verdicts = NDArray[np.int8]
Strings = Any  # pa.StringArray: pyarrow ships no types

SETTLED_AFTER = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """Values (an Arrow string array without nulls) and a verdict for each."""

    value: Strings
    verdict: Verdicts


def as_strings(values: Any) -> Strings:
    """``values`` as one Arrow string array without nulls."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pc.fill_null(whole.cast(pa.string()), "")


def matches(values: Strings, expression: str) -> Mask:
    """Where RE2 finds ``expression``; O(characters)."""
    return as_mask(pc.match_substring_regex(values, expression))


def as_mask(booleans: Any) -> Mask:
    """An Arrow boolean array as a numpy one."""
    mask: Mask = booleans.to_numpy(zero_copy_only=False)
    return mask


def linking(values: Strings) -> Draft:
    """``values`` with nothing to be said against any of them."""
    return Draft(values, np.zeros(len(values), np.int8))


def each(values: Strings, change: Callable[[str], str]) -> Strings:
    """What ``change`` makes of each value: the slow road, for the rare rest."""
    return pa.array([change(text) for text in values.to_pylist()], pa.string())


def ascii_or_not(values: Strings, quick: Callable[[Strings], Draft], slow: Callable[[Strings], Draft]) -> Draft:
    """``quick`` for the values of plain ASCII, and ``slow`` for the others."""
    plain = as_mask(pc.string_is_ascii(values))
    if plain.all():
        return quick(values)
    return overlaid(overlaid(linking(values), plain, quick), ~plain, slow)


def overlaid(draft: Draft, rows: Mask, judge: Callable[[Strings], Draft]) -> Draft:
    """``draft`` with what ``judge`` makes of the values in ``rows``; it is asked about those alone."""
    if not rows.any():
        return draft
    other = judge(draft.value.filter(pa.array(rows)))
    verdict = draft.verdict.copy()
    verdict[rows] = other.verdict
    return Draft(pc.replace_with_mask(draft.value, pa.array(rows), other.value), verdict)


def lowered(values: Strings) -> Strings:
    """``values`` in small letters, exactly as ``str.lower`` has them."""
    draft = ascii_or_not(
        values, lambda some: linking(pc.ascii_lower(some)), lambda some: linking(each(some, str.lower))
    )
    return draft.value


def settled(step: Callable[[str], str], text: str) -> str:
    """``text`` after as many ``step`` as change it: some Unicode foldings need a second one to come to rest."""
    for _ in range(SETTLED_AFTER):
        after = step(text)
        if after == text:
            break
        text = after
    return text
