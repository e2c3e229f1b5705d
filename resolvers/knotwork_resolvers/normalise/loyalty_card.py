"""Card numbers: printed in groups, typed with or without them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow.compute as pc

from knotwork_graph.policy import IdentifierRule
from knotwork_graph.policy.rules import CheckDigit
from knotwork_resolvers.normalise.draft import Draft, Mask, Strings, ascii_or_not, each, matches, settled
from knotwork_resolvers.normalise.verdicts import Verdict

FEWEST = 2
GROUPING = r"[\t-\r\x1c-\x20-]+"


def normalise_loyalty_card(values: Strings, rule: IdentifierRule) -> Draft:
    """Without blanks and dashes, in capitals; one without letter and digit, or with a wrong check digit, is invalid."""
    draft = ascii_or_not(values, quick, lambda some: judged(each(some, lambda text: settled(ungrouped, text))))
    if rule.check_digit == "none":
        return draft
    wrong = (draft.verdict == Verdict.LINKING) & ~checks(draft.value, rule.check_digit)
    return Draft(draft.value, np.where(wrong, Verdict.CHECK_DIGIT, draft.verdict).astype(np.int8))


def quick(values: Strings) -> Draft:
    """The same for plain ASCII, all at once."""
    return judged(pc.ascii_upper(pc.replace_substring_regex(values, GROUPING, "")))


def judged(values: Strings) -> Draft:
    """``values`` with what is to be said against them."""
    return Draft(values, np.where(matches(values, r"[\pL\pN]"), 0, Verdict.NO_CHARACTER).astype(np.int8))


def checks(values: Strings, rule: CheckDigit) -> Mask:
    """Whether the last digit proves the digits before it; letters are left out. Fewer than two digits prove nothing.

    ``luhn``: ISO/IEC 7812-1, every second digit doubled and its digits added; ``ean``: GS1, weights 3 and 1.
    """
    bare = pc.replace_substring_regex(values, "[^0-9]", "")
    count = pc.binary_length(bare).to_numpy(zero_copy_only=False)
    width = max(int(count.max(initial=0)), 2)
    padded = pc.utf8_lpad(bare, width, "0").to_numpy(zero_copy_only=False).astype(f"S{width}")
    digits = padded.view(np.uint8).reshape(len(bare), width).astype(np.int64)[:, ::-1] - ord("0")
    digits[:, 1::2] *= 2 if rule == "luhn" else 3
    if rule == "luhn":
        digits = digits // 10 + digits % 10
    return np.asarray((digits.sum(axis=1) % 10 == 0) & (count >= FEWEST))


def ungrouped(text: str) -> str:
    """One folding of any letters; dashes are all that Unicode calls so."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in wide if not letter.isspace() and unicodedata.category(letter) != "Pd").upper()
