"""The part of a workspace where people decide: the review desk, and decisions on anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from knotwork.service.audited import make_up
from knotwork.service.decisions import Made, somebody
from knotwork.service.review.values import Because
from knotwork.workspace.segmenting import Segmenting

if TYPE_CHECKING:
    from knotwork.service.review import ReviewService
    from knotwork.service.review.cards import Cards
    from knotwork_graph.proposals import MatchBook


class Reviewing(Segmenting):
    """Decisions go through the review desk, whichever way they come, so that nobody gets around the second person."""

    def close(self) -> None:
        """Give back files and connections."""
        if (review := self.__dict__.pop("review", None)) is not None:
            review.close()
        super().close()

    @cached_property
    def review(self) -> ReviewService:
        """The review desk: the queue, cards, previews, answers, splits, the second person, and the report."""
        from knotwork.service.review import ReviewService
        from knotwork_graph.desk import Desk

        return ReviewService(
            lambda: self.home,
            Desk(self.layout.desk),
            lambda: self._decisions,
            self.audit,
            self.settings,
            writing=self.turns.writing,
            book=self._book,
            cards=self._cards,
            segments=self.segmenting.definitions,
        )

    def decide(
        self,
        kind: str,
        a: str,
        b: str | None = None,
        *,
        reason: str = "",
        by: str = "",
        comment: str = "",
        code: str = "",
        if_revision: str = "",
        now: bool = False,
    ) -> Made:
        """Decide on an identifier, or on two; the next resolve obeys, or with ``now`` the customers do at once.

        ``by`` is the machine's user if unsaid; a risky one waits for a second person, and says so. Raises
        ``ContradictionError`` naming what stands against it, ``RevisionError``, ``UsageError``, ``WorkspaceBusyError``.
        """
        because = Because(reason, by, comment, code)
        return self.review.decide(kind, a, b, because, if_revision=if_revision, now=now)

    def undo(self, number: int, *, reason: str = "", by: str = "", comment: str = "", now: bool = False) -> Made:
        """Take back a decision, which stays on record. Raises ``UnknownDecisionError``, ``WorkspaceBusyError``."""
        return self.review.undo(number, Because(reason, by, comment), now=now)

    def look_again(self, tell: Callable[[str], None] | None = None) -> None:
        """After a run: what is doubtful now becomes cases; and a policy that was obeyed for the first time is noted.

        For the holder of the lock.
        """
        if tell is not None:
            tell("look for what is doubtful")
        self._note_policy()
        make_up(self.audit, self.home.store)
        self.review.refresh_now()

    def _note_policy(self) -> None:
        """Keep in the audit chain that the policy is another than before, by what its file says."""
        text = self.layout.policy.read_bytes() if self.layout.policy.exists() else b""
        name = sha256(text).hexdigest()[:16]
        last = self.audit.last_of("policy")
        if last is None or last.what != name:
            self.audit.audit("policy", somebody(), name, "the policy that runs obey")

    def _book(self) -> MatchBook | None:
        """What matching says; None where nothing was ever matched."""
        return self.home.matches if self.layout.matching.exists() else None

    def _cards(self) -> Cards:
        from knotwork.service.review.cards import Cards

        return Cards(self.home, self.settings.policy, self._explanations)
