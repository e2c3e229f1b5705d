"""The part of a workspace that only a server needs: pages of customers, what it is set to, and requests done once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from knotwork.service.browsing import BrowsingService
from knotwork.service.house import HouseService
from knotwork.service.idempotency import Answers
from knotwork.service.streams import Reader, streamed
from knotwork.workspace.parts import Parts


class Serving(Parts):
    """What programs ask over HTTP, beside what everybody asks."""

    def close(self) -> None:
        """Give back files and memory."""
        self.__dict__.pop("house", None)
        for name in ("browsing", "answers"):
            if (part := self.__dict__.pop(name, None)) is not None:
                part.close()
        super().close()

    @cached_property
    def browsing(self) -> BrowsingService:
        """Pages of customers, filtered and sorted."""
        return BrowsingService(self.home, self.settings.policy, self._customers)

    @cached_property
    def house(self) -> HouseService:
        """The settings, and how good the data are."""
        return HouseService(self.home, self.settings)

    @cached_property
    def answers(self) -> Answers:
        """What was answered to requests that bore a key of their own."""
        return Answers(self.layout.answers)

    def stream(self, what: str, form: str, reader: Reader) -> Iterator[bytes]:
        """A table in parts, as its reader may see it. Raises ``UsageError`` before the first part."""
        segmenting: Any = getattr(self, "segmenting", None)
        more = {"segments": segmenting.export} if segmenting is not None else {}
        return streamed(self.home, self.settings.policy, what, form, reader, more)

    @property
    def folder(self) -> Path:
        """Where the workspace lies."""
        return self.layout.folder
