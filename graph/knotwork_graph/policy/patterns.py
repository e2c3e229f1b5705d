"""Whether the expressions of a policy can be run.

RE2 runs them: it reads each value once, so that no value, however odd, can hold up a run; what it cannot do in one
reading (look-aheads, back references) it refuses.
"""

from __future__ import annotations

EXPRESSION = "re:"


def check_pattern(pattern: str) -> str:
    """``pattern`` itself when it is a glob or an expression that RE2 runs. Raises ``ValueError`` with the remedy."""
    if not pattern.strip():
        raise ValueError("an empty pattern blocks nothing; remove it (empty values are always blocked)")
    if pattern.startswith(EXPRESSION):
        check_expression(pattern.removeprefix(EXPRESSION))
    return pattern


def check_expression(expression: str) -> None:
    """Nothing when RE2 can run ``expression``; else ``ValueError``. The first call loads pyarrow, which holds RE2."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), expression)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        raise ValueError(
            f"the expression {expression!r} cannot be run ({reason}); expressions are RE2's, which bounds the time "
            "they take and so has no look-aheads and no back references: write it without them"
        ) from error
    if not expression:
        raise ValueError('the expression after "re:" is empty and would block every value; write one or remove it')
