"""One customer's profile from its events, its identifiers and the words on its consent. Pure: no store is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knotwork_graph.model import IdentifierView, Status, from_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.profiles.claims import Claim, Telling, claims_of
from knotwork_resolvers.profiles.consent import Said, Word, words_of
from knotwork_resolvers.profiles.figures import MILLION, Deed, Figures, figures_of, stage_of
from knotwork_resolvers.profiles.moment import Moment
from knotwork_resolvers.profiles.profile import (
    Beaten,
    Consent,
    ConsentWord,
    EventSum,
    Profile,
    Purchases,
    SignalValue,
    Source,
    TraitValue,
)
from knotwork_resolvers.profiles.quality import Looked, flags_of
from knotwork_resolvers.profiles.signals import signals_of
from knotwork_resolvers.profiles.survivorship import Ranked, ranked

if TYPE_CHECKING:
    from knotwork_graph.policy import ProfileRules

DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Material:
    """What a profile is made of; events in their order. ``named`` gives message id and event name by event id."""

    identifiers: tuple[IdentifierView, ...]
    deeds: Sequence[Deed]
    tellings: Sequence[Telling]
    said: Sequence[Said]
    named: Mapping[int, tuple[str, str]]


def profile_of(material: Material, policy: Policy, moment: Moment) -> Profile:
    """The profile at ``moment``. O(events x signals)."""
    rules = policy.profiles
    figures = figures_of(material.deeds, rules, moment)
    claims = ranked(claims_of(one for one in material.tellings if moment.holds(one.at)), rules)
    words = words_of(one for one in material.said if moment.holds(one.at))
    by_type = _by_type(material.identifiers)
    held = {kind: sum(one.status is Status.LINKING for one in every) for kind, every in by_type.items()}
    signals = signals_of(material.deeds, rules, moment)
    return Profile(
        moment=from_micros(moment.now),
        known=is_known(held),
        events=figures.events,
        first_seen=None if figures.first is None else from_micros(figures.first),
        last_seen=None if figures.last is None else from_micros(figures.last),
        stage=stage_of(figures, rules.lifecycle, moment),
        traits=_traits(claims, rules, material.named),
        identifiers=by_type,
        channels=dict(sorted(figures.channels.items())),
        counts=dict(sorted(figures.counts.items())),
        sums=_sums(figures),
        purchases=_purchases(figures, rules, moment),
        signals=_signals(signals, rules),
        consent=_consent(words, rules),
        flags=flags_of(Looked(claims, words, held, figures), policy, moment),
    )


def is_known(held: Mapping[str, int]) -> bool:
    """Whether one who links through so many identifiers of each type is known: not only by browsers and machines."""
    return any(count and kind not in ANONYMOUS_TYPES for kind, count in held.items())


def _by_type(identifiers: Sequence[IdentifierView]) -> dict[str, tuple[IdentifierView, ...]]:
    found: dict[str, list[IdentifierView]] = {}
    for one in identifiers:
        found.setdefault(one.type, []).append(one)
    return {kind: tuple(every) for kind, every in found.items()}


def _traits(claims: Ranked, rules: ProfileRules, named: Mapping[int, tuple[str, str]]) -> dict[str, TraitValue]:
    return {trait: _trait(every, rules.survivorship_of(trait), named) for trait, every in claims.items()}


def _trait(claims: Sequence[Claim], rule: str, named: Mapping[int, tuple[str, str]]) -> TraitValue:
    best, *rest = claims
    event_id = best.first_event if rule == "first" else best.last_event
    message_id, event = named.get(event_id, ("", ""))
    beaten = tuple(Beaten(one.plain, _source(one)) for one in rest)
    return TraitValue(best.plain, rule, _source(best), event_id, message_id, event, beaten)


def _source(claim: Claim) -> Source:
    return Source(claim.source, claim.count, from_micros(claim.first_at), from_micros(claim.last_at), claim.vouched)


def _sums(figures: Figures) -> tuple[EventSum, ...]:
    return tuple(
        EventSum(event, currency, figures.summed[event, currency], total / MILLION)
        for (event, currency), total in sorted(figures.sums.items())
    )


def _purchases(figures: Figures, rules: ProfileRules, moment: Moment) -> Purchases:
    if figures.bought_last is None:
        return Purchases()
    value: dict[str, int] = {}
    for (event, currency), total in sorted(figures.sums.items()):
        if event in rules.purchases:
            value[currency] = value.get(currency, 0) + total
    recency = max(moment.now - figures.bought_last, 0) / DAY
    amounts = {currency: total / MILLION for currency, total in sorted(value.items())}
    return Purchases(figures.bought, from_micros(figures.bought_last), recency, amounts)


def _signals(found: Mapping[str, float], rules: ProfileRules) -> dict[str, SignalValue]:
    return {
        name: SignalValue(found.get(name, 0.0), found.get(name, 0.0) > signal.above)
        for name, signal in rules.signals.items()
    }


def _consent(words: Mapping[str, Sequence[Word]], rules: ProfileRules) -> dict[str, Consent]:
    every = dict.fromkeys(sorted({*rules.purposes, *words}))
    return {purpose: _consent_to(words.get(purpose, ())) for purpose in every}


def _consent_to(words: Sequence[Word]) -> Consent:
    told = tuple(ConsentWord(one.allowed, one.key, one.source, from_micros(one.at)) for one in words)
    return Consent(told[0].allowed if told else None, told)
