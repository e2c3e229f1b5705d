"""Card numbers: printed in groups, typed with or without them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow.compute as pc

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise.draft import Draft, Strings, ascii_or_not, each, matches, settled
from knotwork_resolvers.normalise.verdicts import Verdict

GROUPING = r"[\t-\r\x1c-\x20-]+"


def normalise_loyalty_card(values: Strings, _rule: IdentifierRule) -> Draft:
    """Without blanks and dashes, in capitals; one without letter and digit is invalid."""
    return ascii_or_not(values, quick, lambda some: judged(each(some, lambda text: settled(ungrouped, text))))


def quick(values: Strings) -> Draft:
    """The same for plain ASCII, all at once."""
    return judged(pc.ascii_upper(pc.replace_substring_regex(values, GROUPING, "")))


def judged(values: Strings) -> Draft:
    """``values`` with what is to be said against them."""
    return Draft(values, np.where(matches(values, r"[\pL\pN]"), 0, Verdict.NO_CHARACTER).astype(np.int8))


def ungrouped(text: str) -> str:
    """One folding of any letters; dashes are all that Unicode calls so."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in wide if not letter.isspace() and unicodedata.category(letter) != "Pd").upper()
