"""Quality flags: what is odd about a customer and worth a look. A flag names traits and numbers, never values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knotwork_graph.policy import Policy, ProfileRules
from knotwork_resolvers.profiles.claims import Claim
from knotwork_resolvers.profiles.consent import HOLDERS, Word
from knotwork_resolvers.profiles.figures import Figures
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.projection.few_traits import FOLD, fold

MANY_VALUES, MANY_IDENTIFIERS, DISPUTED, CURRENCIES, AHEAD = (
    "many_values",
    "many_identifiers",
    "consent_disputed",
    "mixed_currencies",
    "clock_ahead",
)
WORDS = {
    MANY_VALUES: "{count} values of {about}, where one person has at most {limit}",
    MANY_IDENTIFIERS: "{count} identifiers of the type {about}, where the policy allows {limit}",
    DISPUTED: "identifiers disagree on consent to {about}; the strictest word counts",
    CURRENCIES: "amounts in {count} currencies, which are never added",
    AHEAD: "the newest event lies in the future: a clock ran ahead",
}


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """One thing that is odd: what (one of ``WORDS``), about which trait, type or purpose, and in numbers."""

    name: str
    about: str = ""
    count: int = 0
    limit: int = 0

    @property
    def words(self) -> str:
        """The flag as a sentence."""
        return WORDS[self.name].format(about=self.about, count=self.count, limit=self.limit)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at for flags: claims and words as they rank, numbers of identifiers by type, and figures."""

    claims: Mapping[str, Sequence[Claim]]
    words: Mapping[str, Sequence[Word]]
    held: Mapping[str, int]
    figures: Figures


def flags_of(looked: Looked, policy: Policy, moment: Moment) -> tuple[Flag, ...]:
    """The flags of one customer, in order."""
    return tuple(sorted(_flags(looked, policy, moment)))


def _flags(looked: Looked, policy: Policy, moment: Moment) -> Iterator[Flag]:
    for trait, claims in looked.claims.items():
        limit = policy.profiles.trait(trait).limit
        if limit is not None and len(claims) > limit:
            different = len({fold(one.value) for one in claims} - {""})
            if different > limit:
                yield Flag(MANY_VALUES, trait, different, limit)
    for kind, count in looked.held.items():
        most = policy.rule(kind).max_per_customer
        if most is not None and count > most:
            yield Flag(MANY_IDENTIFIERS, kind, count, most)
    for purpose, words in looked.words.items():
        if len({one.allowed for one in words}) > 1:
            yield Flag(DISPUTED, purpose)
    currencies = {currency for _, currency in looked.figures.sums}
    if len(currencies) > 1:
        yield Flag(CURRENCIES, "", len(currencies))
    if looked.figures.last is not None and looked.figures.last > moment.now:
        yield Flag(AHEAD)


VALUES = """
SELECT customer, '{name}' AS name, trait AS about, count(DISTINCT folded)::BIGINT AS count, "limit" FROM (
    SELECT customer, trait, {fold} AS folded, {limit} AS "limit" FROM {claims} WHERE trait IN ({traits}))
WHERE folded <> '' GROUP BY customer, trait, "limit" HAVING count(DISTINCT folded) > "limit"
"""
IDENTIFIERS = """
SELECT customer, '{name}', type, count(*)::BIGINT, {limit} FROM {holders} GROUP BY customer, type
HAVING count(*) > {limit}
"""
OTHERS = """
SELECT customer, '{disputed}', purpose, 0, 0 FROM {consents} WHERE disputed
UNION ALL SELECT customer, '{currencies}', '', count(DISTINCT currency)::BIGINT, 0 FROM {sums}
    GROUP BY customer HAVING count(DISTINCT currency) > 1
UNION ALL SELECT customer, '{ahead}', '', 0, 0 FROM {stages} WHERE epoch_us(last_seen) > {now}
"""


def flags_in(tables: Mapping[str, str], policy: Policy, moment: Moment, types: Sequence[str]) -> str:
    """The flags of everybody, to stand after FROM: ``customer, name, about, count, limit``.

    ``tables`` name what stands after FROM for ``consents``, ``sums``, ``stages`` and ``claims``, of which only those
    are looked at that others of the same customer and trait differ from; ``types`` are the identifier types there are.
    """
    parts = [_values(tables["claims"], policy.profiles)] if _limits(policy.profiles) else []
    limits = {kind: policy.rule(kind).max_per_customer for kind in types}
    limited = {kind: most for kind, most in limits.items() if most is not None}
    if limited:
        whens = " ".join(f"WHEN {text(kind)} THEN {most}" for kind, most in limited.items())
        parts.append(IDENTIFIERS.format(name=MANY_IDENTIFIERS, limit=f"(CASE type {whens} END)", holders=HOLDERS))
    named = {"disputed": DISPUTED, "currencies": CURRENCIES, "ahead": AHEAD}
    parts.append(
        OTHERS.format(now=moment.now, **named, **{name: tables[name] for name in ("consents", "sums", "stages")})
    )
    first = "SELECT 0::BIGINT AS customer, '' AS name, '' AS about, 0::BIGINT AS count, 0 AS \"limit\" WHERE false"
    return f"({' UNION ALL '.join([first, *parts])})"


def _values(claims: str, rules: ProfileRules) -> str:
    limits = _limits(rules)
    whens = " ".join(f"WHEN {text(trait)} THEN {limit}" for trait, limit in limits.items())
    return VALUES.format(
        name=MANY_VALUES,
        fold=FOLD.replace("$text", "value"),
        limit=f"(CASE trait {whens} END)",
        traits=", ".join(map(text, limits)),
        claims=claims,
    )


def _limits(rules: ProfileRules) -> dict[str, int]:
    """How many values one person has, by trait."""
    from knotwork_graph.policy.profile_rules import FEW_VALUES

    named = dict.fromkeys((*FEW_VALUES, *rules.traits))
    return {trait: limit for trait in named if (limit := rules.trait(trait).limit) is not None}
