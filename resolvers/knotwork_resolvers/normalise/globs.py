"""Globs as RE2 expressions, with the very meaning of ``fnmatch``: ``*``, ``?``, ``[abc]``, ``[!a-z]``."""

from __future__ import annotations


def glob_expression(pattern: str) -> str:
    """The RE2 expression that matches a whole value as the glob ``pattern`` does.

    >>> glob_expression("info@*")
    '(?s)\\\\Ainfo@.*\\\\z'
    """
    parts, place = [], 0
    while place < len(pattern):
        part, place = translated(pattern, place)
        parts.append(part)
    return rf"(?s)\A{''.join(parts)}\z"


def translated(pattern: str, place: int) -> tuple[str, int]:
    """The expression of what stands at ``place``, and the place after it."""
    letter = pattern[place]
    if letter == "*":
        return ".*", place + 1
    if letter == "?":
        return ".", place + 1
    if letter == "[" and (end := end_of_set(pattern, place + 1)) > 0:
        return letters(pattern[place + 1 : end]), end + 1
    return code(letter), place + 1


def end_of_set(pattern: str, start: int) -> int:
    """The place of the bracket that closes a set, or -1; a bracket right after the opening is a member."""
    first = start + 1 if pattern[start : start + 1] == "!" else start
    return pattern.find("]", first + 1 if pattern[first : first + 1] == "]" else first)


def letters(members: str) -> str:
    """The expression of a set; a range that runs backwards has no members."""
    negated = members.startswith("!")
    ranges = ranges_of(members.removeprefix("!"))
    if not ranges:
        return "." if negated else r"[^\x{0}-\x{10FFFF}]"
    inside = "".join(f"{code(low)}-{code(high)}" for low, high in ranges)
    return f"[^{inside}]" if negated else f"[{inside}]"


def ranges_of(members: str) -> list[tuple[str, str]]:
    """The members of a set as ranges from letter to letter, both within."""
    ranges, place = [], 0
    while place < len(members):
        if members[place + 1 : place + 2] == "-" and place + 2 < len(members):
            low, high, place = members[place], members[place + 2], place + 3
        else:
            low, high, place = members[place], members[place], place + 1
        if low <= high:
            ranges.append((low, high))
    return ranges


def code(letter: str) -> str:
    """A letter that means itself wherever it stands in an expression."""
    return letter if letter.isascii() and (letter.isalnum() or letter in "@_") else rf"\x{{{ord(letter):X}}}"
