"""Columns of exported tables as SQL: ids of customers, and times."""

from __future__ import annotations

from knotwork_graph.model.customer import ALPHABET, DIGITS, PREFIX

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
