"""Changes beside single cases: parting a customer, and one answer to many cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from knotwork.graphql.changing import Change, once, who
from knotwork.graphql.context import Context, Info
from knotwork.graphql.deciding import Contradiction
from knotwork.graphql.reviewing import Outcome, outcome
from knotwork.service.review.values import Answered, Because, BulkPlan
from knotwork_graph.errors import ContradictionError
from knotwork_resolvers.review.effects import Effect


@strawberry.input(description="A customer to be parted.")
class SplitInput(Change):
    """Whom, where and why."""

    customer: strawberry.ID = strawberry.field(description="The customer's id.")
    side: list[str] = strawberry.field(
        default_factory=list, description="The identifiers of one side; where it falls apart most easily without."
    )
    reason: str = strawberry.field(default="", description="Why; or give a code.")
    code: str = strawberry.field(default="", description="One of the reason codes, such as different_people.")
    comment: str = strawberry.field(default="", description="Whatever else there is to say.")
    by: str = strawberry.field(default="", description="Who; a token says it by itself.")


@strawberry.input(description="One answer to many open cases.")
class AnswerCasesInput(Change):
    """Which cases, which answer, and why."""

    answer: str = strawberry.field(description="accept, reject or leave")
    kind: str = strawberry.field(default="", description="Only cases of this kind.")
    source: str = strawberry.field(default="", description="Only what this source found.")
    score: float = strawberry.field(default=0.0, description="Only what is wrong with at least this probability.")
    most: int = strawberry.field(default=100, description="At most so many cases, the most harmful first; up to 500.")
    reason: str = strawberry.field(default="", description="Why; or give a code.")
    code: str = strawberry.field(default="", description="One of the reason codes.")
    comment: str = strawberry.field(default="", description="Whatever else there is to say.")
    by: str = strawberry.field(default="", description="Who; a token says it by itself.")
    dry_run: bool = strawberry.field(default=False, description="Only say what it would do.")


@strawberry.type(description="A case that cannot be answered with the others, and why.")
class CaseLeftOut:
    """A case."""

    case: int = strawberry.field(description="Its number.")
    reason: str


@strawberry.type(description="What one answer to many cases would do, or did.")
class CasesAnswered:
    """A plan, and what came of it."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    answer: str = strawberry.field(description="What was answered.")
    cases: list[int] = strawberry.field(description="The cases it settles.")
    left_out: list[CaseLeftOut] = strawberry.field(description="Those that it does not.")
    decisions: int = strawberry.field(description="How many decisions it makes.")
    customers: int = strawberry.field(description="How many customers they change.")
    identifiers: int = strawberry.field(description="How many identifiers change hands.")
    events: int
    second: list[str] = strawberry.field(description="Why a second person is needed, masked; empty where none is.")
    done: bool = strawberry.field(description="Whether it is recorded; false for a dry run and for what waits.")
    waiting: int = strawberry.field(description="The number it waits under, 0 for none.")
    run: int = strawberry.field(description="The run that obeyed; 0 where the next one will.")


@dataclass(frozen=True, slots=True)
class Many:
    """What is remembered of an answer to many cases: numbers, and sentences."""

    answer: str
    cases: tuple[int, ...]
    left_out: tuple[tuple[int, str], ...]
    figures: tuple[int, int, int, int]
    second: tuple[str, ...]
    done: bool
    waiting: int
    run: int

    @classmethod
    def of(cls, one: BulkPlan) -> Many:
        """What is remembered of it."""
        made, effect = one.done, one.effect or Effect()
        waiting, run = (made.waiting, made.run) if made else (0, 0)
        figures = (one.decisions, effect.customers, effect.identifiers, effect.events)
        return cls(one.answer, one.cases, one.left_out, figures, one.second, bool(made and not waiting), waiting, run)

    def told(self, sent: str | None, context: Context) -> CasesAnswered:
        """The type for it, masked."""
        decisions, customers, identifiers, events = self.figures
        return CasesAnswered(
            client_mutation_id=sent, answer=self.answer, cases=list(self.cases), decisions=decisions,
            left_out=[CaseLeftOut(case=one, reason=context.mask.text(why)) for one, why in self.left_out],
            customers=customers, identifiers=identifiers, events=events,
            second=list(map(context.mask.text, self.second)), done=self.done, waiting=self.waiting, run=self.run,
        )  # fmt: skip


ManyOutcome = Annotated[
    CasesAnswered | Contradiction,
    strawberry.union("AnswerCasesOutcome", description="What came of an answer to many cases."),
]
OneSplit = Annotated[SplitInput, strawberry.argument(description="Whom, where and why.")]
ManyCases = Annotated[AnswerCasesInput, strawberry.argument(description="Which cases, which answer, and why.")]
MOST_CASES = 500


@strawberry.type
class Splitting:
    """Parting customers, and many cases at once."""

    @strawberry.mutation(description="Part a customer: the links between two sides are cut, as one decision.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def split_customer(self, info: Info, input: OneSplit) -> Outcome:  # noqa: A002 - the argument's public name
        """Part it, or say what stands against it."""
        context: Context = info.context
        context.deciding()
        by, review = who(context, input.by), context.explorer.review

        def do() -> Answered:
            because = Because(input.reason, by, input.comment, input.code)
            return review.split(str(input.customer), input.side, because)

        return await outcome(context, "split", input, do)

    @strawberry.mutation(
        description="Give one answer to all open cases of a kind or a source, or say what it would do."
    )  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def answer_cases(self, info: Info, input: ManyCases) -> ManyOutcome:  # noqa: A002 - the argument's public name
        """Record the answer, or try it."""
        context: Context = info.context
        context.deciding()
        most, by = context.page(input.most, MOST_CASES, "most"), who(context, input.by)
        given: dict[str, Any] = {"kind": input.kind, "source": input.source, "score": input.score, "most": most}
        review = context.explorer.review

        def do() -> Many:
            because = Because(input.reason, by, input.comment, input.code)
            return Many.of(review.bulk(input.answer, because, dry_run=input.dry_run, **given))

        try:
            made = await once(context, "answerCases", input, do, Many)
        except ContradictionError as error:
            words = context.mask.text(str(error))
            return Contradiction(client_mutation_id=input.client_mutation_id, message=words, first=error.first)
        return made.told(input.client_mutation_id, context)
