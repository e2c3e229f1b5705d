"""The one way by which decisions come about: checked, weighed, and then recorded, or left for a second person.

Whatever is decided goes through here: from the command line, from Python, over GraphQL; on a case, on a pair, many at
once, and taking back. So nobody gets around the second person. Whoever calls holds the workspace's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork.service.audit import AuditService
from knotwork.service.audited import make_up, row_of
from knotwork.service.decisions import DecisionService, cleaned, user_name
from knotwork.service.review.answers import about
from knotwork.service.review.carrying import Carried, as_text, from_text
from knotwork.service.review.guarding import risks, second_person
from knotwork.service.review.values import Answered
from knotwork_graph.desk import CaseState, Desk, Waiting, became, whose
from knotwork_graph.errors import CaseTakenError, RevisionError
from knotwork_graph.model import Decision, Recorded
from knotwork_graph.policy import Settings

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.review.effects import Effect
    from knotwork_resolvers.segments import Definitions

APPROVED, REFUSED = "approved", "refused"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants recorded, on which cases, and as which answer to them."""

    carried: Carried
    by: str
    cases: tuple[int, ...] = ()
    answer: str = ""
    if_revision: str = ""


class Deciding:
    """Decides, and lets the second person decide."""

    def __init__(
        self,
        home: Callable[[], Home],
        desk: Desk,
        decisions: DecisionService,
        audit: AuditService,
        settings: Settings,
        definitions: Callable[[], Definitions | None],
    ) -> None:
        self._home, self._desk, self._decisions = home, desk, decisions
        self._audit, self._settings, self._definitions = audit, settings, definitions

    def act(self, act: Act) -> Answered:
        """Record it, or keep it for a second person. Raises ``ContradictionError``, ``UsageError``, ``RevisionError``,
        ``CaseTakenError`` where a case was settled or is another's.
        """
        who = cleaned(act.by) or user_name()
        self._free(act.cases, who)
        self._same_world(act)
        new, known = self._decisions.checked(act.carried.words, who, act.carried.reason)
        effect = self.effect(new, act.carried.undoes, weighed_only=True)
        why = risks(effect, len(new) + len(act.carried.undoes), self._settings.review)
        if why:
            return self._wait(act, who, why)
        records = self._record(act.carried, new, who, "")
        told = (*records, *known)
        self._settle(act.cases, act.answer, who, told)
        fresh = tuple(one.number for one in records)
        return Answered(act.cases, act.answer, told, remarks=self._decisions.remarks(new), fresh=fresh)

    def effect(self, made: Sequence[Decision], undone: Sequence[int] = (), *, weighed_only: bool = False) -> Effect:
        """What it would do; with ``weighed_only`` but for segments and revenue, on which no risk hangs."""
        from knotwork_resolvers.review.effects import Effect, Proposed, preview

        if not made and not undone:
            return Effect()
        definitions = None if weighed_only else self._definitions()
        proposed = Proposed(tuple(made), tuple(undone))
        return preview(
            self._home(), self._settings.policy, proposed, definitions=definitions, weighed_only=weighed_only
        )

    def approve(self, number: int, by: str, comment: str = "") -> Answered:
        """Record what waits under ``number``, as a second person.

        Raises ``SecondPersonError``, ``CaseTakenError`` where it was settled meanwhile, ``ContradictionError`` where
        something else was decided meanwhile.
        """
        who, one = self._second(number, by)
        carried = self._still(from_text(one.said))
        new, known = self._decisions.checked(carried.words, one.by, carried.reason)
        records = self._record(carried, new, one.by, who)
        self._desk.settle(number, APPROVED, who, [each.number for each in records])
        self._audit.audit("approval", who, f"proposal {number}", comment or one.reason)
        told = (*records, *known)
        self._settle(one.cases, one.answer, one.by, told)
        self._desk.opine(one.cases, who, one.answer)
        return Answered(one.cases, one.answer, told, fresh=tuple(each.number for each in records))

    def refuse(self, number: int, by: str, reason: str) -> Answered:
        """Throw away what waits under ``number``; its cases are open again. The proposer may do so as well."""
        who, one = cleaned(by) or user_name(), self._waits(number)
        self._desk.settle(number, REFUSED, who)
        self._audit.audit("refusal", who, f"proposal {number}", reason)
        if one.cases:
            self._desk.move(one.cases, CaseState.OPEN, who=who, because=reason)
            self._desk.opine(one.cases, who, "reject" if one.answer == "accept" else "accept")
        return Answered(one.cases, "refused")

    def leave(self, cases: Sequence[int], answer: str, because: str, by: str) -> Answered:
        """Settle cases without a decision. Raises ``CaseTakenError``."""
        who = cleaned(by) or user_name()
        self._free(cases, who)
        self._desk.opine(cases, who, answer)
        self._desk.move(cases, CaseState.LEFT, who=who, answer=answer, because=because)
        return Answered(tuple(cases), answer)

    def _still(self, carried: Carried) -> Carried:
        """What is still to be taken back of what was to be, when it was proposed."""
        standing = {other for one in carried.undoes for other in self._decisions.undoing(one)}
        return replace(carried, undoes=tuple(one for one in carried.undoes if one in standing))

    def _free(self, cases: Sequence[int], who: str) -> None:
        for number in cases:
            one = self._desk.case(number)
            if one.state is not CaseState.OPEN:
                hint = f" Take it back first: knotwork review undo {one.decisions[0]}" if one.decisions else ""
                raise CaseTakenError(f"case {number} {became(one)}.{hint}", holder=one.decided_by)
            if one.claimed_by and one.claimed_by != who:
                raise CaseTakenError(f"case {number} {whose(one)}. Take another, or ask for it.", holder=one.claimed_by)

    def _same_world(self, act: Act) -> None:
        if not act.if_revision:
            return
        from knotwork_resolvers.review.effects import revision_of

        now = revision_of(self._home().store, about(act.carried.words))
        if now != act.if_revision:
            raise RevisionError("what you looked at has changed since: look at it again, then decide.", revision=now)

    def _wait(self, act: Act, who: str, why: tuple[str, ...]) -> Answered:
        """Keep it for a second person; said again by the same person, it waits where it did.

        Raises ``CaseTakenError`` where another person's proposal says the same: that one is to be approved.
        """
        words = act.carried
        for one in self._desk.waiting():
            if not from_text(one.said).says_as(words):
                continue
            if one.by != who:
                hint = f"Look at it: knotwork review show {one.number} --waiting"
                raise CaseTakenError(f"{one.by} proposed the same, as proposal {one.number}. {hint}", holder=one.by)
            return Answered(act.cases, act.answer, waiting=one.number, why=why)
        waiting = Waiting(
            0, who, datetime.now(UTC), why, as_text(words), words.reason, cases=act.cases, answer=act.answer
        )
        kept = self._desk.wait(waiting)
        if act.cases:
            self._desk.opine(act.cases, who, act.answer)
            self._desk.move(act.cases, CaseState.WAITING, who=who, answer=act.answer, because=f"proposal {kept.number}")
        self._audit.audit("proposal", who, f"proposal {kept.number}", words.reason)
        return Answered(act.cases, act.answer, waiting=kept.number, why=why)

    def _second(self, number: int, by: str) -> tuple[str, Waiting]:
        who, one = cleaned(by) or user_name(), self._waits(number)
        second_person(one.by, who)
        return who, one

    def _waits(self, number: int) -> Waiting:
        one = self._desk.waits(number)
        if one.state != "waiting":
            raise CaseTakenError(f"proposal {number} was {one.state} by {one.decided_by}.", holder=one.decided_by)
        return one

    def _record(self, carried: Carried, new: Sequence[Decision], by: str, second: str) -> tuple[Recorded, ...]:
        make_up(self._audit, self._home().store)
        records = self._decisions.recorded_as_one(
            new, carried.undoes, by=by, reason=carried.reason, comment=carried.comment, code=carried.code, second=second
        )
        for one in records:
            self._audit.audit(*row_of(one), one.kind)
        self._reopen(carried.undoes, by)
        return records

    def _reopen(self, undone: Sequence[int], who: str) -> None:
        """Cases whose decision was taken back are open again."""
        for number in undone:
            numbers = [one.number for one in self._desk.made(number) if one.state is CaseState.DECIDED]
            if numbers:
                self._desk.move(numbers, CaseState.OPEN, who=who, because=f"decision {number} was taken back")

    def _settle(self, cases: Sequence[int], answer: str, who: str, records: Sequence[Recorded]) -> None:
        if cases:
            self._desk.opine(cases, who, answer)
            numbers = [one.number for one in records]
            self._desk.move(cases, CaseState.DECIDED, who=who, answer=answer, decisions=numbers)
