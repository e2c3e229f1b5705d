"""What one request carries: the service, the mask, and a loader so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import strawberry
from starlette.concurrency import run_in_threadpool
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from knotwork.access.caller import Caller
from knotwork.access.masks import Mask
from knotwork.access.roles import decides, sees_customers, sees_sums
from knotwork.graphql.cursors import Cursors
from knotwork.graphql.errors import problem
from knotwork.service.views import Explorer
from knotwork_graph.errors import (
    ContradictionError,
    KnotworkError,
    UnknownCustomerError,
    UnknownDecisionError,
    UnknownRunError,
    WorkspaceBusyError,
)
from knotwork_graph.model import JourneyEvent

T = TypeVar("T")
Ask = tuple[str, int, datetime | None]


class Context(BaseContext):
    """One request's context. The service blocks, so it is called in a thread, never on the event loop."""

    def __init__(self, explorer: Explorer, known: Caller | None, cursors: Cursors) -> None:
        super().__init__()
        self.explorer = explorer
        self.known = known
        self.cursors = cursors
        self.journeys: DataLoader[Ask, list[JourneyEvent]] = DataLoader(load_fn=self._load_journeys)

    @property
    def caller(self) -> Caller:
        """Who asks. Raises a typed error where nobody has said so yet."""
        if self.known is None:
            raise problem("UNAUTHENTICATED", "send a token as `Authorization: Bearer TOKEN`")
        return self.known

    @property
    def mask(self) -> Mask:
        """What the caller may see."""
        return self.caller.mask

    @property
    def introspects(self) -> bool:
        """Whether the caller may ask for the schema."""
        return self.known is not None and sees_customers(self.known.role)

    async def ask(self, question: Callable[[], T]) -> T:
        """The answer of the service; what it raises for people becomes a typed error."""
        try:
            return await run_in_threadpool(question)
        except ContradictionError:
            raise  # is an answer, not a failure
        except (UnknownCustomerError, UnknownRunError, UnknownDecisionError) as error:
            raise problem("NOT_FOUND", str(error)) from error
        except WorkspaceBusyError as error:
            raise problem("BUSY", str(error)) from error
        except (KnotworkError, ValueError) as error:
            if isinstance(error, RuntimeError):  # something inside, not what was asked
                raise
            raise problem("BAD_REQUEST", str(error)) from error

    def sums(self) -> None:
        """Refuse a role that sees nothing."""
        if not sees_sums(self.mask.role):
            raise problem("FORBIDDEN", f"the role {self.mask.role} only sends events; ask for a token of another role")

    def single_customers(self) -> None:
        """Refuse a role that may see sums only."""
        if not sees_customers(self.mask.role):
            raise problem("FORBIDDEN", f"the role {self.mask.role} sees sums only; ask for a token of another role")

    def deciding(self) -> None:
        """Refuse a role that may not decide."""
        if not decides(self.mask.role):
            raise problem("FORBIDDEN", f"the role {self.mask.role} may not decide; ask for a steward's token")

    def place(self, cursor: str | None) -> int:
        """The number behind a cursor of ours, 0 for none; one of another list is an error that says so."""
        read = "0" if cursor is None else self.cursors.read(cursor)
        if not read.isdecimal():
            raise problem("BAD_CURSOR", "this cursor is of another list; start again without `after`")
        return int(read)

    def page(self, asked: int, most: int, name: str) -> int:
        """``asked`` when it is between 1 and ``most``, else a typed error."""
        if not 1 <= asked <= most:
            raise problem("BAD_REQUEST", f"{name} is {asked}; it must be between 1 and {most}")
        return asked

    async def _load_journeys(self, asks: list[Ask]) -> list[list[JourneyEvent]]:
        """All journeys of a request in one visit to a thread, masked."""

        def load() -> list[list[JourneyEvent]]:
            found = [self.explorer.journey(key, as_of=as_of, last=last) for key, last, as_of in asks]
            return [list(map(self.mask.event, events)) for events in found]

        return await self.ask(load)


def aware(moment: datetime | None) -> datetime | None:
    """The moment, which must bear its offset."""
    if moment is not None and moment.tzinfo is None:
        raise problem("BAD_REQUEST", "a time needs its offset, such as 2026-03-01T09:30:00Z")
    return moment


Info = strawberry.Info[Context, Any]
