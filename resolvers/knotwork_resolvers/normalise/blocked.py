"""Values that link nothing: those that are blocked everywhere, and those that the policy blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import IdentifierRule
from knotwork_graph.policy.patterns import EXPRESSION, check_pattern
from knotwork_resolvers.normalise.draft import Mask, Strings, Verdicts, as_mask, lowered, matches
from knotwork_resolvers.normalise.globs import glob_expression
from knotwork_resolvers.normalise.verdicts import Verdict

PLACEHOLDERS = (
    "null",
    "none",
    "nil",
    "undefined",
    "nan",
    "anonymous",
    "guest",
    "unknown",
    "true",
    "false",
    "[object object]",
    "-1",
)
ZEROS = r"\A[0-]*\z"
LONGEST_EXPRESSION = 2_000  # characters of joined expressions: what RE2 compiles well within its memory


def blocked_everywhere(values: Strings) -> Verdicts:
    """A verdict for each trimmed value: ``LINKING``, or why no policy lets it link; O(characters)."""
    verdict = np.zeros(len(values), np.int8)
    verdict[matches(values, ZEROS)] = Verdict.ZEROS
    verdict[as_mask(pc.equal(values, ""))] = Verdict.EMPTY
    verdict[as_mask(pc.is_in(lowered(values), value_set=pa.array(PLACEHOLDERS)))] = Verdict.PLACEHOLDER
    return verdict


def blocked_by(rule: IdentifierRule, values: Strings) -> Mask:
    """Where one of the rule's patterns matches; globs ignore case, ``re:`` expressions do not.

    Costs one reading of the values for each 2,000 characters of patterns. Raises ``PolicyError`` for an expression that
    cannot be run.
    """
    expressions = tuple(checked(rule, (one for one in rule.blocked if one.startswith(EXPRESSION))))
    globs = [one.lower() for one in rule.blocked if not one.startswith(EXPRESSION)]
    found = np.zeros(len(values), np.bool_)
    for joined in alternatives(expressions):
        found |= matches(values, joined)
    return found | matches_glob(globs, values) if globs else found


def matches_glob(globs: Sequence[str], values: Strings) -> Mask:
    """Where the value, in small letters, matches a glob; all globs without wildcards cost one look-up together."""
    small = lowered(values)
    whole = [one for one in globs if not set("*?[") & set(one)]
    found = as_mask(pc.is_in(small, value_set=pa.array(whole, pa.string())))
    for joined in alternatives(glob_expression(one) for one in globs if one not in whole):
        found = found | matches(small, joined)
    return found


def checked(rule: IdentifierRule, patterns: Iterable[str]) -> Iterator[str]:
    """The expressions behind ``re:``, each of which RE2 can run."""
    for pattern in patterns:
        try:
            yield check_pattern(pattern).removeprefix(EXPRESSION)
        except ValueError as error:
            raise PolicyError(str(error), key=f"identifiers.{rule.type}.blocked") from error


def alternatives(expressions: Iterable[str]) -> Iterator[str]:
    """Expressions that match where one of ``expressions`` does, few and none too long to compile."""
    joined: list[str] = []
    for one in expressions:
        if joined and sum(map(len, joined)) + len(one) > LONGEST_EXPRESSION:
            yield "|".join(joined)
            joined = []
        joined.append(f"(?:{one})")
    if joined:
        yield "|".join(joined)
