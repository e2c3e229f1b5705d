"""Values that people write freely: compared without case, width and extra blanks."""

from __future__ import annotations

import unicodedata

import pyarrow.compute as pc

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise.draft import Draft, Strings, ascii_or_not, each, linking, settled

BLANKS = r"[\t-\r\x1c-\x20]+"  # what str.split takes for blanks within ASCII


def normalise_text(values: Strings, _rule: IdentifierRule) -> Draft:
    """NFKC, inner blanks to one, case-folded."""
    return ascii_or_not(values, quick, lambda some: linking(each(some, folded)))


def quick(values: Strings) -> Draft:
    """The same for plain ASCII, all at once."""
    return linking(pc.replace_substring_regex(pc.ascii_lower(values), BLANKS, " "))


def folded(text: str) -> str:
    """The same for any letters."""
    return settled(lambda once: " ".join(unicodedata.normalize("NFKC", once).casefold().split()), text)
