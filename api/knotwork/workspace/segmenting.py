"""What one may ask of a workspace's segments, and how their members are kept up to its runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from knotwork.service.analyses import AnalysisService
from knotwork.service.segments import Places, Rule, SegmentService
from knotwork.workspace.parts import Parts
from knotwork_graph.errors import KnotworkError, UnknownCustomerError
from knotwork_graph.model import Heirs, customer_number

if TYPE_CHECKING:
    from knotwork.service.segment_views import MemberPage, Preview, SegmentView, SegmentWhy, StayView

log = logging.getLogger(__name__)


class Segmenting(Parts):
    """The segments of a workspace. Members are told as of the moment they are asked for."""

    def close(self) -> None:
        """Give back files and connections; the workspace opens them again when it is used again."""
        if (service := self.__dict__.pop("segmenting", None)) is not None:
            service.close()
        super().close()

    @cached_property
    def segmenting(self) -> SegmentService:
        """Everything about segments: what GraphQL and the pages call."""
        places = Places(self.layout.policy, self.layout.segments, self.layout.stays)
        return SegmentService(self.home, self.settings, places, self._one_number)

    @cached_property
    def _analyses(self) -> AnalysisService:
        return AnalysisService(self.home, self.settings.policy, lambda name: self.segmenting.numbers(name))

    def segments(self) -> tuple[SegmentView, ...]:
        """All segments by name, with their sizes now. Raises ``PolicyError`` for a rule that cannot be meant."""
        return self.segmenting.segments()

    def segment(self, name: str) -> SegmentView:
        """One segment with its size now. Raises ``UsageError`` with the nearest name, ``PolicyError``."""
        return self.segmenting.segment(name)

    def segment_members(self, name: str, first: int = 100, after: str | None = None) -> MemberPage:
        """The next ``first`` members of a segment by id after the id ``after``. Raises as ``segment`` does."""
        return self.segmenting.members(name, first, after)

    def segment_history(
        self, name: str | None = None, customer: str | None = None, first: int = 100
    ) -> tuple[StayView, ...]:
        """Who came into a segment and left it, or what segments a customer came through; the newest first."""
        return self.segmenting.history(name, customer, first)

    def segment_why(self, name: str, key_or_id: str) -> SegmentWhy:
        """Whether a customer is in a segment, and every condition with the value that it looked at.

        Raises ``UnknownCustomerError``, and as ``segment`` does.
        """
        return self.segmenting.why(name, key_or_id)

    def segment_preview(self, rule: Rule) -> Preview:
        """How many customers a rule (tables and lists, or TOML) holds for now; writes nothing. Raises ``PolicyError``.

        >>> rule = {"all": [{"event": "Order Completed", "at_least": 2, "in_last": "90d"}]}
        """
        return self.segmenting.preview(rule)

    def define_segment(self, name: str, rule: Rule, *, replace: bool = False) -> SegmentView:
        """Keep a segment in a file of its own, with its members at once.

        Raises ``PolicyError``, ``UsageError`` for a name that is there already unless ``replace``.
        """
        return self.segmenting.define(name, rule, replace=replace)[0]

    def remove_segment(self, name: str) -> None:
        """Take away a segment that has a file of its own. Raises ``UsageError``."""
        self.segmenting.remove(name)

    def _segments_before(self) -> None:
        """Refuse to begin a run while a rule cannot be meant: afterwards it would be too late. ``PolicyError``."""
        if self._has_segments:
            self.segmenting.check()

    def _segments_after(self, *, single: bool = False) -> None:
        """Bring members up to what has just been published (``single`` events: soon); that stands, come what may."""
        try:
            if self._has_segments:
                self.segmenting.keep_up() if single else self.segmenting.follow()
        except KnotworkError as error:
            log.warning("the members of segments are not up to date: %s", error)

    @contextmanager
    def _stays_still(self, turn: AbstractContextManager[None]) -> Iterator[None]:
        """``turn``, and nobody tells anew who is in which segment meanwhile."""
        from knotwork_graph.stays import StayFolders

        kept = self.layout.stays
        with turn, StayFolders(kept).turn() if kept.exists() else nullcontext():
            yield

    @property
    def _has_segments(self) -> bool:
        """Whether any segment is defined, or was; costs next to nothing where none is."""
        return bool(self.settings.segments) or self.layout.segments.exists() or self.layout.stays.exists()

    def _one_number(self, key_or_id: str) -> int:
        found = self._customers.customer(key_or_id)
        if isinstance(found, Heirs):
            heirs = ", ".join(found.customers)
            raise UnknownCustomerError(
                f"{key_or_id} was split; ask for one of its heirs: {heirs}."
                if heirs
                else f"{key_or_id} is retired: none of its identifiers belongs to a customer any more."
            )
        number = customer_number(found.id)
        if number is None:
            raise ValueError(f"{found.id} is no customer id")
        return number
