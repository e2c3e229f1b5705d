"""What somebody probably meant."""

from __future__ import annotations

from collections.abc import Collection


def nearest(name: str, known: Collection[str], *, likeness: float = 0.6) -> str | None:
    """The known name most like ``name``, or None when none is like it; O(names)."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, 1, likeness)
    return found[0] if found else None


def suggestion(name: str, known: Collection[str]) -> str:
    """The end of a sentence that names the nearest known name, or all of them when none is near.

    >>> suggestion("emial", ["email", "phone"])
    'did you mean "email"?'
    >>> suggestion("x", ["email", "phone"])
    'known are "email", "phone"'
    >>> suggestion("x", [])
    'none is known yet'
    """
    if not known:
        return "none is known yet"
    found = nearest(name, known)
    return f'did you mean "{found}"?' if found else "known are " + ", ".join(f'"{one}"' for one in known)
