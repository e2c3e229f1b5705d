"""Numbers with their words, as every message for people says them."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its word; ``many`` where an s is not enough.

    >>> counted(1, "link"), counted(1200, "link"), counted(0, "person", "people")
    ('1 link', '1,200 links', '0 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
