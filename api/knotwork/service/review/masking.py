"""Masking what the review desk shows: cases, cards, effects, proposals to split, and what waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from knotwork.access.answers import masked_answer
from knotwork.access.masks import Mask
from knotwork.access.roles import Sight
from knotwork.access.traits import HIDDEN
from knotwork_graph.model import customer_number

if TYPE_CHECKING:
    from knotwork.service.review.values import Card, Compared, Side
    from knotwork_graph.desk import Case, Note
    from knotwork_resolvers.review.effects import Effect
    from knotwork_resolvers.review.split import SplitProposal


def masked_case(case: Case, mask: Mask) -> Case:
    """A case with its keys and words masked; what people wrote is hidden from whoever sees masks."""
    if mask.personal is Sight.CLEAR:
        return case
    about = tuple(one if customer_number(one) else mask.key(one) for one in case.finding.about)
    detail = HIDDEN if case.finding.detail else ""
    # about may no longer be in its order, which a finding insists on: the two are told in the order of their masks
    finding = replace(case.finding, about=tuple(sorted(set(about))), detail=detail)
    return replace(case, finding=finding, closed_because=mask.text(case.closed_because))


def masked_effect(effect: Effect, mask: Mask) -> Effect:
    """An effect with its keys masked; customer ids, counts and sums are clear."""
    if mask.personal is Sight.CLEAR:
        return effect
    handed = tuple(replace(one, keys=tuple(map(mask.key, one.keys))) for one in effect.handed)
    return replace(effect, handed=handed, contradicts=mask.text(effect.contradicts))


def masked_split(split: SplitProposal, mask: Mask) -> SplitProposal:
    """A proposal to split with its keys masked."""
    if mask.personal is Sight.CLEAR:
        return split
    left, right = (tuple(map(mask.key, side)) for side in split.sides)
    cut = tuple(replace(one, a=mask.key(one.a), b=mask.key(one.b)) for one in split.cut)
    return replace(split, sides=(left, right), cut=cut)


def masked_card(card: Card, mask: Mask) -> Card:
    """A card as the mask's role sees it. All that is shown to a role goes through here."""
    if mask.personal is Sight.CLEAR:
        return card
    return replace(
        card,
        case=masked_case(card.case, mask),
        sides=tuple(_side(one, mask) for one in card.sides),
        traits=tuple(_trait(one, mask) for one in card.traits),
        why=None if card.why is None else masked_answer(card.why, mask),
        why_not=None if card.why_not is None else masked_answer(card.why_not, mask),
        seen_with=None if card.seen_with is None else masked_answer(card.seen_with, mask),
        choices=tuple(
            replace(one, effect=None if one.effect is None else masked_effect(one.effect, mask)) for one in card.choices
        ),
        split=None if card.split is None else masked_split(card.split, mask),
        similar=tuple(masked_case(one, mask) for one in card.similar),
        notes=tuple(_note(one) for one in card.notes),
    )


def _side(one: Side, mask: Mask) -> Side:
    return replace(one, identifiers=tuple(map(mask.key, one.identifiers)))


def _trait(one: Compared, mask: Mask) -> Compared:
    def masked(values: tuple[str, ...]) -> tuple[str, ...]:
        found = mask.traits({one.trait: list(values)})[one.trait]
        return tuple(map(str, found))

    return replace(one, shared=masked(one.shared), left=masked(one.left), right=masked(one.right))


def _note(one: Note) -> Note:
    return replace(one, text=HIDDEN if one.text else "")
