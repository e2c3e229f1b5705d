"""How each role is compared: its levels, best first, what they mean to people who match, and what a household shares.

``sane`` are the chances of each level between two records of one person, used as they are for a few hundred records and
as the beginning for more; they restate what is commonly found in customer files, none is taken from one data set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from knotwork_resolvers.match.records import Role


@dataclass(frozen=True, slots=True)
class Manner:
    """``labels`` and ``sane`` chances of the levels; ``rare``: chances between strangers to begin with.

    ``household``: the chance that two people of one household agree as one person does with himself; else they are as
    strangers.
    """

    labels: tuple[str, ...]
    sane: tuple[float, ...]
    rare: tuple[float, ...]
    household: float

    def __post_init__(self) -> None:
        """Refuse chances that are not one for each level."""
        if not len(self.labels) == len(self.sane) == len(self.rare):
            raise ValueError(f"{len(self.labels)} levels need as many chances, not {self.sane} and {self.rare}")


NAME = Manner(
    ("the same", "the same but for tones", "the same words or short forms", "a typing error apart", "similar",
     "some words shared", "a word shared", "different"),
    (0.63, 0.01, 0.05, 0.10, 0.06, 0.08, 0.045, 0.025),
    (0.001, 0.0005, 0.0005, 0.0005, 0.002, 0.005, 0.05, 0.941),
    0.02,
)  # fmt: skip
PART = Manner(
    ("the same", "the same but for tones", "a typing error apart", "similar", "a short form", "in the other's place",
     "different"),
    (0.73, 0.01, 0.13, 0.045, 0.03, 0.03, 0.025),
    (0.01, 0.002, 0.002, 0.01, 0.005, 0.003, 0.968),
    0.02,
)  # fmt: skip
TEXT = Manner(
    ("the same", "a typing error apart", "similar", "words shared", "different"),
    (0.70, 0.08, 0.05, 0.05, 0.12),
    (0.05, 0.002, 0.01, 0.04, 0.898),
    0.9,
)
ADDRESS = Manner(
    ("the same", "the same words", "a typing error apart", "same number, similar", "similar without a number",
     "similar, another number", "same number only", "different"),
    (0.55, 0.08, 0.10, 0.08, 0.04, 0.04, 0.02, 0.09),
    (0.001, 0.0005, 0.0005, 0.001, 0.001, 0.01, 0.01, 0.976),
    0.9,
)  # fmt: skip
DATE = Manner(
    ("the same", "one digit off", "day and month swapped", "within a month", "two parts the same",
     "about a year or ten apart", "two digits off", "different", "a generation apart"),
    (0.80, 0.07, 0.02, 0.02, 0.03, 0.015, 0.02, 0.015, 0.01),
    (0.0001, 0.0008, 0.0001, 0.003, 0.003, 0.005, 0.01, 0.4, 0.578),
    0.02,
)  # fmt: skip
PHONE = Manner(
    ("the same", "one digit off", "the same end", "different"),
    (0.70, 0.04, 0.02, 0.24),
    (0.00002, 0.00002, 0.00002, 0.99994),
    0.4,
)
MASKED = Manner(("the same digits shown", "other digits shown"), (0.85, 0.15), (0.001, 0.999), 0.4)
EMAIL = Manner(
    ("the same", "a typing error apart", "much alike", "the same name, another domain", "different"),
    (0.62, 0.10, 0.03, 0.05, 0.20),
    (0.00002, 0.00002, 0.00005, 0.0001, 0.99981),
    0.15,
)
IDENTIFIER = Manner(
    ("the same", "one character off", "two characters off", "different"),
    (0.80, 0.07, 0.03, 0.10),
    (0.00001, 0.00002, 0.0003, 0.99967),
    0.02,
)
GENDER = Manner(("the same", "different"), (0.97, 0.03), (0.5, 0.5), 0.2)

MANNERS: Mapping[Role, Manner] = MappingProxyType(
    {
        "name": NAME,
        "given_name": PART,
        "family_name": Manner(PART.labels, PART.sane, PART.rare, 0.7),
        "date": DATE,
        "gender": GENDER,
        "address": ADDRESS,
        "place": TEXT,
        "company": Manner(NAME.labels, NAME.sane, NAME.rare, 0.5),
        "phone": PHONE,
        "masked_phone": MASKED,
        "email": EMAIL,
        "identifier": IDENTIFIER,
        "verified": Manner(("the same", "different"), (0.9, 0.1), (0.00001, 0.99999), 0.02),
        "text": TEXT,
    }
)
