"""Device and advertising ids."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise.draft import Draft, Strings, ascii_or_not, each, linking, matches, settled
from knotwork_resolvers.normalise.verdicts import Verdict

BRACES = "{}"
ANALYTICS_COOKIE = r"\Aga[0-9]+\.[0-9-]+\.([0-9]+\.[0-9]+)\z"  # Google Analytics writes its client id into one
# every f; the Android id that a whole series of phones was built with; the address Android hides the real one behind
CONSTANTS = r"\A(?:[f-]+|9774d56d682e549c|02:00:00:00:00:00)\z"


def normalise_device(values: Strings, _rule: IdentifierRule) -> Draft:
    """In small letters and without braces; an analytics cookie gives the client id in it."""
    return ascii_or_not(values, quick, lambda some: linking(each(some, lambda text: settled(bare, text))))


def quick(values: Strings) -> Draft:
    """The same for plain ASCII, all at once."""
    small = pc.utf8_trim_whitespace(pc.ascii_trim(pc.ascii_lower(values), BRACES))
    value = pc.replace_substring_regex(small, ANALYTICS_COOKIE, r"\1")
    return Draft(value, np.where(matches(value, CONSTANTS), Verdict.FACTORY, 0).astype(np.int8))


def bare(text: str) -> str:
    """One folding of one id."""
    return text.lower().strip(BRACES).strip()
