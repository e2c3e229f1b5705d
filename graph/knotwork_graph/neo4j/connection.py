"""The one module that names Neo4j's driver: transactions that happen all or not at all, tried again where that is safe.

The driver calls a transaction's function again after a deadlock or a lost connection, so each function must come to the
same end when it is called twice. A commit of which nobody knows whether it happened is never tried again. A look-up is
a transaction of its own, of one round trip; where that fails in passing, it is tried again as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial
from threading import local
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import finalize

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.address import Address, Patience
from knotwork_graph.neo4j.joint import Joint
from knotwork_graph.neo4j.refusals import AWAY, SENTENCES, UNSURE, refusal
from knotwork_graph.neo4j.standing import Remembered
from knotwork_graph.neo4j.work import Runner, Work

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Session, Transaction

T = TypeVar("T")
WHO = {"application": "knotwork"}
AT_ONCE = 2
"""Look-ups of one kind that are under way at once: more would only wait for a server of two cores."""
A_MOMENT = 0.2
"""Seconds between two tries to begin a joint transaction."""


class Server:
    """A server, connected when first needed, and what is known of it for good. Safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        from neo4j import GraphDatabase, NotificationMinimumSeverity

        self.address = address
        self.standing = Remembered()
        with translated(address):
            self._driver: Driver = GraphDatabase.driver(
                address.url,
                auth=(address.user, address.password),
                connection_timeout=address.patience.connect,
                connection_acquisition_timeout=address.patience.connect * 2,
                max_transaction_retry_time=address.patience.retry,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                user_agent="knotwork",
            )
        self._bookmarks = GraphDatabase.bookmark_manager()
        self._closing = finalize(self, self._driver.close)
        self._thread = local()

    def close(self) -> None:
        """Give back all connections."""
        self._closing()

    def read(self, work: Callable[[Work], T], *, seconds: float | None = None) -> T:
        """What ``work`` comes back with, from a transaction that only reads, or the one that this thread has open."""
        if (joint := self._joint()) is not None:
            with translated(self.address):
                return joint.read(work)
        with self._session() as session:
            found: T = session.execute_read(self._unit(work, seconds))
        return found

    def look(self, work: Callable[[Work], T], *, seconds: float | None = None) -> T:
        """What ``work``, single statements that only read, comes back with: a round trip each, where nothing fails."""
        if self._joint() is None:
            try:
                with self._session(only_read=True) as session:
                    return work(Work(_Singly(session, seconds or self.address.patience.bulk)))
            except StoreError as error:
                if not _may_pass(error):
                    raise
        return self.read(work, seconds=seconds)

    def rows(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """The rows of one look-up."""
        return self.look(lambda work: work.rows(query, **bound), seconds=self.address.patience.look)

    def several(self, work: Callable[[Work, int], T], items: Iterable[int]) -> Iterator[T]:
        """What a look-up comes back with for each of ``items``, in order; ``AT_ONCE`` are under way, but not in a joint
        transaction, which is one thread's.
        """
        if self._joint() is not None:
            yield from (self.read(partial(_of, work, item)) for item in items)
            return
        with ThreadPoolExecutor(AT_ONCE) as threads:
            yield from threads.map(lambda item: self.look(partial(_of, work, item)), items)

    def write(self, work: Callable[[Work], T]) -> T:
        """What ``work`` comes back with; all that it wrote happens, or nothing."""
        if (joint := self._joint()) is not None:
            with translated(self.address):
                return joint.write(work)
        with self._session() as session:
            done: T = session.execute_write(self._unit(work, None))
        return done

    def alone(self, statement: str) -> None:
        """Run one statement that must have a transaction to itself, as those on constraints and indexes must."""
        self.part()
        with self._session() as session:
            session.run(statement).consume()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All that this thread reads and writes inside is one transaction; one inside another joins it.

        Nothing in it is tried again: who fails, fails whole.
        """
        if self._thread.__dict__.get("joint") is not None:
            yield
            return
        self._thread.joint = joint = Joint(self._begun, self.standing)
        try:
            yield
            with translated(self.address):
                joint.commit()
        finally:
            self._thread.joint = None
            joint.close()

    def part(self) -> None:
        """Where this thread has such a transaction open, commit it, and let what follows happen step by step."""
        if (joint := self._joint()) is not None:
            with translated(self.address):
                joint.part()

    def _joint(self) -> Joint | None:
        found: Joint | None = self._thread.__dict__.get("joint")
        return None if found is None or found.apart else found

    def _begun(self) -> _Open:
        patience = self.address.patience
        return _Open(
            lambda: self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks), patience
        )

    @contextmanager
    def _session(self, *, only_read: bool = False) -> Iterator[Session]:
        mode = "READ" if only_read else "WRITE"
        with (
            translated(self.address),
            self._driver.session(
                database=self.address.database, bookmark_manager=self._bookmarks, default_access_mode=mode
            ) as session,
        ):
            yield session

    def _unit(self, work: Callable[[Work], T], seconds: float | None) -> Callable[[ManagedTransaction], T]:
        from neo4j import unit_of_work

        @unit_of_work(metadata=WHO, timeout=seconds or self.address.patience.bulk)
        def unit(transaction: ManagedTransaction) -> T:
            return work(Work(transaction))

        return unit


class _Open:
    """A transaction of the driver's that begins with its first statement, in the same round trip, and its session."""

    def __init__(self, session: Callable[[], Session], patience: Patience) -> None:
        self.runner: Runner = self
        self._make, self._patience = session, patience
        self._session: Session | None = None
        self._begun: Transaction | None = None

    def run(self, query: Any, parameters: dict[str, Any]) -> Any:
        """The server's result. The first statement is tried again while the server may only be away for a moment."""
        from neo4j.exceptions import DriverError, Neo4jError

        until = monotonic() + self._patience.retry
        while self._begun is None:
            try:
                return self._first(query, parameters)
            except (DriverError, Neo4jError) as error:
                self.close()
                if not error.is_retryable() or monotonic() > until:
                    raise
                sleep(A_MOMENT)
        return self._begun.run(query, parameters)

    def _first(self, query: Any, parameters: dict[str, Any]) -> Any:
        self._session = session = self._make()
        # the driver's own way for functions that it tries again; a driver without it waits for an answer in between
        with getattr(session, "_pipelined_begin", nullcontext()):
            self._begun = session.begin_transaction(metadata=WHO, timeout=self._patience.bulk)
        return self._begun.run(query, parameters)

    def commit(self) -> None:
        if self._begun is not None:
            self._begun.commit()

    def close(self) -> None:
        """Close the transaction, which takes back what was not committed, then the session."""
        session, self._session, self._begun = self._session, None, None
        if session is not None:
            session.close()


class _Singly:
    """Runs each statement in a transaction of its own."""

    def __init__(self, session: Session, seconds: float) -> None:
        self._session, self._seconds = session, seconds

    def run(self, query: Any, parameters: dict[str, Any]) -> Any:
        from neo4j import Query

        return self._session.run(Query(query, metadata=WHO, timeout=self._seconds), parameters)


def _of(work: Callable[[Work, int], T], item: int, hand: Work) -> T:
    return work(hand, item)


def _may_pass(error: StoreError) -> bool:
    """Whether what the driver raised is worth another try."""
    from neo4j.exceptions import DriverError, Neo4jError

    cause = error.__cause__
    return isinstance(cause, DriverError | Neo4jError) and cause.is_retryable()


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn what the driver raises into errors for people."""
    from neo4j import exceptions as raised

    url = address.url
    try:
        yield
    except raised.IncompleteCommit as error:
        raise StoreError(UNSURE.format(url=url)) from error
    except raised.AuthError as error:
        raise StoreError(SENTENCES["Security"].format(url=url)) from error
    except raised.Neo4jError as error:
        raise refusal(error.code or "", error.message or str(error), url, address.database) from error
    except raised.DriverError as error:
        raise StoreError(AWAY.format(url=url)) from error
