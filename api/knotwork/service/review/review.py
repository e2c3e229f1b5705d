"""The review desk. What writes takes the workspace's lock; what reads does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from knotwork.service.audit import AuditService
from knotwork.service.decisions import DecisionService, Made, Word, Wording, cleaned, user_name
from knotwork.service.review import reporting
from knotwork.service.review.answers import about, answer_of, parting, told, words_of
from knotwork.service.review.carrying import Carried, from_text
from knotwork.service.review.deciding import Act, Deciding
from knotwork.service.review.guarding import risks
from knotwork.service.review.splitting import split_of
from knotwork.service.review.values import (
    ACCEPT,
    LEAVE,
    REJECT,
    Answered,
    Because,
    BulkPlan,
    Card,
    Choice,
    Label,
    Proposal,
    QueuePage,
    Report,
)
from knotwork_graph.desk import Case, CaseKind, CaseState, Desk, Waiting
from knotwork_graph.desk.taking import Taken
from knotwork_graph.errors import KnotworkError, UsageError
from knotwork_graph.model import UNDO, DecisionKind, Identifier, Recorded, customer_number
from knotwork_graph.policy import Settings

if TYPE_CHECKING:
    from knotwork.service.review.cards import Cards
    from knotwork_graph.proposals import MatchBook
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.review.effects import Effect
    from knotwork_resolvers.review.split import SplitProposal
    from knotwork_resolvers.segments import Definitions

Writing = Callable[[str], AbstractContextManager[None]]
SIMILAR = 5
MOST_BULK = 10_000


class ReviewService:
    """Cases, decisions on them and on anything else, and what became of them all.

    ``book`` gives what matching says now; ``cards`` what is read for a card, ``segments`` what segments there are;
    ``writing`` is the lock of whoever changes anything, by what it does.
    """

    def __init__(
        self,
        home: Callable[[], Home],
        desk: Desk,
        decisions: Callable[[], DecisionService],
        audit: AuditService,
        settings: Settings,
        *,
        writing: Writing,
        book: Callable[[], MatchBook | None],
        cards: Callable[[], Cards],
        segments: Callable[[], Definitions | None] = lambda: None,
    ) -> None:
        self._opened, self._desk, self._decisions_of, self._audit = home, desk, decisions, audit
        self._settings, self._writing, self._book, self._cards_of = settings, writing, book, cards
        self._segments = segments

    @cached_property
    def _deciding(self) -> Deciding:
        return Deciding(self._opened, self._desk, self._decisions, self._audit, self._settings, self._segments)

    @cached_property
    def _decisions(self) -> DecisionService:
        return self._decisions_of()

    @cached_property
    def _cards(self) -> Cards:
        return self._cards_of()

    @property
    def _home(self) -> Home:
        return self._opened()

    # --- the queue

    def refresh(self, *, everything: bool = False) -> Taken:
        """Look for what is doubtful since the last time, or at everything; what became of the cases."""
        with self._writing("review refresh"):
            return self.refresh_now(everything=everything)

    def refresh_now(self, *, everything: bool = False) -> Taken:
        """The same, for whoever holds the lock already."""
        from knotwork_resolvers.review.refresh import Looking, refresh

        looking = Looking(self._settings.policy, self._settings.review, self._book())
        return refresh(self._home, self._desk, looking, everything=everything)

    def queue(
        self,
        first: int = 20,
        offset: int = 0,
        *,
        state: str = CaseState.OPEN,
        kind: str = "",
        source: str = "",
        score: float = 0.0,
        mine: str = "",
    ) -> QueuePage:
        """One page of cases, the most harmful and longest waiting first; ``mine``: those that this person claimed."""
        found = self._desk.queue(first + 1, offset, state=state, kind=kind, source=source, score=score, mine=mine)
        counts = {kind: count for (at, kind), count in sorted(self._desk.counts().items()) if at == CaseState.OPEN}
        return QueuePage(found[:first], len(found) > first, counts, len(self._desk.waiting()))

    def case(self, number: int) -> Case:
        """One case. Raises ``UnknownCaseError``."""
        return self._desk.case(number)

    def claim(self, number: int, by: str = "") -> Case:
        """The case, which is this person's for a while. Raises ``CaseTakenError``, naming who has it."""
        return self._desk.claim(number, by.strip() or user_name(), self._settings.review.claim)

    def release(self, number: int, by: str = "") -> bool:
        """Whether it was this person's; it is free now."""
        return self._desk.release(number, by.strip() or user_name())

    def comment(self, number: int, text: str, by: str = "") -> None:
        """Add a comment to the story of a case. Raises ``UsageError`` for none, ``UnknownCaseError``."""
        if not (words := cleaned(text)):
            raise UsageError("say something.")
        self._desk.note(number, by.strip() or user_name(), "comment", words)

    # --- looking at one

    def card(self, number: int) -> Card:
        """All that a person needs to decide a case, in clear: whoever shows it masks it."""
        case = self._desk.case(number)
        split = self._split_for(case)
        sides = self._cards.sides(case)
        traits = self._cards.traits(sides)
        explained = self._cards.explained(case, sides)
        return Card(
            case,
            self.revision(case, split),
            sides,
            traits,
            explained.why,
            explained.why_not,
            self._cards.against(case, sides, traits, split),
            tuple(self._choice(case, answer, split) for answer in (ACCEPT, REJECT, LEAVE)),
            split,
            self._desk.similar(case, SIMILAR),
            self._desk.notes(number),
            explained.seen_with,
        )

    def revision(self, case: Case, split: SplitProposal | None = None) -> str:
        """A name of what an answer to the case speaks of, for ``if_revision``."""
        from knotwork_resolvers.review.effects import revision_of

        words = words_of(case, ACCEPT, split) or words_of(case, REJECT, split)
        return revision_of(self._home.store, about(words))

    def _choice(self, case: Case, answer: str, split: SplitProposal | None) -> Choice:
        words = words_of(case, answer, split)
        if not words:
            return Choice(answer, told(case, answer))
        effect = self._tried(words)
        return Choice(answer, told(case, answer), effect, risks(effect, len(words), self._settings.review))

    def _tried(self, words: Sequence[Word]) -> Effect:
        from knotwork_resolvers.review.effects import Effect

        try:
            new, _ = self._decisions.checked(words, "preview", "preview")
        except KnotworkError as error:
            return Effect(contradicts=str(error))
        return self._deciding.effect(new)

    def preview(self, kind: str, a: str, b: str | None = None) -> Effect:
        """What a decision would do. Raises ``UsageError``; what it contradicts is told in the effect."""
        return self._tried([self._decisions.word(kind, a, b)])

    def preview_undo(self, number: int) -> Effect:
        """What taking back a decision would do. Raises ``UnknownDecisionError``."""
        return self._deciding.effect((), self._decisions.undoing(number))

    def suggest_split(self, customer: str, side: Sequence[str] = ()) -> SplitProposal:
        """Where a customer falls apart most easily, or between ``side`` and all others. Raises ``UsageError``."""
        keys = [word.a for word in (self._decisions.word(DecisionKind.BLOCK, key, None) for key in side)]
        return split_of(self._home, self._settings.policy, customer, keys)

    def preview_split(self, customer: str, side: Sequence[str] = ()) -> Effect:
        """What parting a customer there would do. Raises ``UsageError``."""
        return self._tried(parting(self.suggest_split(customer, side)))

    def _split_for(self, case: Case) -> SplitProposal | None:
        if case.finding.kind is not CaseKind.SPLIT:
            return None
        try:
            return split_of(self._home, self._settings.policy, case.finding.about[0])
        except KnotworkError:
            return None

    # --- deciding

    def decide(
        self, kind: str, a: str, b: str | None, because: Because, *, if_revision: str = "", now: bool = False
    ) -> Made:
        """Decide on one or two identifiers. Raises ``ContradictionError``, ``RevisionError``, ``UsageError``."""
        with self._writing("decide"):
            word = self._decisions.word(kind, a, b)
            done = self._act((word,), because, if_revision=if_revision)
            self._applied(done, now=now)
            return self._made(done, word, because)

    def answer(
        self, number: int, answer: str, because: Because, *, if_revision: str = "", now: bool = True
    ) -> Answered:
        """Answer a case: accept, reject or leave. Raises as ``decide`` does, and ``CaseTakenError``.

        With ``now`` the customers obey at once, where no full run is needed first.
        """
        with self._writing("decide"):
            case, chosen = self._desk.case(number), answer_of(answer)
            split = self._split_for(case) if chosen == ACCEPT else None
            words = words_of(case, chosen, split)
            if not words:
                return self._deciding.leave([number], chosen, because.words, because.by)
            done = self._act(words, because, cases=(number,), answer=chosen, if_revision=if_revision)
            return self._applied(done, now=now)

    def split(
        self, customer: str, side: Sequence[str], because: Because, *, if_revision: str = "", now: bool = True
    ) -> Answered:
        """Part a customer, between ``side`` and all others, or where it falls apart most easily; undone as one."""
        with self._writing("split"):
            words = parting(self.suggest_split(customer, side))
            open_cases = [one for one in self._desk.about([customer]) if one.state is CaseState.OPEN]
            numbers = tuple(one.number for one in open_cases)
            done = self._act(words, because, cases=numbers, answer=ACCEPT, if_revision=if_revision)
            return self._applied(done, now=now)

    def undo(self, number: int, because: Because, *, now: bool = False) -> Made:
        """Take back a decision, with what was made as one with it. Raises ``UnknownDecisionError``."""
        with self._writing("undo"):
            undoes = self._decisions.undoing(number)
            if not undoes:
                return self._decisions.undo(number, Wording(because.reason, because.by, because.comment))
            carried = Carried((), undoes, because.words, because.comment.strip(), because.code)
            done = self._applied(self._deciding.act(Act(carried, because.by)), now=now)
            return self._made(done, None, because, number)

    def bulk(
        self,
        answer: str,
        because: Because,
        *,
        kind: str = "",
        source: str = "",
        score: float = 0.0,
        most: int = MOST_BULK,
        dry_run: bool = False,
        now: bool = True,
    ) -> BulkPlan:
        """Give one answer to all open cases of a kind, a source, and a score at least; those that others claimed, and
        those that contradict what stands, are left out and told.
        """
        from knotwork.service.review.bulk import plan_of

        with self._writing("review bulk"):
            chosen = answer_of(answer)
            cases = self._desk.queue(most, kind=kind, source=source, score=score)
            who = because.by.strip() or user_name()
            plan = plan_of(self._home.store, cases, chosen, who, self._split_for)
            effect = self._tried(plan.words)
            told = BulkPlan(
                plan.numbers,
                chosen,
                len(plan.words),
                plan.left_out,
                effect,
                risks(effect, len(plan.words), self._settings.review),
            )
            if dry_run or not plan.numbers:
                return told
            if not plan.words:
                return replace(told, done=self._deciding.leave(plan.numbers, chosen, because.words, who))
            done = self._act(plan.words, because, cases=plan.numbers, answer=chosen)
            return replace(told, done=self._applied(done, now=now))

    # --- the second person

    def waiting(self, state: str = "waiting") -> tuple[Waiting, ...]:
        """What waits for a second person."""
        return self._desk.waiting(state)

    def proposal(self, number: int) -> Proposal:
        """What waits (or waited) under a number, and what approving would do now. Raises ``UnknownCaseError``."""
        one = self._desk.waits(number)
        carried = from_text(one.said)
        return Proposal(one, carried.words, carried.undoes, self._would(carried))

    def preview_waiting(self, number: int) -> Effect:
        """What approving would do now. Raises ``UnknownCaseError``."""
        return self._would(from_text(self._desk.waits(number).said))

    def _would(self, carried: Carried) -> Effect:
        return self._tried(carried.words) if carried.words else self._deciding.effect((), carried.undoes)

    def approve(self, number: int, by: str = "", comment: str = "", *, now: bool = True) -> Answered:
        """Let what waits be recorded, as a second person. Raises ``SecondPersonError``, ``CaseTakenError``."""
        with self._writing("review approve"):
            return self._applied(self._deciding.approve(number, by, comment), now=now)

    def refuse(self, number: int, reason: str, by: str = "") -> Answered:
        """Throw away what waits. Raises ``CaseTakenError``."""
        with self._writing("review refuse"):
            return self._deciding.refuse(number, by, reason)

    # --- looking back

    def report(self) -> Report:
        """How the desk does."""
        return reporting.report(self._desk)

    def labels(self) -> tuple[Label, ...]:
        """What people said of pairs, for matching to learn from: decisions in force, and answers to its proposals."""
        return reporting.labels(self._desk, self._decisions.decisions())

    def forget(self, keys: Sequence[str]) -> None:
        """Take out every case about one of ``keys``, with all that was said of it."""
        self._desk.forget(keys)

    def forget_unknown(self) -> int:
        """How many identifiers were forgotten that no event shows any more; for whoever erased some, under the lock."""
        waiting = {key for one in self._desk.waiting("") for word in from_text(one.said).words for key in word.about}
        names = {one for one in self._desk.names() | waiting if customer_number(one) is None}
        known = self._home.store.ids_of([Identifier.parse(one) for one in sorted(names)])
        gone = sorted(names - known.keys())
        if gone:
            self._desk.forget(gone)
        return len(gone)

    def close(self) -> None:
        """Give the file back."""
        self._desk.close()

    def _act(
        self,
        words: Sequence[Word],
        because: Because,
        *,
        cases: tuple[int, ...] = (),
        answer: str = "",
        if_revision: str = "",
    ) -> Answered:
        said = Wording(because.words, because.by, because.comment).clean()
        carried = Carried(tuple(words), (), said.reason, said.comment, because.code)
        return self._deciding.act(Act(carried, said.by, cases, answer, if_revision))

    def _applied(self, done: Answered, *, now: bool) -> Answered:
        """Let the customers obey at once, where that is wanted and something was recorded."""
        if not now or not done.records:
            return done
        from knotwork_resolvers.run import resolve_collected

        report = resolve_collected(self._home, self._settings.policy)
        if report.how == "waiting":
            words = f"The customers obey after the next full run, since {report.because}: knotwork resolve"
            return replace(done, remarks=(*done.remarks, words))
        return replace(done, run=report.run)

    def _made(self, done: Answered, word: Word | None, because: Because, undoes: int = 0) -> Made:
        """What came of one decision, as those who decide on identifiers are told."""
        if done.waiting:
            return Made(self._waiting_record(word, because, undoes), False, done.why, done.waiting)
        found = [one for one in done.records if not undoes or one.undoes == undoes]
        return Made(found[0], found[0].number in done.fresh, done.remarks)

    def _waiting_record(self, word: Word | None, because: Because, undoes: int) -> Recorded:
        said = Wording(because.words, because.by, because.comment).clean()
        number = self._home.store.decision_count() + 1
        now = datetime.now(UTC)
        if word is None:
            return Recorded(number, UNDO, "", "", said.by, now, said.reason, said.comment, undoes=undoes)
        return Recorded(number, word.kind, word.a, word.b or "", said.by, now, said.reason, said.comment)
