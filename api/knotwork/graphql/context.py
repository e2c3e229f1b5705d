"""What one request carries: the service, the mask, and a loader so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import anyio
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from knotwork.access.caller import Caller
from knotwork.access.masks import Mask
from knotwork.access.roles import administers, decides, sees_customers, sees_sums
from knotwork.access.secret import Secret
from knotwork.graphql.cursors import Cursors
from knotwork.graphql.errors import problem
from knotwork.service.together import Known
from knotwork_graph.errors import (
    CaseTakenError,
    ContradictionError,
    KnotworkError,
    RevisionError,
    SecondPersonError,
    UnknownCaseError,
    UnknownCustomerError,
    UnknownDecisionError,
    UnknownRunError,
    WorkspaceBusyError,
)
from knotwork_graph.model import ClusterView, CustomerView, JourneyEvent, Recorded, Run

if TYPE_CHECKING:
    from knotwork.workspace import Workspace
    from knotwork_resolvers.profiles.profile import Profile

T = TypeVar("T")


class Jobs(Protocol):
    """What starts the job that recomputes everything."""

    def start(self, folder: Path) -> None:
        """Start it for the workspace in ``folder``; raises ``UsageError`` while one runs."""


Ask = tuple[str, int, datetime | None, frozenset[str]]
"""A journey: whose, how many events, up to when, and with which texts."""
SHORT, LONG = 30, 120
"""Seconds that a question may take, and one that looks at everybody."""
SINGLE = 100
"""So many journeys and graphs may one request ask for."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all requests of a server have in common. ``explorer`` is the workspace, or what stands for it in tests."""

    explorer: Workspace
    cursors: Cursors
    secret: Secret
    jobs: Jobs


class Context(BaseContext):
    """One request's context. The service blocks, so it is called in a thread, never on the event loop."""

    def __init__(self, shared: Shared, known: Caller | None, header: str = "") -> None:
        super().__init__()
        self.explorer = shared.explorer
        self.cursors = shared.cursors
        self.jobs = shared.jobs
        self.secret = shared.secret
        self.known = known
        self.header = header
        self.again: Callable[[], Caller | None] | None = None
        self.single = 0
        self.looked_up = Known()  # of the customers shown by now
        self.journeys: DataLoader[Ask, list[JourneyEvent]] = DataLoader(load_fn=self._load_journeys)
        self.records: DataLoader[tuple[str, datetime | None], Profile] = DataLoader(load_fn=self._load_records)
        self.clusters: DataLoader[tuple[str, datetime | None], ClusterView] = DataLoader(load_fn=self._load_clusters)
        self.customers: DataLoader[str, CustomerView | None] = DataLoader(load_fn=self._load_customers)
        self.runs: DataLoader[int, Run | None] = DataLoader(load_fn=self._load_runs)
        self.decisions: DataLoader[int, Recorded | None] = DataLoader(load_fn=self._load_decisions)

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

    def join_hash(self, key: str) -> str:
        """What stands for an identifier where it is masked."""
        return self.secret.join_hash(key)

    def costs_one(self) -> None:
        """Count a question about one single customer, whose events or links are read."""
        self.single += 1
        if self.single > SINGLE:
            words = f"journeys and graphs of more than {SINGLE} customers in one request; ask for them page by page"
            raise problem("TOO_COSTLY", words, limit="journeys and graphs", allowed=SINGLE)

    async def ask(self, question: Callable[[], T], *, long: bool = False) -> T:
        """The answer of the service; what it raises for people becomes a typed error.

        The thread of a question that took too long goes on to its end, but nobody waits for it.
        """
        seconds = LONG if long else SHORT
        try:
            with anyio.fail_after(seconds):
                return await anyio.to_thread.run_sync(question, abandon_on_cancel=True)
        except TimeoutError as error:
            words = f"this took longer than {seconds} seconds; ask for less at once"
            raise problem("TIMED_OUT", words, limit="seconds", allowed=seconds) from error
        except (ContradictionError, RevisionError):
            raise  # are answers, not failures
        except CaseTakenError as error:
            raise problem("CONFLICT", str(error), holder=error.holder) from error
        except SecondPersonError as error:
            raise problem("FORBIDDEN", str(error)) from error
        except (UnknownCustomerError, UnknownRunError, UnknownDecisionError, UnknownCaseError) as error:
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

    def permitted(self, may: bool, what: str) -> None:
        """Refuse a role that may not do ``what``."""
        if not may:
            raise problem("FORBIDDEN", f"the role {self.mask.role} may not {what}")

    def administering(self) -> None:
        """Refuse a role that may not administer."""
        if not administers(self.mask.role):
            raise problem("FORBIDDEN", f"the role {self.mask.role} may not do this; ask for an administrator's token")

    async def still_welcome(self) -> None:
        """Refuse a caller whose token was revoked or ended since the connection was made."""
        if self.again is not None:
            self.known = await anyio.to_thread.run_sync(self.again)
        self.single_customers()

    def page(self, asked: int, most: int, name: str) -> int:
        """``asked`` when it is between 1 and ``most``, else a typed error."""
        if not 1 <= asked <= most:
            raise problem("BAD_REQUEST", f"{name} is {asked}; it must be between 1 and {most}")
        return asked

    async def _load_customers(self, ids: list[str]) -> list[CustomerView | None]:
        found = await self.ask(lambda: self.explorer.browsing.several(ids))
        return [found.get(one) for one in ids]

    async def _load_runs(self, numbers: list[int]) -> list[Run | None]:
        runs = {one.run.number: one.run for one in await self.ask(lambda: self.explorer.runs.list(every=True))}
        return [runs.get(number) for number in numbers]

    async def _load_decisions(self, numbers: list[int]) -> list[Recorded | None]:
        records = {one.number: one for one in await self.ask(lambda: self.explorer.decisions(every=True))}
        return [records.get(number) for number in numbers]

    async def _load_journeys(self, asks: list[Ask]) -> list[list[JourneyEvent]]:
        """All journeys of a request that look at the same span together, masked, with the texts that any shows."""

        def load() -> dict[Ask, list[JourneyEvent]]:
            made: dict[Ask, list[JourneyEvent]] = {}
            for last, as_of in {one[1:3] for one in asks}:
                same = [one for one in asks if one[1:3] == (last, as_of)]
                known = replace(self.looked_up, texts=frozenset[str]().union(*(one[3] for one in same)))
                ids = [*dict.fromkeys(one[0] for one in same)]
                found = self.explorer.browsing.journeys_of(ids, as_of, last, known, brief=True)
                masked = {one: self.mask.journey(found.get(one, ())) for one in ids}
                made.update({one: masked[one[0]] for one in same})
            return made

        found = await self.ask(load)
        return [found[one] for one in asks]

    async def _load_records(self, asks: list[tuple[str, datetime | None]]) -> list[Profile]:
        """The golden records of all customers that are asked for as of the same moment together, in clear."""

        def load() -> dict[tuple[str, datetime | None], Profile]:
            made = {}
            for as_of in {one[1] for one in asks}:
                ids = [one[0] for one in asks if one[1] == as_of]
                found = self.explorer.profiling.several(ids, as_of)
                made.update({(one, as_of): found[one] for one in ids})
            return made

        found = await self.ask(load)
        return [found[one] for one in asks]

    async def _load_clusters(self, asks: list[tuple[str, datetime | None]]) -> list[ClusterView]:
        """The graphs of all customers that are asked for as of the same moment together."""

        def load() -> dict[tuple[str, datetime | None], ClusterView]:
            made = {}
            for as_of in {one[1] for one in asks}:
                ids = [one[0] for one in asks if one[1] == as_of]
                found = self.explorer.browsing.clusters_of(ids, self.looked_up, as_of)
                made.update({(one, as_of): found.get(one) or ClusterView(one, (), ()) for one in ids})
            return made

        found = await self.ask(load)
        return [found[one] for one in asks]


def aware(moment: datetime | None) -> datetime | None:
    """The moment, which must bear its offset."""
    if moment is not None and moment.tzinfo is None:
        raise problem("BAD_REQUEST", "a time needs its offset, such as 2026-03-01T09:30:00Z")
    return moment


Info = strawberry.Info[Context, Any]
