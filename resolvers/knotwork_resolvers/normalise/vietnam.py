"""Vietnam's numbers: the mobile prefixes of 2018, the area codes of 2017, and what a number looks like today.

Source: the tables that the operators published for the two changes. National numbers stand here without their zero.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_resolvers.normalise.draft import Draft, Strings, linking, matches, overlaid
from knotwork_resolvers.normalise.verdicts import Verdict

COUNTRY = "84"

# 0182 is missing: where its numbers went is not confirmed
MOBILE_2018 = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "162": "32",
    "163": "33",
    "164": "34",
    "165": "35",
    "166": "36",
    "167": "37",
    "168": "38",
    "169": "39",
    "186": "56",
    "188": "58",
    "199": "59",
}

# Of the old codes with two digits those are missing whose numbers cannot be told from today's mobile ones (08, 033,
# 036 to 039, 052, 055, 056, 058, 059, 070, 076, 077, 079): a number of that form is read as it would be dialled today.
AREAS_OF_TWO = {
    "20": "214",
    "22": "212",
    "25": "205",
    "26": "206",
    "27": "207",
    "29": "216",
    "30": "229",
    "31": "225",
    "53": "233",
    "54": "234",
    "57": "257",
    "60": "260",
    "61": "251",
    "62": "252",
    "63": "263",
    "64": "254",
    "66": "276",
    "67": "277",
    "68": "259",
    "72": "272",
    "73": "273",
    "74": "294",
    "75": "275",
}
AREAS_OF_THREE = {
    "230": "215",
    "231": "213",
    "240": "204",
    "241": "222",
    "280": "208",
    "281": "209",
    "320": "220",
    "321": "221",
    "350": "228",
    "351": "226",
    "500": "262",
    "501": "261",
    "510": "235",
    "511": "236",
    "650": "274",
    "651": "271",
    "710": "292",
    "711": "293",
    "780": "290",
    "781": "291",
}
AREAS_OF_TWO |= {f"4{digit}": f"24{digit}" for digit in range(10)}  # Hà Nội, 04

MOBILE = r"(?:3[2-9]|5[125689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}"
FIXED = r"(?:2[48][2-9]|20[3-9]|21[0-689]|22[0-25-9]|23[2-9]|25[124-9]|26[0-39]|27[0-7]|29[0-4679])[0-9]{7}"
SHORTEST, LONGEST = 9, 10  # digits
IN_USE = rf"\A(?:{MOBILE}|{FIXED})\z"
SERVICE = r"\A(?:1[89]00[0-9]{4,6}|1[0-9]{2,3}|9[0-9]{3})\z"


def vietnamese(nationals: Strings) -> Draft:
    """E.164 of national numbers without their zero, old ones as they are dialled today; invalid where there is none."""
    draft = overlaid(linking(nationals), ~matches(nationals, IN_USE), renumbered)
    return Draft(with_code(draft.value), draft.verdict)


def with_code(nationals: Strings) -> Strings:
    """``nationals`` with the country's code before them."""
    return pc.binary_join_element_wise(f"+{COUNTRY}", nationals, "")


def renumbered(nationals: Strings) -> Draft:
    """Numbers not in use today with old mobile prefixes and area codes replaced, and a verdict; O(numbers)."""
    lengths = pc.binary_length(nationals).to_numpy(zero_copy_only=False)
    draft = linking(nationals)
    for length, table in ((10, MOBILE_2018 | AREAS_OF_THREE), (9, AREAS_OF_TWO)):
        draft = overlaid(draft, lengths == length, partial(with_new_prefix, table=table))
    return overlaid(draft, ~matches(draft.value, IN_USE), why_not)


def with_new_prefix(nationals: Strings, table: dict[str, str]) -> Draft:
    """``nationals`` with the prefixes that ``table`` has, all of one length, replaced by their new ones."""
    length = len(next(iter(table)))
    rows = pc.index_in(pc.utf8_slice_codeunits(nationals, 0, length), value_set=pa.array(list(table)))
    new = pa.array(list(table.values())).take(rows)
    joined = pc.binary_join_element_wise(new, pc.utf8_slice_codeunits(nationals, length), "")
    return linking(pc.coalesce(joined, nationals))


def why_not(nationals: Strings) -> Draft:
    """What is wrong with numbers that are none."""
    lengths = pc.binary_length(nationals).to_numpy(zero_copy_only=False)
    verdict = np.full(len(nationals), Verdict.NO_SUCH_NUMBER, np.int8)
    verdict[lengths < SHORTEST] = Verdict.SHORT
    verdict[lengths > LONGEST] = Verdict.LONG
    verdict[matches(nationals, SERVICE)] = Verdict.SERVICE
    return Draft(nationals, verdict)
