"""Texts as they stand in a query."""

from __future__ import annotations


def text(value: str) -> str:
    """``value`` as a text in a query.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"
