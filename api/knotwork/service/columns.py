"""Columns of exported tables as SQL: ids of customers, and times."""

from __future__ import annotations

from knotwork_graph.model.customer import ALPHABET, DIGITS, PREFIX

UTC_TEXT = "strftime({}, '%Y-%m-%dT%H:%M:%S.%fZ')"


def id_sql(column: str) -> str:
    """The SQL that writes the customer number in ``column`` as its id, NULL for nobody; as ``customer_id`` does."""
    digits = ", ".join(
        f"substr('{ALPHABET}', (({column} >> {5 * place}) & 31)::INT + 1, 1)" for place in reversed(range(DIGITS))
    )
    return f"CASE WHEN {column} > 0 THEN concat('{PREFIX}', {digits}) END"
