"""The card of a case: both sides, what holds them and what parts them, and what each answer would do."""

from __future__ import annotations

from datetime import datetime

import strawberry

from knotwork.graphql.context import Context
from knotwork.graphql.explaining import Neighbours, Why, WhyNot
from knotwork.graphql.made import shown, twin, with_text
from knotwork.graphql.previewing import DecisionEffect, SplitProposalType, told_split
from knotwork.graphql.sentences import Words
from knotwork.service.review.masking import masked_card
from knotwork.service.review.values import Card, Choice, Compared, Side
from knotwork_graph.desk import Case, Note
from knotwork_graph.model import customer_id
from knotwork_resolvers.explain import wording
from knotwork_resolvers.review.effects import Effect


@strawberry.type(name="ReviewCase", description="Something doubtful that a person decides.")
class CaseType:
    """A case."""

    number: int = strawberry.field(description="Its number.")
    kind: str = strawberry.field(description="merge, split, shared, block or conflict")
    state: str = strawberry.field(description="open, waiting, decided, left or closed")
    source: str = strawberry.field(description="Who found it.")
    about: list[str] = strawberry.field(description="The identifiers or the customer it is about, masked.")
    customers: list[strawberry.ID] = strawberry.field(description="The customers at stake.")
    grounds: list[str] = strawberry.field(description="What speaks for it, as codes.")
    score: float = strawberry.field(description="The probability that what is now is wrong.")
    harm: float = strawberry.field(description="What that would cost, in customers; the queue is sorted by it.")
    events: int = strawberry.field(description="How many events are at stake.")
    detail: str = strawberry.field(description="A short text, masked.")
    opened: datetime = strawberry.field(description="Since when it lies there.")
    claimed_by: str = strawberry.field(description="Who works on it; empty for nobody.")
    claimed_until: datetime | None = strawberry.field(description="Until when it is theirs.")
    decided_by: str = strawberry.field(description="Who answered it.")
    answer: str = strawberry.field(description="accept, reject or leave; empty while it is open.")
    decisions: list[int] = strawberry.field(description="The numbers of the decisions that came of it.")

    @classmethod
    def of(cls, case: Case) -> CaseType:
        """The type for a masked case."""
        one = case.finding
        return cls(
            number=case.number, kind=one.kind.value, state=case.state.value, source=one.source,
            about=list(one.about), customers=[strawberry.ID(customer_id(n)) for n in one.customers if n],
            grounds=list(one.grounds), score=one.score, harm=one.harm, events=one.events,
            detail=one.detail, opened=case.opened, claimed_by=case.claimed_by, claimed_until=case.claimed_until,
            decided_by=case.decided_by, answer=case.answer, decisions=list(case.decisions),
        )  # fmt: skip


@twin(Side, "One side of a case.", name="CaseSide")
class CaseSide:
    """A side."""

    customer: str = strawberry.field(description="The customer's id; empty for nobody's.")
    identifiers: list[str] = strawberry.field(description="Its identifiers, masked.")
    events: int = strawberry.field(description="How many events it has.")
    orders: int = strawberry.field(description="How many of them bring in money.")


@twin(Compared, "One trait on both sides of a case.", name="TraitCompared")
class TraitCompared:
    """A trait."""

    trait: str = strawberry.field(description="Its name.")
    shared: list[str] = strawberry.field(description="Values that both sides have, masked.")
    left: list[str] = strawberry.field(description="Values that the left side alone has, masked.")
    right: list[str] = strawberry.field(description="Values that the right side alone has, masked.")


@strawberry.type(description="One answer to a case, and what it would do.")
class CaseChoice:
    """A choice."""

    answer: str = strawberry.field(description="accept, reject or leave")
    does: str = strawberry.field(description="What it would record.")
    customers: int = strawberry.field(
        description="How many customers it would change.", deprecation_reason="`effect` says it."
    )
    identifiers: int = strawberry.field(
        description="How many identifiers would change hands.", deprecation_reason="`effect` says it."
    )
    events: int = strawberry.field(description="How many events would.", deprecation_reason="`effect` says it.")
    contradicts: str = strawberry.field(description="What stands against it; empty for nothing.")
    second: list[str] = strawberry.field(description="Why a second person would be needed.")
    effect: DecisionEffect | None = strawberry.field(description="All that it would change; none where nothing is.")

    @classmethod
    def of(cls, one: Choice, words: Words, masked: Effect | None) -> CaseChoice:
        """The type for a choice in clear, its sentences masked, with its effect as it is masked already."""
        effect = one.effect or Effect()
        return cls(
            answer=one.answer, does=words.told(one.does), customers=effect.customers, identifiers=effect.identifiers,
            events=effect.events, contradicts=words.told(effect.contradicts), second=list(map(words.told, one.second)),
            effect=None if masked is None else DecisionEffect.of(masked),
        )  # fmt: skip


@twin(Note, "One line of the story of a case.", name="CaseNote")
class CaseNote:
    """A line."""

    at: datetime
    who: str = strawberry.field(description="Who said or did it.")
    what: str = strawberry.field(description="What became of it, or that it is a comment.")
    text: str = strawberry.field(description="What was written; hidden where your role sees personal values masked.")


@strawberry.type(description="All that a person needs to decide a case.")
class CaseCard:
    """A card."""

    case: CaseType = strawberry.field(description="The case.")
    revision: str = strawberry.field(description="Names what is seen here, for `ifRevision`.")
    sides: list[CaseSide] = strawberry.field(description="The customers it is about, one or two.")
    traits: list[TraitCompared] = strawberry.field(description="Both sides' traits beside each other.")
    against: list[str] = strawberry.field(description="What speaks against it, masked.")
    choices: list[CaseChoice] = strawberry.field(description="Each answer, and what it would do.")
    similar: list[CaseType] = strawberry.field(description="Cases like it that were decided.")
    why: Why | None = strawberry.field(description="What holds both in one customer, where they are one.")
    why_not: WhyNot | None = strawberry.field(description="What keeps them apart, where they are two.")
    seen_with: Neighbours | None = strawberry.field(description="For a case of one identifier: what it was seen with.")
    split: SplitProposalType | None = strawberry.field(description="For a split: where, and why there.")
    notes: list[CaseNote] = strawberry.field(description="The story of the case, the oldest first.")

    @classmethod
    def of(cls, clear: Card, context: Context) -> CaseCard:
        """The type for a card, masked."""
        card, words = masked_card(clear, context.mask), Words(context.mask, keys_of(clear))
        return cls(
            case=CaseType.of(card.case), revision=card.revision, sides=shown(card.sides), traits=shown(card.traits),
            against=list(map(words.told, card.against)), similar=[CaseType.of(one) for one in card.similar],
            choices=[
                CaseChoice.of(one, words, masked.effect)
                for one, masked in zip(clear.choices, card.choices, strict=True)
            ],
            seen_with=shown(card.seen_with), notes=shown(card.notes),
            why=None if card.why is None else with_text(card.why, wording.why_text(card.why)),
            why_not=None if card.why_not is None else with_text(card.why_not, wording.why_not_text(card.why_not)),
            split=None if card.split is None or clear.split is None else SplitProposalType.of(
                card.split, told_split(clear.split, context.mask)),
        )  # fmt: skip


def keys_of(card: Card) -> tuple[str, ...]:
    """Every identifier that a card speaks of."""
    sides = (key for side in card.sides for key in side.identifiers)
    return tuple({key for key in (*card.case.finding.about, *sides) if ":" in key})
