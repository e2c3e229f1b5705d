"""Numbers of all countries, by the plans that ``phonenumbers`` knows.

Whether a number has the length and shape of its country's is asked of RE2, for a whole country at once; which of its
ranges are given out today is not asked, because plans change faster than programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_resolvers.normalise.draft import Draft, Strings, as_mask, matches, overlaid
from knotwork_resolvers.normalise.verdicts import Verdict

NOT_A_PERSON = ("toll_free", "premium_rate", "shared_cost", "uan", "voicemail")
LONGEST_CODE = 3
NOWHERE = "001"  # the region of codes that belong to no country, such as satellites


def foreign(values: Strings) -> Draft:
    """``values``, each ``+`` and digits, with a verdict; one reading for each country that occurs."""
    draft = Draft(values, np.full(len(values), Verdict.NO_SUCH_NUMBER, np.int8))
    for code in codes_in(values):
        draft = overlaid(draft, as_mask(pc.starts_with(values, f"+{code}")), partial(of_country, code=code))
    return draft


def codes_in(values: Strings) -> Iterator[str]:
    """The country codes that occur; no code begins another."""
    known = {str(code) for code in country_codes()}
    for length in range(1, LONGEST_CODE + 1):
        found = pc.unique(pc.utf8_slice_codeunits(values, 1, 1 + length)).to_pylist()
        yield from sorted(known.intersection(found))


def of_country(values: Strings, code: str) -> Draft:
    """The numbers of one country with a verdict, and without the trunk zero that people leave after its code."""
    general, service = shapes(int(code))
    national = pc.utf8_slice_codeunits(values, 1 + len(code))
    trunk = matches(national, r"\A0") & ~matches(national, general)
    national = pc.if_else(pa.array(trunk), pc.utf8_ltrim(national, "0"), national)
    verdict = np.where(matches(national, general), Verdict.LINKING, Verdict.NO_SUCH_NUMBER).astype(np.int8)
    if service:
        verdict[matches(national, service)] = Verdict.SERVICE
    return Draft(pc.binary_join_element_wise(f"+{code}", national, ""), verdict)


def country_codes() -> Mapping[int, tuple[str, ...]]:
    """The regions of each country code; some codes, as 1, have several."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return COUNTRY_CODE_TO_REGION_CODE


@cache
def shapes(code: int) -> tuple[str, str]:
    """Two expressions for a country's national numbers: all of them, and those that serve a business."""
    plans = list(plans_of(code))
    services = chain.from_iterable((getattr(plan, kind) for kind in NOT_A_PERSON) for plan in plans)
    return joined(plan.general_desc for plan in plans), joined(services)


def plans_of(code: int) -> Iterator[Any]:
    """The numbering plans of one country code; the first call for a country reads its file."""
    from phonenumbers import PhoneMetadata

    for region in country_codes()[code]:
        if region == NOWHERE:
            yield PhoneMetadata.metadata_for_nongeo_region(code)
        else:
            yield PhoneMetadata.metadata_for_region(region)


def joined(descriptions: Iterable[Any]) -> str:
    """One expression that matches a whole number where one of the descriptions does; empty when there is none."""
    patterns = {one.national_number_pattern: None for one in descriptions if one and one.national_number_pattern}
    return rf"\A(?:{'|'.join(patterns)})\z" if patterns else ""


def dialled_in(values: Strings, region: str) -> Strings:
    """E.164 of numbers in any form, read one by one as they would be dialled in ``region``; others as they were."""
    return pa.array([dialled(text, region) for text in values.to_pylist()], pa.string())


def dialled(text: str, region: str) -> str:
    """E.164 of one number, or ``text`` when the library makes nothing of it."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    try:
        return format_number(parse(text, region), PhoneNumberFormat.E164)
    except NumberParseException:
        return text
