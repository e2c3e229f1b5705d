"""Values that may be no identifiers at all: those that look like placeholders, and those that far too many share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.model import GraphArrays
from knotwork_resolvers.advice.advice import Suspect
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.normalise import mailbox_flags
from knotwork_resolvers.normalise.draft import as_mask, matches

SHOWN = 20
TIMES = 10
"""Abnormal is what touches more than ten times as many customers as the middle value does."""

WORDS = (
    r"(?i)(?:\A|[^a-z])(?:test(?:ing|er)?[0-9]*|demo|sample|dummy|fake|null|none|nil|undefined|unknown|anonymous|guest"
    r"|default|n/a|tbd|xxx+|asdf+|qwerty|khong[._-]?co|chua[._-]?co)(?:[^a-z]|\z)"
)
RUN = r"0123456|1234567|2345678|3456789|9876543|8765432|7654321|abcdef0?123"
REPEATED = "|".join(rf"{digit}{{7,}}" for digit in "0123456789abcdefx")
LOOKS = (
    (WORDS, "looks like a test value or a placeholder"),
    (RUN, "holds digits in order"),
    (REPEATED, "holds one character repeated"),
)
ROLE = "a mailbox of an office rather than a person"


@dataclass(frozen=True, slots=True)
class Suspects:
    """``suspected`` and ``blocked`` are masks of identifiers; ``shown`` holds the worst, worst first.

    ``blocked`` are those of ``shown`` that one would block.
    """

    suspected: Mask
    blocked: Mask
    shown: tuple[Suspect, ...]


def suspects(graph: GraphArrays, own: Mask, customers: Ints) -> Suspects:
    """The suspects among the ``own`` identifiers, which are of one type; at most ``SHOWN`` of them by value.

    ``customers``: for each identifier how many customers it touches. A value that touches fewer than two glues nobody,
    so it is never suspected, whatever it looks like. O(characters).
    """
    rows = np.flatnonzero(own & (customers > 1))
    values = graph.identifiers.values.take(pa.array(rows)).cast(pa.string())
    kind = graph.identifiers.type_names[graph.identifiers.types[rows[0]]] if len(rows) else ""
    look, crowded = _looks(values, kind), customers[rows] > abnormal(customers[own])
    found = np.flatnonzero((look > 0) | crowded)
    first = found[np.lexsort((rows[found], -customers[rows[found]]))][:SHOWN]
    block = (look > 0) & crowded
    shown = [
        Suspect(values[i].as_py(), int(customers[rows[i]]), _words(int(look[i])), bool(block[i]))
        for i in first.tolist()
    ]
    return Suspects(_mask(own, rows[found]), _mask(own, rows[first[block[first]]]), tuple(shown))


def _mask(like: Mask, rows: Ints) -> Mask:
    mask = np.zeros(len(like), np.bool_)
    mask[rows] = True
    return mask


def abnormal(customers: Ints) -> int:
    """The number of customers above which a value is suspected for them alone, from the counts of all values.

    >>> abnormal(np.array([1, 1, 2, 900]))
    10
    """
    touched = customers[customers > 0]
    return TIMES * (int(np.quantile(touched, 0.5, method="inverted_cdf")) if len(touched) else 1)


def _looks(values: Any, kind: str) -> Ints:
    """For each value 0, or the place of its look in ``LOOKS`` counted from 1; one more for an office's mailbox."""
    found = np.zeros(len(values), np.int64)
    if kind == "email":
        found[as_mask(pc.equal(mailbox_flags(values), "role"))] = len(LOOKS) + 1
    for place, (expression, _) in reversed(list(enumerate(LOOKS, 1))):
        found[matches(values, expression)] = place
    return found


def _words(look: int) -> str:
    if not look:
        return "touches far more customers than other values do"
    return ROLE if look > len(LOOKS) else LOOKS[look - 1][1]
