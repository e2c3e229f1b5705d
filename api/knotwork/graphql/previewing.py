"""Beside single cases: what a decision would do, where to split, what waits, and how the desk does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from knotwork.access.masks import Mask
from knotwork.access.roles import Sight
from knotwork.access.traits import HIDDEN
from knotwork.graphql.context import Context, Info
from knotwork.graphql.counts import Count
from knotwork.graphql.made import shown, twin
from knotwork.graphql.sentences import Words
from knotwork.service.review.carrying import from_text
from knotwork.service.review.masking import masked_effect, masked_split
from knotwork.service.review.values import Report
from knotwork_graph.desk import Waiting
from knotwork_resolvers.review import agreement, effects, split

PLAIN = ("customers", "identifiers", "severed", "healed", "events", "orders", "untold", "contradicts")
PAIRS = ("entered", "left", "stricter")
WORDS = 100
Customer = Annotated[str, strawberry.argument(description="A customer's id.")]
Keys = Annotated[
    list[str] | None,
    strawberry.argument(
        description="The identifiers of one side, as type:value; where it falls apart most easily without."
    ),
]
Kind = Annotated[str, strawberry.argument(description="must_link, cannot_link, mark_shared, keep_linking or block")]
Key = Annotated[str, strawberry.argument(description="An identifier as type:value.")]
Other = Annotated[str | None, strawberry.argument(description="The other identifier, for a link.")]
WaitingNumber = Annotated[int, strawberry.argument(description="The number it waits under.")]


@twin(effects.Handed, "Identifiers that would change hands together.", name="WouldHand")
class WouldHand:
    """Some identifiers."""

    before: str = strawberry.field(description="Whose they are; empty for nobody's.")
    after: str = strawberry.field(description="Whose they would be; empty for nobody's.")
    keys: list[str]


@strawberry.type(name="CustomerNamed", description="A customer, and a segment or a purpose.")
class Pairing:
    """A pair."""

    customer: strawberry.ID
    name: str


@strawberry.type(description="What a decision would change, exactly as the run that obeys will have it.")
class DecisionEffect:
    """An effect."""

    created: list[strawberry.ID] = strawberry.field(description="Customers that are none now.")
    kept: list[strawberry.ID] = strawberry.field(description="Customers that would hold other identifiers.")
    retired: list[strawberry.ID] = strawberry.field(description="Ids that would name nobody any more.")
    customers: int = strawberry.field(description="How many customers it would change.")
    identifiers: int = strawberry.field(description="How many identifiers would change hands.")
    handed: list[WouldHand] = strawberry.field(description="Which identifiers would.")
    severed: int = strawberry.field(description="How many links would be cut.")
    healed: int = strawberry.field(description="How many links that are cut would link again.")
    events: int
    orders: int = strawberry.field(description="How many orders would have another owner.")
    revenue: JSON = strawberry.field(description="What these amount to, by currency, as exact texts.")
    entered: list[Pairing] = strawberry.field(description="Who would come into which segment.")
    left: list[Pairing] = strawberry.field(description="Who would leave which segment.")
    stricter: list[Pairing] = strawberry.field(description="Who would no longer allow which purpose.")
    untold: str = strawberry.field(description="What was not worked out; empty where all was.")
    contradicts: str = strawberry.field(description="What stands against it; empty for nothing.")

    @classmethod
    def of(cls, one: effects.Effect) -> DecisionEffect:
        """The type for an effect that is masked already."""
        revenue = cast("JSON", dict(one.revenue))
        ids: dict[str, Any] = {name: list(getattr(one, name)) for name in ("created", "kept", "retired")}
        plain: dict[str, Any] = {name: getattr(one, name) for name in PLAIN}
        pairs: dict[str, Any] = {name: list(map(pairing, getattr(one, name))) for name in PAIRS}
        return cls(**ids, **plain, **pairs, handed=shown(one.handed), revenue=revenue)


def pairing(one: tuple[str, str]) -> Pairing:
    """A customer and a name."""
    return Pairing(customer=strawberry.ID(one[0]), name=one[1])


@twin(split.Severing, "A link that a split would cut.", name="SplitLink")
class SplitLink:
    """A link."""

    a: str
    b: str
    count: int
    vouched: int
    first_seen: datetime
    last_seen: datetime


@strawberry.type(name="SplitProposal", description="Where a customer falls apart most easily, and why there.")
class SplitProposalType:
    """A proposal."""

    sides: list[list[str]] = strawberry.field(description="The identifiers of both sides, the larger first, masked.")
    cut: list[SplitLink] = strawberry.field(description="The links between them.")
    ground: str = strawberry.field(description="contradiction, bridge, communities or by hand")
    evidence: float = strawberry.field(description="What was seen of the links that would be cut.")
    share: float = strawberry.field(description="That, as a share of all evidence on the smaller side.")
    words: str = strawberry.field(description="Why there, masked.")

    @classmethod
    def of(cls, one: split.SplitProposal, words: str) -> SplitProposalType:
        """The type for a proposal that is masked already, and for its words."""
        return cls(
            sides=[list(side) for side in one.sides], cut=shown(one.cut), ground=one.ground, evidence=one.evidence,
            share=one.share, words=words,
        )  # fmt: skip


def told_split(clear: split.SplitProposal, mask: Mask) -> str:
    """Why a proposal in clear would cut there, masked."""
    return Words(mask, tuple(key for side in clear.sides for key in side)).told(clear.words)


@strawberry.type(name="WaitingWord", description="One decision that would be recorded.")
class WaitingWord:
    """A word."""

    kind: str = strawberry.field(description="must_link, cannot_link, mark_shared, keep_linking or block")
    a: str = strawberry.field(description="The first identifier, masked as your role demands.")
    b: str = strawberry.field(description="The other, masked; empty for a word on one identifier.")


@strawberry.type(name="WaitingDecision", description="What waits for a second person.")
class WaitingType:
    """What waits."""

    number: int
    by: str
    at: datetime
    why: list[str] = strawberry.field(description="Why it must wait, masked.")
    reason: str
    cases: list[int] = strawberry.field(description="The cases it answers.")
    answer: str = strawberry.field(description="What was answered; empty for a decision of its own.")
    decisions: list[WaitingWord] = strawberry.field(description="What would be recorded: the first 100 decisions.")
    all_decisions: int = strawberry.field(description="How many decisions would be recorded.")
    undoes: list[int] = strawberry.field(description="The decisions that would be taken back.")

    @classmethod
    def of(cls, one: Waiting, context: Context) -> WaitingType:
        """The type for what waits, masked: what a person wrote may name anybody."""
        mask, carried = context.mask, from_text(one.said)
        words = [
            WaitingWord(kind=str(word.kind), a=mask.key(word.a), b=mask.key(word.b or ""))
            for word in carried.words[:WORDS]
        ]
        reason = one.reason if mask.personal is Sight.CLEAR or not one.reason else HIDDEN
        return cls(
            number=one.number, by=one.by, at=one.at, why=list(map(mask.text, one.why)), reason=reason,
            cases=list(one.cases), answer=one.answer, decisions=words, all_decisions=len(carried.words),
            undoes=list(carried.undoes),
        )  # fmt: skip


@twin(agreement.Precision, "How often people agreed with one source on one kind of case.", name="DeskPrecision")
class DeskPrecision:
    """A precision."""

    source: str
    kind: str
    accepted: int = strawberry.field(description="How many findings were accepted.")
    rejected: int = strawberry.field(description="How many were rejected.")
    left: int = strawberry.field(description="How many were left as they are.")


@strawberry.type(name="ReviewReport", description="How the desk does.")
class ReportType:
    """A report."""

    open: list[Count] = strawberry.field(description="Open cases by kind.")
    settled: list[Count] = strawberry.field(description="Settled cases by what became of them.")
    precision: list[DeskPrecision] = strawberry.field(description="How often people agreed with what was found.")
    agreement: float | None = strawberry.field(description="How well two people agree; none where no two looked.")
    doubly_looked: int = strawberry.field(description="How many cases two people looked at.")
    waiting: int = strawberry.field(description="How many decisions wait for a second person.")
    people: list[Count] = strawberry.field(description="How many cases each person settled.")

    @classmethod
    def of(cls, one: Report) -> ReportType:
        """The type for a report."""
        return cls(
            open=shown(one.open), settled=shown(one.settled), precision=shown(one.precision), agreement=one.agreement,
            doubly_looked=one.doubly_looked, waiting=one.waiting, people=shown(one.people),
        )  # fmt: skip


@strawberry.type
class Previews:
    """What would be, and how the desk does."""

    @strawberry.field(description="What a decision would do; nothing is written.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def decision_preview(self, info: Info, kind: Kind, a: Key, b: Other = None) -> DecisionEffect:
        """The effect, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.review.preview(kind, a, b), long=True)
        return DecisionEffect.of(masked_effect(found, context.mask))

    @strawberry.field(description="What waits for a second person, the oldest first.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def review_waiting(self, info: Info) -> list[WaitingType]:
        """All of it, masked."""
        context: Context = info.context
        context.single_customers()
        return [WaitingType.of(one, context) for one in await context.ask(context.explorer.review.waiting)]

    @strawberry.field(description="What approving would do now; nothing is written.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def waiting_preview(self, info: Info, waiting: WaitingNumber) -> DecisionEffect:
        """The effect, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.review.preview_waiting(waiting), long=True)
        return DecisionEffect.of(masked_effect(found, context.mask))

    @strawberry.field(description="Where a customer falls apart most easily, or between a side and all others.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def suggest_split(self, info: Info, customer: Customer, side: Keys = None) -> SplitProposalType:
        """The proposal, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.review.suggest_split(customer, side or ()), long=True)
        return SplitProposalType.of(masked_split(found, context.mask), told_split(found, context.mask))

    @strawberry.field(description="How the desk does: open cases, precision by source, agreement, what waits.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def review_report(self, info: Info) -> ReportType:
        """The report."""
        context: Context = info.context
        context.single_customers()
        return ReportType.of(await context.ask(context.explorer.review.report))
