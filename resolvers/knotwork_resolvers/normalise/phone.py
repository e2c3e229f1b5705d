"""Telephone numbers in E.164: ``+`` and digits, as they are dialled today."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.policy import HOME_REGION, IdentifierRule
from knotwork_resolvers.normalise.dialling import dialled_in, foreign
from knotwork_resolvers.normalise.draft import Draft, Strings, linking, matches, overlaid
from knotwork_resolvers.normalise.verdicts import Verdict
from knotwork_resolvers.normalise.vietnam import FIXED, MOBILE, vietnamese, with_code

PLAIN = r"\A[(]*\+?[(]*[0-9][0-9 ()./-]*\z"
STARS = r"[*•●]|[xX]{2,}|[0-9][xX]+\z"
RUN = re.compile(r"[(]*\+?[(]*[0-9][0-9 ()./-]*")
EXTENSION = re.compile(r"[0-9][ .,;/(-]*(?:x|ext|extension|#|máy lẻ|lẻ|nhánh)[ .:=-]*[0-9]{1,6}\)?$", re.IGNORECASE)
SHORTEST = 9  # digits before an extension: fewer, and the x hides a digit
LONGEST_TEXT = 200
LONGEST_NATIONAL = 11
REPEATED = (
    r"\A\+?(?:84)?0*(?:"
    + "|".join(f"{digit}{{5,}}" for digit in range(10))
    + r")\z|"
    + "|".join(rf"{digit}{{8}}\z" for digit in range(10))
)
KEYBOARD = r"\A(?:\+?84|0)?0*(?:12345678|123456789|1234567890|987654321|9876543210)\z"
MOBILE_TODAY = rf"\A(?:\+?84|0)(?:{MOBILE})\z"
MOBILE_FROM_ABROAD = rf"\A\+84(?:{MOBILE})\z"
# Without zero and country, as spreadsheets leave them: today's numbers, old mobile ones, and what is too short anyway.
BARE = rf"\A(1[0-9]*|[0-9]{{1,8}}|{MOBILE}|{FIXED})\z"


def normalise_phone(values: Strings, rule: IdentifierRule) -> Draft:
    """E.164; numbers without their country are the rule's region's. Masked, short and service numbers are invalid."""
    draft = overlaid(linking(values), ~matches(values, PLAIN), written_freely)
    return overlaid(draft, draft.verdict == Verdict.LINKING, lambda some: judged(digits_of(some), rule.region))


def written_freely(values: Strings) -> Draft:
    """The one number in each text with words, odd letters or a mask in it, as far as there is one."""
    verdict = np.where(matches(values, STARS), Verdict.MASKED, Verdict.LINKING).astype(np.int8)
    return overlaid(Draft(values, verdict), verdict == Verdict.LINKING, one_by_one)


def one_by_one(values: Strings) -> Draft:
    """The same without the masks that can be told at once."""
    found = [the_number(text) for text in values.to_pylist()]
    return Draft(pa.array([text for text, _ in found], pa.string()), np.array([why for _, why in found], np.int8))


def the_number(text: str) -> tuple[str, Verdict]:
    """The one number written in ``text``, or why there is none."""
    if len(text) > LONGEST_TEXT:
        return text, Verdict.LONG
    plain = text if text.isascii() else "".join(map(plain_letter, unicodedata.normalize("NFKC", text)))
    extension = EXTENSION.search(plain)
    if extension and sum(map(str.isdigit, plain[: extension.start() + 1])) >= SHORTEST:
        return text, Verdict.EXTENSION
    if re.search(STARS.replace(r"\z", r"\Z") + r"|[0-9][xX#]|[xX#][0-9]", plain):
        return text, Verdict.MASKED
    runs = RUN.findall(plain)
    return (runs[0], Verdict.LINKING) if len(runs) == 1 else (text, Verdict.NOT_PHONE)


def plain_letter(letter: str) -> str:
    """``letter``, or the ASCII digit it stands for; nothing for what cannot be seen; a dash for all dashes."""
    category = unicodedata.category(letter)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return {"Pd": "-", "Zs": " "}.get(category, letter)


def digits_of(values: Strings) -> Strings:
    """``values`` without punctuation; two leading zeros are the plus of an international number."""
    draft = overlaid(linking(values), matches(values, "[^0-9+]"), lambda some: linking(only_digits(some)))
    return pc.replace_substring_regex(draft.value, r"\A00", "+")


def only_digits(values: Strings) -> Strings:
    """``values`` without all but digits and plus signs."""
    return pc.replace_substring_regex(values, "[^0-9+]", "")


def judged(numbers: Strings, region: str) -> Draft:
    """What is said of numbers without punctuation: the placeholders first, as they may look like good ones."""
    verdict = np.zeros(len(numbers), np.int8)
    verdict[matches(numbers, KEYBOARD)] = Verdict.KEYBOARD
    verdict[matches(numbers, REPEATED)] = Verdict.REPEATED
    return overlaid(Draft(numbers, verdict), verdict == Verdict.LINKING, lambda some: by_country(some, region))


def by_country(numbers: Strings, region: str) -> Draft:
    """E.164 of numbers that are no placeholders; today's mobile numbers of Vietnam, the most, take a short way."""
    mobile = matches(numbers, MOBILE_TODAY if region == HOME_REGION else MOBILE_FROM_ABROAD)
    draft = overlaid(linking(numbers), mobile, lambda some: linking(with_code(pc.utf8_slice_codeunits(some, -9))))
    return overlaid(draft, ~mobile, lambda some: by_form(some, region))


def by_form(numbers: Strings, region: str) -> Draft:
    """E.164 of numbers of all kinds."""
    draft = linking(at_home(numbers)) if region == HOME_REGION else abroad(numbers, region)
    domestic, international = matches(draft.value, r"\A\+84"), matches(draft.value, r"\A\+")
    draft = overlaid(draft, ~international & (draft.verdict == Verdict.LINKING), nowhere)
    draft = overlaid(draft, domestic, lambda some: vietnamese(pc.replace_substring_regex(some, r"\A\+840*", "")))
    return overlaid(draft, international & ~domestic, foreign)


def at_home(numbers: Strings) -> Strings:
    """``numbers`` with Vietnam's country code, where they are written as one does within Vietnam."""
    for written in (r"\A840*([1-9][0-9]{8,9})\z", r"\A0([0-9]*)\z", BARE):
        numbers = pc.replace_substring_regex(numbers, written, r"+84\1")
    return numbers


def abroad(numbers: Strings, region: str) -> Draft:
    """``numbers`` as they are dialled in another region, those without a country one by one."""
    return overlaid(linking(numbers), ~matches(numbers, r"\A\+"), lambda some: linking(dialled_in(some, region)))


def nowhere(numbers: Strings) -> Draft:
    """Numbers that nobody could dial."""
    lengths = pc.binary_length(numbers).to_numpy(zero_copy_only=False)
    return Draft(numbers, np.where(lengths > LONGEST_NATIONAL, Verdict.LONG, Verdict.NO_SUCH_NUMBER).astype(np.int8))
