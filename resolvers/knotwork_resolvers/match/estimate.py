"""A model without labels: expectation and maximisation over candidate pairs, strangers from random ones.

Three cautions make it hold on files of any kind. What a kind weighs is learned from pairs that were found without it,
and from what the *other* kinds say of them, so agreement that a blocking rule made is no evidence for itself. Every
chance begins at a sane one, as if seen on some pairs, so few records change little. Same values between strangers are
counted exactly, less those within the people found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knotwork_resolvers.match.columns import Column, Prepared
from knotwork_resolvers.match.comparison import Compared
from knotwork_resolvers.match.guards import OWN
from knotwork_resolvers.match.manners import MANNERS
from knotwork_resolvers.match.measures import MISSING
from knotwork_resolvers.match.model import COMMON, Leaning, Model, Weights, probability, taken_off, weigh
from knotwork_resolvers.match.records import PEOPLE, Floats, Ints, Mask, Role

ROUNDS = 12
STILL = 0.0005
"""A change of chances below this is none."""
SANE_WORTH = 25.0
"""The sane chances count as much as this many pairs of one person."""
RARE_WORTH = 20.0
"""And those of strangers as this many pairs of strangers."""
MATCHES_A_RECORD = 0.3
LEAST_MATCHES = 0.01
HOUSEHOLDS = 1.0
HOMES_WORTH = 1.0
FEWEST_HOUSEHOLDS = 0.001
SMALLEST = 1e-9
UNSEEN = 0.5
HOPELESS = -14.0
FIRM = MANNERS["name"].household
LEANING = 4.0
"""A kind leans on another where strangers who agree on that one agree on it so many times as often as others do."""
ROOM = 12
"""So many records that agree may be one person's, whatever else they say; of more, most are of different people."""
RATHER = 0.9
NAMES: frozenset[Role] = frozenset({"name", "given_name"})


@dataclass(frozen=True, slots=True)
class Sample:
    """What is learned from: candidate pairs, each standing for ``times`` of them; strangers; labelled pairs last.

    ``free`` has a row a kind: the pairs found without it. ``told``: 1 one person, 0 two, NaN where nobody said.
    ``surely``: counts by level, a kind each, of random pairs that are strangers beyond doubt; the others are looked at.
    ``both``: of the same pairs, how many agree on two kinds (a row and a column), and how many on the row's while
    the column's is known. ``drawn``: how many random pairs there were.
    """

    pairs: Compared
    free: Mask
    times: Floats
    told: Floats
    strangers: Compared
    surely: tuple[Floats, ...] = ()
    both: tuple[Floats, Floats] | None = None
    drawn: int = 0


def estimate(prepared: Prepared, sample: Sample, learn: bool) -> Model:
    """The model of ``sample``; where ``learn`` is off, sane chances with the values' own frequencies."""
    model = beginning(prepared)
    sample = worth_a_look(sample, model)
    for _ in range(ROUNDS):
        last, model = model, improved(prepared, sample, model, learn)
        if settled(last, model):
            break
    return model


def settled(last: Model, model: Model) -> bool:
    """Whether a round changed next to nothing."""
    moved = [
        abs(a - b)
        for one, two in zip(last.weights, model.weights, strict=True)
        for a, b in zip(one.m, two.m, strict=True)
    ]
    return max(moved, default=0.0) < STILL and abs(last.prior - model.prior) < STILL * model.prior


def worth_a_look(sample: Sample, model: Model) -> Sample:
    """The sample without candidates that could hardly become one person's, whatever is learned."""
    rows = np.flatnonzero((weigh(sample.pairs, model).score > HOPELESS) | ~np.isnan(sample.told))
    doubtful = weigh(sample.strangers, model).score > HOPELESS
    surely = sample.strangers.take(~doubtful)
    counts = [
        np.bincount(level[level != MISSING], minlength=len(each.m)).astype(np.float64)
        for level, each in zip(surely.levels, model.weights, strict=True)
    ]
    return replace(
        sample,
        pairs=sample.pairs.take(rows),
        free=sample.free[:, rows],
        times=sample.times[rows],
        told=sample.told[rows],
        strangers=sample.strangers.take(doubtful),
        surely=tuple(counts),
        both=agreed_on_both(surely, np.ones(len(surely))),
        drawn=len(sample.strangers),
    )


def agreed_on_both(pairs: Compared, times: Floats) -> tuple[Floats, Floats]:
    """How many of ``pairs`` agree on two kinds (a row and a column), and on the row's while the column's is known."""
    same = (pairs.levels == 0) * times
    return same @ (pairs.levels == 0).T, same @ (pairs.levels != MISSING).T


def leanings_of(sample: Sample, count: int, apart: Floats, weights: Sequence[Weights]) -> tuple[Leaning, ...]:
    """Which kinds that people have in common say the same again of strangers.

    Told where more agree on both than ``ROOM`` records a person explain: before it is known who is who, twelve records
    of one address may be one person's.
    """
    looked, spare = agreed_on_both(sample.strangers, apart), sample.drawn * (ROOM - 1) / max(count - 1, 1)
    surely = sample.both or (np.zeros_like(looked[0]), np.zeros_like(looked[1]))
    both, one = (np.maximum(a + b - spare, 0) for a, b in zip(surely, looked, strict=True))
    common = [place for place, each in enumerate(weights) if each.role in COMMON]
    found = []
    for first in common:
        for second in common:
            usual = weights[second].u[0]
            chance = float((both[first, second] + RARE_WORTH * usual) / (one[first, second] + RARE_WORTH))
            if first != second and chance > LEANING * usual:
                found.append(Leaning(weights[first].kind, weights[second].kind, min(chance, 1.0)))
    return tuple(found)


def beginning(prepared: Prepared) -> Model:
    """Sane chances, and the frequencies of values as they are."""
    count = max(prepared.count, 2)
    columns = prepared.columns.values()
    weights = tuple(first_weights(column) for column in columns)
    if not any(column.role in PEOPLE for column in columns):  # a list of firms: the company says who it is
        weights = tuple(replace(each, shared=FIRM) if each.role == "company" else each for each in weights)
    prior = usual_prior(count)
    return Model(weights, prior, prior * HOUSEHOLDS, 1.0, learned=False)


def usual_prior(count: int) -> float:
    """The chance that any two of ``count`` records are one person's, in files as they usually are."""
    return min(MATCHES_A_RECORD * 2 / (count - 1), 0.3)


def first_weights(column: Column) -> Weights:
    """A kind's sane chances, with the chance of the same value as it is among all pairs."""
    manner = MANNERS[column.role]
    u = spread([agreeing(column)], manner.rare[1:])
    made = column.made[column.codes[column.codes >= 0]]
    usual = max(float(made[made < 1].mean()), SMALLEST) if (made < 1).any() else 1.0
    return Weights(column.kind, column.role, manner.sane, u, manner.household, float(column.filled()), usual)


def agreeing(column: Column) -> float:
    """The share of pairs of records with the kind that hold the same value."""
    held = counts(column)
    total = column.filled()
    pairs = total * (total - 1) / 2
    return max(float((held * (held - 1) / 2).sum()) / pairs if pairs else 0.0, SMALLEST)


def counts(column: Column) -> Floats:
    """How many records hold each text, whatever its marks."""
    if not len(column.texts):
        return np.zeros(0)
    _, first = np.unique(column.texts.astype(str), return_index=True)
    return np.asarray(column.share[first] * column.filled(), np.float64)


def spread(fixed: Sequence[float], others: Sequence[float]) -> tuple[float, ...]:
    """``fixed`` chances as they are, ``others`` stretched so that all are one."""
    left = max(1 - sum(fixed), SMALLEST)
    whole = sum(others) or 1.0
    return (*fixed, *(max(each / whole * left, SMALLEST) for each in others))


def improved(prepared: Prepared, sample: Sample, model: Model, learn: bool) -> Model:
    """One round: who is who under ``model``, and the chances that follow from it."""
    bits = weigh(sample.pairs, model)
    one = told_or(probability(bits.score), sample.told)
    home = (1 - one) * at_home(bits.home, model)
    apart = 1 - probability(weigh(sample.strangers, model).score)
    matches = float((one * sample.times).sum())
    total = max(prepared.count * (prepared.count - 1) / 2, 1.0)
    least, most = LEAST_MATCHES * prepared.count, 0.5 * total
    repeats = records_a_person(sample.pairs, one, prepared.count)
    weights = []
    for place, each in enumerate(model.weights):
        column = prepared.columns[each.kind]
        m = within_people(sample, model, bits.weight, bits.home, place) if learn else each.m
        u = between_strangers(sample, column, apart, one + home, place)
        weights.append(replace(each, m=m, u=u, holders=max(column.filled() / repeats, 2.0)))
    prior = max(float(np.clip(matches, least, most)) / total, SMALLEST)
    house = (float((home * sample.times).sum()) + HOMES_WORTH) / total if learn else prior * HOUSEHOLDS
    most_homes = 2 * max(prior, usual_prior(max(prepared.count, 2)))  # files without duplicates have families too
    house = float(np.clip(house, FEWEST_HOUSEHOLDS * prior, most_homes))
    leanings = leanings_of(sample, prepared.count, apart, weights)
    return Model(tuple(weights), prior, house, repeats, learned=learn, leanings=leanings)


def told_or(found: Floats, told: Floats) -> Floats:
    """What people said where they did."""
    return np.where(np.isnan(told), found, told)


def within_people(sample: Sample, model: Model, weight: Floats, home: Floats, place: int) -> tuple[float, ...]:
    """``m`` of one kind, from what the other kinds say of pairs that were found without it."""
    level = sample.pairs.levels[place]
    rows = np.flatnonzero(sample.free[place] & (level != MISSING))
    others = weight[:, rows].sum(axis=0) - weight[place, rows]
    at_home = taken_off(home[:, rows].sum(axis=0) - home[place, rows], model.household)
    chance = told_or(probability(model.prior_bits() + others - at_home), sample.told[rows])
    chance[chance < RATHER] = 0  # so many pairs are hardly one person that together they would count
    chance = past_twins(chance, sample, model, place, rows)
    manner = MANNERS[model.weights[place].role]
    seen = np.bincount(level[rows], weights=chance * sample.times[rows], minlength=len(manner.sane))
    counted = seen + SANE_WORTH * np.array(manner.sane)
    return tuple((counted / counted.sum()).tolist())


def past_twins(chance: Floats, sample: Sample, model: Model, place: int, rows: Ints) -> Floats:
    """``chance`` of ``rows``, with none for pairs that teach a name wrongly.

    Twins agree on all else, so who learns from them how often names differ within one person joins all twins. Names are
    learned from pairs that agree on something of a person's own; where these are few, names that differ teach nothing
    beside them.
    """
    if model.weights[place].role not in NAMES:
        return chance
    own = [row for row, each in enumerate(model.weights) if each.role in OWN]
    sure = (sample.pairs.levels[own][:, rows] == 0).any(axis=0) | ~np.isnan(sample.told[rows])
    if float((chance * sample.times[rows])[sure].sum()) >= SANE_WORTH:
        return np.where(sure, chance, 0.0)
    differ = sample.pairs.levels[place, rows] == len(model.weights[place].m) - 1
    return np.where(differ & ~sure, 0.0, chance)


def between_strangers(sample: Sample, column: Column, apart: Floats, near: Floats, place: int) -> tuple[float, ...]:
    """``u`` of one kind: the same values counted exactly, other levels from random pairs."""
    manner = MANNERS[column.role]
    level = sample.strangers.levels[place]
    known = level != MISSING
    seen = np.bincount(level[known], weights=apart[known], minlength=len(manner.rare)) + sample.surely[place]
    counted = (seen + RARE_WORTH * np.array(manner.rare) + UNSEEN)[1:]
    if column.role == "masked_phone":
        counted = seen + RARE_WORTH * np.array(manner.rare)
        return tuple((counted / counted.sum()).tolist())
    return spread([same_by_chance(sample, column, near, place)], tuple(counted.tolist()))


def same_by_chance(sample: Sample, column: Column, near: Floats, place: int) -> float:
    """The chance that two strangers hold the same value."""
    held, total = counts(column), column.filled()
    pairs = total * (total - 1) / 2
    level = sample.pairs.levels[place]
    within = float((near * sample.times)[level == 0].sum())
    among = float((near * sample.times)[level != MISSING].sum())
    left = max(float((held * (held - 1) / 2).sum()) - within, 0.0)
    return float(np.clip((left + RARE_WORTH * MANNERS[column.role].rare[0]) / max(pairs - among, 1.0), SMALLEST, 0.999))


def records_a_person(pairs: Compared, one: Floats, count: int) -> float:
    """How many records a person has on average, going by pairs that are rather one person than not."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sure = one > 0.5
    ends = (pairs.left[sure], pairs.right[sure])
    groups, _ = connected_components(coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(count, count)), False)
    return float(count / max(groups, 1))


def at_home(home: Floats, model: Model) -> Floats:
    """The chance that each pair, not being one person, is two people of one household."""
    return probability(np.log2(model.household) + home.sum(axis=0))


def free_of(always: Ints, kinds: int) -> NDArray[np.bool_]:
    """For each kind (a row) the pairs that some rule found without it."""
    return np.array([(always >> place & 1) == 0 for place in range(kinds)], bool).reshape(kinds, len(always))
