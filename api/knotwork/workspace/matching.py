"""The part of a workspace that looks for people who look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from knotwork.service.matching import Housemate, MatchingReport, MatchingService, PairEvidence
from knotwork.workspace.reviewing import Reviewing
from knotwork_graph.proposals import MatchBook, Proposal

if TYPE_CHECKING:
    from knotwork_resolvers.matching.running import Label, MatchRun


class Matching(Reviewing):
    """Proposals and joined pairs of a workspace; what people decided on pairs teaches the model."""

    @cached_property
    def matching(self) -> MatchingService:
        """Everything about matching: what the command line, GraphQL and the pages call."""
        book = self.home.matches or MatchBook(self.layout.matching)
        return MatchingService(self.home, self.settings.policy, book, self._labels)

    def close(self) -> None:
        """Give back files and connections; the workspace opens them again when it is used again."""
        self.__dict__.pop("matching", None)
        super().close()

    def match(self, tell: Callable[[str], None] | None = None, *, new: bool = False) -> MatchRun:
        """Look for people who look alike, and propose them; join those that the policy lets be joined.

        With ``new`` those alone to whom something came since the last matching are compared, with everybody.
        Everything that is loaded is resolved first, and again where joins came or went. Raises
        ``WorkspaceBusyError``, ``InputError`` where there is nothing to match.
        """
        from knotwork_resolvers.home import newer_events, read_anew

        self._segments_before()
        with self.turns.writing("match"):
            if newer_events(self.home) or read_anew(self.home) or not self.home.store.state().current:
                self._resolved(tell)
            found = self.matching.match(tell, new=new)
            if found.changed:
                self._resolved(tell, everything=found.strays)
                self.matching.obeyed()
            self.look_again(tell)
        self._segments_after()
        return found

    def unmatch(self, tell: Callable[[str], None] | None = None) -> int:
        """Take back what matching has joined and proposed; how many pairs were joined.

        Raises ``WorkspaceBusyError``.
        """
        self._segments_before()
        with self.turns.writing("match"):
            parted = self.matching.drop()
            self._resolved(tell, everything=True)
            self.look_again(tell)
        self._segments_after()
        return parted

    def proposals(self) -> tuple[Proposal, ...]:
        """The pairs that matching proposes, the likeliest first."""
        return self.matching.proposals()

    def match_explain(self, a: str, b: str) -> PairEvidence:
        """What speaks for and against two identifiers (or customers) being one person's.

        Raises ``UsageError`` before the first matching, ``UnknownCustomerError``.
        """
        return self.matching.explain(a, b)

    def match_report(self) -> MatchingReport:
        """What the last matching did, and what each threshold would mean. Raises ``UsageError`` before the first."""
        return self.matching.report()

    def household(self, key_or_id: str) -> tuple[Housemate, ...]:
        """The other customers of the same household. Raises ``UnknownCustomerError``."""
        return self.matching.household(key_or_id)

    def _resolved(self, tell: Callable[[str], None] | None, *, everything: bool = False) -> None:
        from knotwork_resolvers.run import resolve_run

        resolve_run(self.home, self.settings.policy, everything=everything, tell=tell)

    def _labels(self) -> Sequence[Label]:
        from knotwork_resolvers.matching.running import Label

        return [Label(one.a, one.b, one.same) for one in self.review.labels()]
