"""The model of Fellegi and Sunter (1969): what each level of agreement weighs, and how a pair's score is their sum.

A pair is of one person, of two people of one household, or of strangers. A level weighs log2(m / u) bits: m its chance
within one person, u between strangers; for values that are the same, u is how common the value is. The prior is what
chance a pair has before anything is compared. Two people of one household agree on address, phone and family name
as one person does; ``household`` is what that explanation takes off. Score = prior + weights - household, exactly.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np

from knotwork_resolvers.match.comparison import Compared
from knotwork_resolvers.match.manners import MANNERS
from knotwork_resolvers.match.records import Floats, Role

FORM = 5
"""Of the text that a model is kept as."""
LEAST_UNSEEN = 0.05
"""Of a value whose words are never so rare, so many more holders are expected."""
PLACES: frozenset[Role] = frozenset({"address", "place"})
COMMON: frozenset[Role] = PLACES | {"company", "phone"}
"""What people have in common who work or live together."""
FAMILY = 2.0
"""So many others share a person's household, where they share anything."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One kind's chances by level: ``m`` within one person, ``u`` between strangers.

    ``shared``: how often a household agrees as one person does; ``holders``: how many people have the kind. ``made``:
    how often two records would hold the same value, were values put together of their words by chance.
    """

    kind: str
    role: Role
    m: tuple[float, ...]
    u: tuple[float, ...]
    shared: float
    holders: float
    made: float

    def labels(self) -> tuple[str, ...]:
        """The levels in words."""
        return MANNERS[self.role].labels


@dataclass(frozen=True, slots=True)
class Leaning:
    """Of strangers who have the same value of ``kind``, the part (``chance``) who have the same of ``other``, too."""

    kind: str
    other: str
    chance: float


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by kind; ``prior`` and ``household`` as chances among all pairs; ``repeats``: records for each person.

    ``learned`` says whether the chances come from the records or are the sane ones for few. ``leanings``: which kinds
    say the same again of strangers.
    """

    weights: tuple[Weights, ...]
    prior: float
    household: float
    repeats: float
    learned: bool
    leanings: tuple[Leaning, ...] = ()

    @property
    def version(self) -> str:
        """Ten letters that are the same for the same weights."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:10]

    def prior_bits(self) -> float:
        """The prior as log2 of the odds."""
        return float(np.log2(self.prior) - np.log2(1 - self.prior))

    def to_json(self) -> str:
        """The model as text, which ``from_json`` reads."""
        return json.dumps({"form": FORM, **asdict(self)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Model:
        """The model that ``to_json`` wrote; raises ``ValueError`` for any other text."""
        held = json.loads(text)
        if not isinstance(held, dict) or held.pop("form", None) != FORM:
            raise ValueError("this is no model of this version; match again to make one: knotwork match")
        weights = tuple(
            Weights(**{**each, "m": tuple(each["m"]), "u": tuple(each["u"])}) for each in held.pop("weights")
        )
        leanings = tuple(Leaning(**each) for each in held.pop("leanings"))
        return cls(weights=weights, leanings=leanings, **held)


@dataclass(frozen=True, slots=True)
class Bits:
    """A row for each kind, a column for each pair: ``weight`` in bits; ``home``: the same for a household.

    ``household`` is what is taken off each pair, never below 0; ``score`` the sum.
    """

    weight: Floats
    home: Floats
    household: Floats
    score: Floats


def weigh(compared: Compared, model: Model) -> Bits:
    """What each comparison of each pair weighs, and the scores in bits; O(pairs x kinds)."""
    weight = np.zeros(compared.levels.shape)
    home = np.zeros(compared.levels.shape)
    by_kind = {each.kind: each for each in model.weights}
    for place, kind in enumerate(compared.kinds):
        if kind in by_kind:
            weight[place], home[place] = kind_bits(compared, place, by_kind[kind], model.repeats)
    moved(
        weight, [place for place, kind in enumerate(compared.kinds) if kind in by_kind and by_kind[kind].role in PLACES]
    )
    said_again(weight, home, compared.kinds, model.leanings)
    namesakes(home, compared)
    household = taken_off(home.sum(axis=0), model.household)
    return Bits(weight, home, household, model.prior_bits() + weight.sum(axis=0) - household)


def moved(weight: Floats, places: list[int]) -> None:
    """Nothing comes back; where nothing of an address agrees, the part that says most against counts alone.

    Who moved has another street, town and postcode at once: added up as if each were a chance of its own, they would
    outweigh a name and a birth date.
    """
    if len(places) < 2:
        return
    said = weight[places]
    rows = np.flatnonzero((said <= 0).all(axis=0))
    most = said[:, rows].argmin(axis=0)
    alone = np.zeros((len(places), len(rows)))
    alone[most, np.arange(len(rows))] = said[most, rows]
    said[:, rows] = alone
    weight[places] = said


def said_again(weight: Floats, home: Floats, kinds: tuple[str, ...], leanings: tuple[Leaning, ...]) -> None:
    """Nothing comes back; of kinds that agree, one that leans on a weightier one adds what that leaves open, no more.

    Where a whole office is in a file, its address, town, telephone and name say one thing: that two people work there.
    """
    places = {kind: place for place, kind in enumerate(kinds)}
    known = [one for one in leanings if one.kind in places and one.other in places]
    open_bits = [(places[one.kind], places[one.other], -np.log2(one.chance)) for one in known]
    before = weight.copy()
    for first, second, most in open_bits:
        one, other = before[first], before[second]
        leans = (other > 0) & ((one > other) | (one == other) & (first < second))
        weight[second, leans] = np.minimum(weight[second, leans], most)
        home[second, leans] = np.minimum(home[second, leans], most)


def namesakes(home: Floats, compared: Compared) -> None:
    """Nothing comes back; at home a given name is handed down with the family name.

    Two of one household who share a given name are a father and his son, or the like. Where their family names differ
    they are as likely to share it as strangers are: who keeps given name and address and changes the other has married.
    """
    if not {"given_name", "family_name"} <= set(compared.kinds):
        return
    given, family = (compared.kinds.index(kind) for kind in ("given_name", "family_name"))
    other = compared.levels[family] == len(MANNERS["family_name"].labels) - 1
    home[given, other] = np.minimum(home[given, other], 0)


def kind_bits(compared: Compared, place: int, weights: Weights, repeats: float) -> tuple[Floats, Floats]:
    """The bits of one kind, for one person and for one household; 0 where there is nothing to compare."""
    level, share = compared.levels[place], compared.share[place]
    m, u = np.array(weights.m), np.array(weights.u)
    house = weights.shared * m + (1 - weights.shared) * u
    weight = np.append(np.log2(m / u), 0.0)[level]
    home = np.append(np.log2(house / u), 0.0)[level]
    rows = np.flatnonzero(share > 0)
    chance = chance_of(share[rows], compared.made[place][rows], weights, repeats) * m[level[rows]] / m[0]
    weight[rows] = np.log2(m[level[rows]] / chance)
    home[rows] = np.log2((weights.shared * m[level[rows]] + (1 - weights.shared) * chance) / chance)
    return weight, home


def chance_of(share: Floats, made: Floats, weights: Weights, repeats: float) -> Floats:
    """The chance that a stranger holds a value: of those who have it, without the two who are compared.

    Nor are the few at home with them strangers, for what a household shares. A value that nobody else has may yet be
    somebody's: half a holder more, or what the kind's own chance expects, or what its words do.
    """
    others = np.maximum(share * weights.holders - 2 / repeats - FAMILY * weights.shared, 0)
    most = min(0.5, weights.u[0] * weights.holders)
    by_words = made * weights.holders * weights.u[0] / weights.made
    unseen = np.clip(by_words, min(LEAST_UNSEEN, most), most)
    return np.asarray(np.clip((others + unseen) / max(weights.holders, 1), 1e-9, 1), np.float64)


def taken_off(home: Floats, household: float) -> Floats:
    """The bits that two people of one household explain, log2(1 + chance x likelihood)."""
    return np.asarray(np.logaddexp2(0, np.log2(max(household, 1e-300)) + home), np.float64)


def probability(score: Floats) -> Floats:
    """Bits of odds as a probability."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(score, -500, 500))), np.float64)
