"""E-mail addresses."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise.draft import (
    Draft,
    Strings,
    Verdicts,
    ascii_or_not,
    each,
    linking,
    matches,
    overlaid,
    settled,
)
from knotwork_resolvers.normalise.mailboxes import NOBODY
from knotwork_resolvers.normalise.verdicts import Verdict

AROUND = r"\A(?:mailto:)+|[.,;]+\z"
LETTER = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]"
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
ADDRESS = rf"\A{LETTER}+(?:\.{LETTER}+)*@(?:{LABEL}\.)+(?:[a-z]+|xn--[a-z0-9-]*[a-z0-9])\z"
TOO_LONG = r"[^@]{65}@|[^@.]{64}\.|[^@.]{64}\z"  # local part over 64, a label of the domain over 63
LONGEST = 254
LONGEST_LOCAL = 64
DEVIATIONS = "ßς\u200c\u200d"  # letters that the older of the two standards of domain names confuses with others
TAG = r"\A([^@+]+)\+[^@]*@"
GMAIL = r"@(?:gmail|googlemail)\.com\z"


def normalise_email(values: Strings, rule: IdentifierRule) -> Draft:
    """Small letters, ASCII domains, nothing around the address; with ``provider_rules`` one form for each mailbox."""
    draft = ascii_or_not(values, quick, foreign)
    value = one_mailbox(draft.value) if rule.provider_rules else draft.value
    nobody = matches(value, NOBODY) & (draft.verdict == Verdict.LINKING)
    return Draft(value, np.where(nobody, Verdict.ROLE, draft.verdict).astype(np.int8))


def quick(values: Strings) -> Draft:
    """Plain ASCII, all at once."""
    small = linking(pc.ascii_lower(values))
    value = overlaid(small, matches(small.value, AROUND), lambda some: linking(bare(some))).value
    return Draft(value, judged(value))


def bare(values: Strings) -> Strings:
    """``values`` without what is written around an address."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(values, AROUND, ""))


def foreign(values: Strings) -> Draft:
    """Addresses with other letters in them; the letters of the local part stay, as mail servers may allow them."""
    value = each(values, lambda text: settled(tidied, text))
    return Draft(value, judged(each(value, plain_twin)))


def judged(values: Strings) -> Verdicts:
    """Whether each is an address, by the grammar of mail without quoted local parts, and short enough."""
    draft = Draft(values, np.where(matches(values, ADDRESS), Verdict.LINKING, Verdict.NOT_EMAIL).astype(np.int8))
    lengthy = pc.greater(pc.binary_length(values), LONGEST_LOCAL).to_numpy(zero_copy_only=False)
    return overlaid(draft, lengthy & (draft.verdict == Verdict.LINKING), not_too_long).verdict


def not_too_long(values: Strings) -> Draft:
    """Whether well-formed addresses are within the lengths that mail allows: 254, 64 before the @, 63 for a label."""
    long = pc.greater(pc.binary_length(values), LONGEST).to_numpy(zero_copy_only=False) | matches(values, TOO_LONG)
    return Draft(values, np.where(long, Verdict.NOT_EMAIL, Verdict.LINKING).astype(np.int8))


def tidied(text: str) -> str:
    """One folding of one address: NFKC, nothing invisible, small letters, the domain in ASCII."""
    wide = unicodedata.normalize("NFKC", text).lower()
    seen = "".join(letter for letter in wide if unicodedata.category(letter) != "Cf" or letter in DEVIATIONS).strip()
    local, at, domain = re.sub(AROUND.replace(r"\z", r"\Z"), "", seen).strip().rpartition("@")
    return local + at + ".".join(ascii_label(label) for label in domain.replace("\u3002", ".").split("."))


def ascii_label(label: str) -> str:
    """One label of a domain as the name servers know it; empty, and so no address, when it can be none."""
    try:
        if set(label) & set(DEVIATIONS):
            return "xn--" + label.encode("punycode").decode("ascii")
        return label if label.isascii() else label.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def plain_twin(address: str) -> str:
    """``address`` with a plain letter for each letter or accent that is not, to be judged by the same grammar."""
    return "".join("a" if not one.isascii() and unicodedata.category(one)[0] in "LMN" else one for one in address)


def one_mailbox(values: Strings) -> Strings:
    """The form that all spellings of one mailbox share: ``+tag`` off, and dots off at Gmail."""
    untagged = pc.replace_substring_regex(values, TAG, r"\1@")
    gmail = pa.array(matches(untagged, GMAIL))
    local = pc.replace_substring(pc.replace_substring_regex(untagged.filter(gmail), GMAIL, ""), ".", "")
    return pc.replace_with_mask(untagged, gmail, pc.binary_join_element_wise(local, "gmail.com", "@"))
