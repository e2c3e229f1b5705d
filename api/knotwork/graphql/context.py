"""What one request carries: the service, the mask, and a loader so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry
from starlette.concurrency import run_in_threadpool
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from knotwork.access.masks import Mask
from knotwork.access.roles import sees_customers
from knotwork.graphql.cursors import Cursors
from knotwork.graphql.errors import problem
from knotwork.service.views import Explorer
from knotwork_graph.errors import UnknownCustomerError, UnknownRunError
from knotwork_graph.model import JourneyEvent

T = TypeVar("T")
Ask = tuple[str, int]


class Context(BaseContext):
    """One request's context. The service blocks, so it is called in a thread, never on the event loop."""

    def __init__(self, explorer: Explorer, mask: Mask, cursors: Cursors) -> None:
        super().__init__()
        self.explorer = explorer
        self.mask = mask
        self.cursors = cursors
        self.journeys: DataLoader[Ask, list[JourneyEvent]] = DataLoader(load_fn=self._load_journeys)

    async def ask(self, question: Callable[[], T]) -> T:
        """The answer of the service; what it raises for people becomes a typed error."""
        try:
            return await run_in_threadpool(question)
        except (UnknownCustomerError, UnknownRunError) as error:
            raise problem("NOT_FOUND", str(error)) from error
        except ValueError as error:
            raise problem("BAD_REQUEST", str(error)) from error

    def single_customers(self) -> None:
        """Refuse a role that may see sums only."""
        if not sees_customers(self.mask.role):
            raise problem("FORBIDDEN", f"the role {self.mask.role} sees sums only; ask for a token of another role")

    def page(self, asked: int, most: int, name: str) -> int:
        """``asked`` when it is between 1 and ``most``, else a typed error."""
        if not 1 <= asked <= most:
            raise problem("BAD_REQUEST", f"{name} is {asked}; it must be between 1 and {most}")
        return asked

    async def _load_journeys(self, asks: list[Ask]) -> list[list[JourneyEvent]]:
        """All journeys of a request in one visit to a thread, masked."""

        def load() -> list[list[JourneyEvent]]:
            return [list(map(self.mask.event, self.explorer.journey(key, last=last))) for key, last in asks]

        return await self.ask(load)


Info = strawberry.Info[Context, Any]
