"""The review desk: what is doubtful, answered by people; risky answers wait for a second person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from knotwork.graphql.cards import CaseCard, CaseType
from knotwork.graphql.changing import Change, Conflict, once, who
from knotwork.graphql.context import Context, Info
from knotwork.graphql.deciding import Contradiction, NeedsSecondApproval
from knotwork.graphql.errors import problem
from knotwork.graphql.nodes import After, PageInfo
from knotwork.service.review.masking import masked_case
from knotwork.service.review.values import Answered, Because
from knotwork_graph.errors import ContradictionError, RevisionError

MOST = 100
STATES = ("open", "waiting", "decided", "left", "closed")
First = Annotated[int, strawberry.argument(description="How many, at most 100.")]
Kind = Annotated[str, strawberry.argument(description="merge, split, shared, block or conflict; all without.")]
State = Annotated[str, strawberry.argument(description="open, waiting, decided, left or closed.")]
Source = Annotated[str, strawberry.argument(description="Only what this source found.")]
Score = Annotated[float, strawberry.argument(description="Only what is wrong with at least this probability.")]
Number = Annotated[int, strawberry.argument(description="The number of a case.")]


@strawberry.type(description="One case of a page, with the cursor to go on after it.")
class CaseEdge:
    """A node and its cursor."""

    node: CaseType = strawberry.field(description="The case.")
    cursor: str = strawberry.field(description="Leads on after it.")


@strawberry.type(description="One page of the queue, the most harmful and longest waiting first.")
class CaseConnection:
    """A page."""

    edges: list[CaseEdge] = strawberry.field(description="The cases of the page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    waiting: int = strawberry.field(description="How many decisions wait for a second person.")


@strawberry.type
class Desk:
    """What lies on the review desk."""

    @strawberry.field(description="The steward's queue, the most harmful cases first.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def review_cases(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        state: State = "open",
        kind: Kind = "",
        source: Source = "",
        score: Score = 0.0,
    ) -> CaseConnection:
        """One page, masked. A queue moves while it is worked on, so its cursors count from its beginning."""
        context: Context = info.context
        context.single_customers()
        count, start = context.page(first, MOST, "first"), (context.cursors.numbers(after, 1, "queue") or (0,))[0]
        if state not in STATES:
            raise problem("BAD_REQUEST", f"there is no state {state[:20]}; there are {', '.join(STATES)}")
        given: dict[str, Any] = {"state": state, "kind": kind, "source": source, "score": score}
        found = await context.ask(lambda: context.explorer.review.queue(count, start, **given))
        cursors = [context.cursors.make(f"queue {start + place}") for place in range(1, len(found.cases) + 1)]
        edges = [
            CaseEdge(node=CaseType.of(masked_case(one, context.mask)), cursor=cursor)
            for one, cursor in zip(found.cases, cursors, strict=True)
        ]
        ends = (cursors[0], cursors[-1]) if cursors else (None, None)
        info_ = PageInfo(
            has_next_page=found.more, has_previous_page=start > 0, start_cursor=ends[0], end_cursor=ends[1]
        )
        return CaseConnection(edges=edges, page_info=info_, waiting=found.waiting)

    @strawberry.field(description="One case with both sides, what speaks against it, and what each answer would do.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def review_case(self, info: Info, number: Number) -> CaseCard:
        """The card, masked."""
        context: Context = info.context
        context.single_customers()
        return CaseCard.of(await context.ask(lambda: context.explorer.review.card(number), long=True), context)


@strawberry.input(description="A case to work on.")
class CaseInput(Change):
    """A case."""

    number: int = strawberry.field(description="The number of the case.")
    by: str = strawberry.field(default="", description="Who; a token says it by itself.")


@strawberry.input(description="An answer to a case.")
class AnswerInput(CaseInput):
    """An answer."""

    answer: str = strawberry.field(description="accept, reject or leave")
    reason: str = strawberry.field(default="", description="Why; or give a code.")
    code: str = strawberry.field(default="", description="One of the reason codes, such as same_person or family.")
    comment: str = strawberry.field(default="", description="Whatever else there is to say.")
    if_revision: str = strawberry.field(default="", description="The revision that the card showed.")


@strawberry.input(description="What waits for a second person.")
class ApprovalInput(Change):
    """What waits."""

    waiting: int = strawberry.field(description="The number it waits under.")
    comment: str = strawberry.field(default="", description="What the second person says; needed to refuse.")
    by: str = strawberry.field(default="", description="Who the second person is; a token says it by itself.")


@strawberry.type(description="A case that is yours for a while.")
class CaseClaimed:
    """A claim."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    case: CaseType = strawberry.field(description="The case.")


@strawberry.type(description="The answer is recorded.")
class CaseAnswered:
    """What came of it."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    answer: str = strawberry.field(description="What was answered.")
    cases: list[int] = strawberry.field(description="The cases that were settled.")
    decisions: list[int] = strawberry.field(description="The numbers of the decisions that came of it.")
    run: int = strawberry.field(description="The run that obeyed; 0 where the next one will.")
    remarks: list[str] = strawberry.field(description="What somebody should know.")


@dataclass(frozen=True, slots=True)
class Settled:
    """What is remembered of an answer: numbers, and remarks that name nobody."""

    answer: str
    cases: tuple[int, ...]
    decisions: tuple[int, ...]
    waiting: int
    run: int
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, one: Answered) -> Settled:
        """What is remembered of it."""
        numbers = tuple(record.number for record in one.records)
        return cls(one.answer, one.cases, numbers, one.waiting, one.run, (*one.why, *one.remarks))


Outcome = Annotated[
    CaseAnswered | NeedsSecondApproval | Conflict | Contradiction,
    strawberry.union("AnswerOutcome", description="What came of an answer."),
]
OneCase = Annotated[CaseInput, strawberry.argument(description="Which case.")]
OneAnswer = Annotated[AnswerInput, strawberry.argument(description="Which case, which answer, and why.")]
OneApproval = Annotated[ApprovalInput, strawberry.argument(description="What waits, and what you say to it.")]


@strawberry.type
class Reviewing:
    """Work at the desk."""

    @strawberry.mutation(description="Take a case for a while, so that nobody else works on it.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def claim_case(self, info: Info, input: OneCase) -> CaseClaimed:  # noqa: A002 - the argument's public name
        """Claim it, or say who has it."""
        context: Context = info.context
        context.deciding()
        by = who(context, input.by)
        found = await context.ask(lambda: context.explorer.review.claim(input.number, by))
        return CaseClaimed(
            client_mutation_id=input.client_mutation_id, case=CaseType.of(masked_case(found, context.mask))
        )

    @strawberry.mutation(description="Answer a case: accept what was found, reject it, or leave all as it is.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def answer_case(self, info: Info, input: OneAnswer) -> Outcome:  # noqa: A002 - the argument's public name
        """Record the answer, or say what stands against it."""
        context: Context = info.context
        context.deciding()
        by, review = who(context, input.by), context.explorer.review

        def do() -> Answered:
            because = Because(input.reason, by, input.comment, input.code)
            return review.answer(input.number, input.answer, because, if_revision=input.if_revision)

        return await outcome(context, "answer", input, do)

    @strawberry.mutation(description="Let what waits be recorded, as a second person.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def approve(self, info: Info, input: OneApproval) -> Outcome:  # noqa: A002 - the argument's public name
        """Approve it; never for who proposed it."""
        context: Context = info.context
        context.deciding()
        by, review = who(context, input.by), context.explorer.review
        return await outcome(context, "approve", input, lambda: review.approve(input.waiting, by, input.comment))

    @strawberry.mutation(description="Throw away what waits.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def refuse(self, info: Info, input: OneApproval) -> Outcome:  # noqa: A002 - the argument's public name
        """Refuse it."""
        context: Context = info.context
        context.deciding()
        by, review = who(context, input.by), context.explorer.review
        return await outcome(context, "refuse", input, lambda: review.refuse(input.waiting, input.comment, by))


async def outcome(context: Context, name: str, given: Change, do: Callable[[], Answered]) -> Outcome:
    """What came of an answer, as one of the outcomes."""
    sent = given.client_mutation_id
    try:
        made = await once(context, name, given, lambda: Settled.of(do()), Settled)
    except ContradictionError as error:
        return Contradiction(client_mutation_id=sent, message=context.mask.text(str(error)), first=error.first)
    except RevisionError as error:
        return Conflict(client_mutation_id=sent, message=context.mask.text(str(error)), revision=error.revision)
    remarks = list(map(context.mask.text, made.remarks))
    if made.waiting and not made.decisions:
        return NeedsSecondApproval(client_mutation_id=sent, waiting=made.waiting, remarks=remarks)
    return CaseAnswered(
        client_mutation_id=sent, answer=made.answer, cases=list(made.cases), decisions=list(made.decisions),
        run=made.run, remarks=remarks,
    )  # fmt: skip
