"""Numbers with their words, as every message for people says them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_TOLD, LAST_TOLD = 20, 5


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its word; ``many`` where an s is not enough.

    >>> counted(1, "link"), counted(1200, "link"), counted(0, "person", "people")
    ('1 link', '1,200 links', '0 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def few_of(sentences: Sequence[str]) -> tuple[str, ...]:
    """The ``sentences`` as far as a person reads: of more than twenty the first and the last ones.

    What stands between is counted. A source that puts names where types belong would fill a screen and every report.

    >>> few_of(["one", "two"])
    ('one', 'two')
    >>> few_of([str(number) for number in range(1000)])[14:17]
    ('14', 'and 980 more of the kind', '995')
    """
    if len(sentences) <= MOST_TOLD:
        return tuple(sentences)
    left_out = f"and {len(sentences) - MOST_TOLD:,} more of the kind"
    return (*sentences[: MOST_TOLD - LAST_TOLD], left_out, *sentences[-LAST_TOLD:])
