"""People who look alike: what is proposed, what speaks for a pair, how the last matching did, and households."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from knotwork.graphql.context import Context, Info
from knotwork.graphql.made import shown, twin
from knotwork.graphql.nodes import After, Before, First, Last, PageInfo
from knotwork.graphql.paging import Turned, page_info, turned
from knotwork.service import matching
from knotwork_graph.errors import UsageError
from knotwork_graph.proposals import Proposal
from knotwork_resolvers.matching import evidence

BILLIONTH = 1_000_000_000
Side = Annotated[str, strawberry.argument(description="An identifier as type:value, or a customer id.")]
Least = Annotated[float, strawberry.argument(description="Only pairs of at least this probability.")]


@twin(evidence.Step, "One comparison of two records.", name="MatchStep")
class MatchStep:
    """A comparison."""

    trait: str = strawberry.field(description="The trait or the type of identifier that is compared.")
    words: str = strawberry.field(description="How both agree, masked.")
    weight: float = strawberry.field(description="What that weighs, in bits; below 0 it speaks against.")


@twin(evidence.Waterfall, "From the chance of any two records to that of these two, in bits.", name="MatchEvidence")
class MatchEvidence:
    """A sum: prior + steps + household = total."""

    prior: float = strawberry.field(description="The chance of any two records, in bits.")
    steps: list[MatchStep] = strawberry.field(description="The comparisons.")
    household: float = strawberry.field(description="What living together explains, never above 0.")
    total: float = strawberry.field(description="The sum.")
    score: float = strawberry.field(description="The probability that both are one person.")
    apart: bool = strawberry.field(description="Whether something holds both apart, whatever they score.")


@strawberry.type(name="Proposal", description="Two who may be one person, put before people.")
class ProposalType:
    """A proposal."""

    a: str = strawberry.field(description="An identifier of one side, masked as your role demands.")
    b: str = strawberry.field(description="An identifier of the other side, masked as your role demands.")
    a_hash: str = strawberry.field(description="What stands for `a` where it is masked.")
    b_hash: str = strawberry.field(description="What stands for `b` where it is masked.")
    score: float = strawberry.field(description="The probability that both are one person.")
    weight: float = strawberry.field(description="The same as the weight of the evidence, in bits.")
    band: str = strawberry.field(description="How sure that is, in a word.")
    evidence: MatchEvidence = strawberry.field(description="What it is made of.")

    @classmethod
    def of(cls, one: Proposal, context: Context) -> ProposalType:
        """The type for a proposal, masked."""
        mask, said = context.mask, evidence.Waterfall.from_json(one.evidence)
        return cls(
            a=mask.key(one.a), b=mask.key(one.b), a_hash=context.join_hash(one.a), b_hash=context.join_hash(one.b),
            score=one.score, weight=one.weight, band=one.band, evidence=told(said, context),
        )  # fmt: skip


@strawberry.type(description="One proposal of a page, with the cursor to go on after it.")
class ProposalEdge:
    """A node and its cursor."""

    node: ProposalType
    cursor: str


@strawberry.type(description="One page of proposals, the likeliest first.")
class ProposalConnection:
    """A page."""

    edges: list[ProposalEdge]
    page_info: PageInfo
    total: int = strawberry.field(description="How many proposals there are.")


@twin(matching.PairEvidence, "What speaks for and against two being one person.", name="MatchExplained")
class MatchExplained:
    """An answer."""

    a: str
    b: str
    standing: str = strawberry.field(description="one customer, joined, proposed, kept apart or not proposed")
    evidence: MatchEvidence = strawberry.field(description="What it is made of.")


@twin(matching.ThresholdRow, "What proposing from a probability would mean, as the model expects.", name="Threshold")
class Threshold:
    """A threshold."""

    probability: float = strawberry.field(description="From this probability on.")
    pairs: int = strawberry.field(description="How many pairs there would be to look at.")
    precision: float = strawberry.field(description="The share of them that are one person.")
    recall: float = strawberry.field(description="The share of all such pairs that would be among them.")


@twin(matching.RuleRow, "What one rule for pairs to compare gave.", name="BlockingRule")
class BlockingRule:
    """A rule."""

    rule: str = strawberry.field(description="What both records must have in common.")
    pairs: int = strawberry.field(description="How many pairs it gave.")
    blocks: int = strawberry.field(description="How many groups of records.")
    largest: int = strawberry.field(description="How many records the largest group has.")
    cap: int = strawberry.field(description="How many a group may have.")
    parted: int = strawberry.field(description="How many groups were parted again.")
    cut: int = strawberry.field(description="How many records were left out of groups that are too large.")


@strawberry.type(name="MatchReport", description="What the last matching did, in figures.")
class MatchReportType:
    """A report."""

    model: str = strawberry.field(description="The model's version.")
    at: datetime
    run: int
    records: int = strawberry.field(description="How many records were compared.")
    compared: int = strawberry.field(description="How many pairs were.")
    learned: bool = strawberry.field(description="Whether the weights were learned from these data.")
    prior: float = strawberry.field(description="The chance of any two records, in bits.")
    proposals: int = strawberry.field(description="How many pairs are proposed.")
    joined: int = strawberry.field(description="How many pairs are joined.")
    held: int = strawberry.field(description="How many of these the policy or a steward does not let link now.")
    adopted: int = strawberry.field(description="How many stray events were given to somebody.")
    rules: list[BlockingRule] = strawberry.field(description="The rules that chose the pairs.")
    weights: JSON = strawberry.field(description="A list of weights by trait and level of agreement, in bits.")
    thresholds: list[Threshold] = strawberry.field(description="What other thresholds would mean.")

    @classmethod
    def of(cls, one: matching.MatchingReport) -> MatchReportType:
        """The type for a report."""
        return cls(
            model=one.model, at=one.at, run=one.run, records=one.records, compared=one.compared, learned=one.learned,
            prior=one.prior, proposals=one.proposals, joined=one.joined, held=one.held, adopted=one.adopted,
            rules=shown(one.rules), weights=JSON([dict(row) for row in one.weights]), thresholds=shown(one.thresholds),
        )  # fmt: skip


@strawberry.type(name="Housemate", description="Another customer of the same household.")
class HousemateType:
    """A housemate."""

    customer: strawberry.ID
    key: str
    shares: str = strawberry.field(description="What both share beside a home.")


@strawberry.type
class Matching:
    """People who look alike."""

    @strawberry.field(description="The pairs that matching proposes, the likeliest first, page by page.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def proposals(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        score: Least = 0.0,
    ) -> ProposalConnection:
        """One page, masked."""
        context: Context = info.context
        context.single_customers()
        wanted = turned(first, after, last, before)
        every = await context.ask(context.explorer.matching.proposals)
        rows = [one for one in every if one.score >= score]
        kept, more = page_of(rows, wanted, context)
        cursors = [context.cursors.make("proposals {},{}".format(*place_of(one, context))) for one in kept]
        edges = [
            ProposalEdge(node=ProposalType.of(one, context), cursor=cursor)
            for one, cursor in zip(kept, cursors, strict=True)
        ]
        return ProposalConnection(edges=edges, page_info=page_info(cursors, wanted, more), total=len(rows))

    @strawberry.field(description="What speaks for and against two being one person, comparison by comparison.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def match_explain(self, info: Info, a: Side, b: Side) -> MatchExplained:
        """The answer, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.matching.explain(a, b), long=True)
        masked = replace(found, a=context.mask.key(found.a), b=context.mask.key(found.b))
        return cast("MatchExplained", shown(replace(masked, evidence=masked_evidence(found.evidence, context))))

    @strawberry.field(description="What the last matching did, and what other thresholds would mean; none before it.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def match_report(self, info: Info) -> MatchReportType | None:
        """The report."""
        context: Context = info.context
        context.sums()
        found = await context.ask(lambda: report_of(context.explorer.matching))
        return None if found is None else MatchReportType.of(found)

    @strawberry.field(description="The other customers of the same household, by id.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def household(self, info: Info, of: Side) -> list[HousemateType]:
        """All of them, masked."""
        context: Context = info.context
        context.single_customers()
        found = await context.ask(lambda: context.explorer.matching.household(of))
        return [
            HousemateType(
                customer=strawberry.ID(one.customer),
                key=context.mask.key(one.key),
                shares=context.mask.text(one.shares),
            )
            for one in found
        ]


def masked_evidence(said: evidence.Waterfall, context: Context) -> evidence.Waterfall:
    """The evidence with its words masked."""
    return replace(said, steps=tuple(replace(one, words=context.mask.text(one.words)) for one in said.steps))


def told(said: evidence.Waterfall, context: Context) -> Any:
    """The evidence as the schema shows it, masked."""
    return shown(masked_evidence(said, context))


def place_of(one: Proposal, context: Context) -> tuple[int, int]:
    """Where a proposal stands: its score in billionths, and a number for its pair that tells nobody who they are."""
    return billionths(one), int(context.join_hash(f"{one.a} {one.b}")[:12], 16)


def billionths(one: Proposal) -> int:
    """The score as a whole number."""
    return round(one.score * BILLIONTH)


def page_of(rows: Sequence[Proposal], wanted: Turned, context: Context) -> tuple[list[Proposal], bool]:
    """The rows of a page, and whether there are more beyond it; one that is decided meanwhile moves no other.

    ``rows`` have the likeliest first; those of one score are by the numbers of their pairs.
    """
    place = context.cursors.numbers(wanted.cursor, 2, "proposals")
    found = list(islice(beyond(rows, place, context, backward=wanted.backward), wanted.count + 1))
    kept = found[: wanted.count]
    return kept[::-1] if wanted.backward else kept, len(found) > wanted.count


def beyond(rows: Sequence[Proposal], place: tuple[int, ...], context: Context, *, backward: bool) -> Iterator[Proposal]:
    """The rows after a place, or before it and backward; all without one. Only scores that are reached are sorted."""
    sign = -1 if backward else 1
    for score, group in groupby(reversed(rows) if backward else rows, billionths):
        if place and score * sign > place[0] * sign:
            continue
        numbered = sorted(((place_of(one, context)[1], one) for one in group), key=itemgetter(0), reverse=backward)
        for number, one in numbered:
            if not place or score != place[0] or number * sign > place[1] * sign:
                yield one


def report_of(service: matching.MatchingService) -> matching.MatchingReport | None:
    """The report, or None before the first matching."""
    try:
        return service.report()
    except UsageError:
        return None
