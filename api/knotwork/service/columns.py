"""Columns of exported tables: ids of customers, as SQL and of Arrow's arrays, and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork_graph.model.customer import ALPHABET, DIGITS, PREFIX

if TYPE_CHECKING:
    import pyarrow as pa

UTC_TEXT = "strftime({}, '%Y-%m-%dT%H:%M:%S.%fZ')"


SHORT = DIGITS // 2
"""So many digits are enough for most workspaces: 33 million customers."""


def id_sql(column: str) -> str:
    """The SQL that writes the customer number in ``column`` as its id, NULL for nobody; as ``customer_id`` does."""
    short = f"concat('{PREFIX}{ALPHABET[0] * (DIGITS - SHORT)}', {_digits(column, SHORT)})"  # half the work
    long = f"concat('{PREFIX}', {_digits(column, DIGITS)})"
    few = f"{column} BETWEEN 1 AND {(1 << 5 * SHORT) - 1}"
    return f"CASE WHEN {few} THEN {short} WHEN {column} > 0 THEN {long} END"


def _digits(column: str, count: int) -> str:
    return ", ".join(
        f"substr('{ALPHABET}', (({column} >> {5 * place}) & 31)::INT + 1, 1)" for place in reversed(range(count))
    )


def ids(numbers: pa.Array) -> pa.Array:
    """The ids of customers by their numbers, none for 0; as ``customer_id`` writes them, letter by letter in bulk."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    width = len(PREFIX) + DIGITS
    shifts = 5 * np.arange(DIGITS)[::-1]
    letters = np.empty((len(numbers), width), np.uint8)
    letters[:, : len(PREFIX)] = np.frombuffer(PREFIX.encode(), np.uint8)
    own = np.asarray(numbers.to_numpy(), np.int64)
    letters[:, len(PREFIX) :] = np.frombuffer(ALPHABET.encode(), np.uint8)[(own[:, None] >> shifts) & 31]
    ends = np.arange(len(numbers) + 1, dtype=np.int32) * width
    made = pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(letters))
    return pc.if_else(pa.array(own > 0), made, None)
