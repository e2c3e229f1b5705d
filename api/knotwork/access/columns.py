"""Whole columns through the mask: what is plain takes a short road in bulk, all else the one that single values take.

Both give the same, which a test tries on anything; an export of millions would else wait for one value after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from knotwork.access.masks import Mask
from knotwork.access.roles import Sight

if TYPE_CHECKING:
    import pyarrow as pa

PLAIN_EMAIL = (r"^([!-?A-~]{2})[!-?A-~]+@([!-?A-~]*)$", r"\1***@\2")
SHORT_EMAIL = (r"^([!-?A-~])[!-?A-~]?@([!-?A-~]*)$", r"\1***@\2")
PLAIN_PHONE = (r"^\+84([1-9]\d)\d{5}(\d\d)$", r"+84 \1 *** **\2")
SHORT: dict[str, tuple[tuple[str, str], ...]] = {
    "email": (PLAIN_EMAIL, SHORT_EMAIL), "phone": (PLAIN_PHONE,), "zalo_id": (PLAIN_PHONE,), "name": (),
}  # fmt: skip
"""For types with a mask of their own, what most of their values look like, and what is then shown."""

SUSPECT = r"@|(?:\+|0|84)\d(?:[\s().-]?\d){6}|[^\x00-\x7f]"
"""A text without any of this holds neither an address nor a telephone."""


def masked_values(kinds: pa.Array, values: pa.Array, mask: Mask) -> pa.Array:
    """The values of identifiers of these types, as ``Mask.value`` shows each; nulls stay."""
    import numpy as np
    import pyarrow as pa

    if mask.personal is Sight.CLEAR or not len(values):
        return values
    coded = kinds.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")  # those of a kind one after the other, each copied twice in all
    together = values.take(pa.array(order))
    ends = np.cumsum(np.bincount(codes)).tolist()
    parts = zip([0, *ends], ends, coded.dictionary.to_pylist(), strict=False)
    masked = [_of_kind(kind, together.slice(start, end - start), mask) for start, end, kind in parts]
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(masked).take(pa.array(back))


def masked_texts(values: pa.Array, mask: Mask) -> pa.Array:
    """Sentences, as ``Mask.text`` shows each; nulls stay."""
    import pyarrow.compute as pc

    if mask.personal is Sight.CLEAR:
        return values
    return _some(values, pc.fill_null(pc.match_substring_regex(values, SUSPECT), False), mask.text)


def _of_kind(kind: str, values: pa.Array, mask: Mask) -> pa.Array:
    import pyarrow.compute as pc

    if kind not in SHORT:
        return masked_texts(values, mask)
    left, shown = pc.is_valid(values), values
    for pattern, replacement in SHORT[kind]:
        plain = pc.and_(left, pc.fill_null(pc.match_substring_regex(values, pattern), False))
        shown = pc.if_else(plain, pc.replace_substring_regex(values, pattern, replacement), shown)
        left = pc.and_not(left, plain)
    return _some(shown, left, lambda value: mask.value(kind, value), values)


def _some(shown: pa.Array, here: pa.Array, each: Callable[[str], str], values: Any = None) -> pa.Array:
    """``shown`` with those values that are ``here`` put through ``each``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pc.any(here).as_py():
        return shown
    own = (shown if values is None else values).filter(here).to_pylist()
    return pc.replace_with_mask(shown, here, pa.array([each(value) for value in own], shown.type))
