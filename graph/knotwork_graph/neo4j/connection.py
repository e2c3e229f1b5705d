"""The one module that names Neo4j's driver: transactions that happen all or not at all, tried again where that is safe.

The driver calls a transaction's function again after a deadlock or a lost connection, so each function must come to the
same end when it is called twice. A commit of which nobody knows whether it happened is never tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import finalize

from knotwork_graph.errors import StoreError
from knotwork_graph.neo4j.address import Address
from knotwork_graph.neo4j.refusals import AWAY, SENTENCES, UNSURE, refusal

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction

T = TypeVar("T")
Row = Sequence[Any]
ROWS = 10_000
"""Rows in one statement: more are no faster, and few enough to be tried again cheaply."""
WHO = {"application": "knotwork"}


class Work:
    """What can be done inside one transaction."""

    def __init__(self, transaction: ManagedTransaction) -> None:
        self._transaction = transaction

    def rows(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """The rows of a query whose ``$name`` parameters are ``bound``."""
        return [tuple(record.values()) for record in self._transaction.run(query, bound)]

    def one(self, query: str, **bound: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None where there is none."""
        return next(iter(self.rows(query, **bound)), None)

    def each(self, query: str, rows: Iterable[Any], **bound: Any) -> int:
        """Run a query over ``$rows`` in batches; how many relationships it made."""
        made = 0
        for batch in batches(rows, ROWS):
            made += self._transaction.run(query, bound, rows=batch).consume().counters.relationships_created
        return made


class Server:
    """A server, connected when first needed. Safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        from neo4j import GraphDatabase, NotificationMinimumSeverity

        self.address = address
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

    def close(self) -> None:
        """Give back all connections."""
        self._closing()

    def read(self, work: Callable[[Work], T], *, seconds: float | None = None) -> T:
        """What ``work`` comes back with, from a transaction that only reads."""
        with self._session() as session:
            found: T = session.execute_read(self._unit(work, seconds))
        return found

    def write(self, work: Callable[[Work], T]) -> T:
        """What ``work`` comes back with; all that it wrote happens, or nothing."""
        with self._session() as session:
            done: T = session.execute_write(self._unit(work, None))
        return done

    def rows(self, query: str, **bound: Any) -> list[tuple[Any, ...]]:
        """The rows of one look-up."""
        return self.read(lambda work: work.rows(query, **bound), seconds=self.address.patience.look)

    def alone(self, statement: str) -> None:
        """Run one statement that must have a transaction to itself, as those on constraints and indexes must."""
        with self._session() as session:
            session.run(statement).consume()

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with (
            translated(self.address),
            self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks) as session,
        ):
            yield session

    def _unit(self, work: Callable[[Work], T], seconds: float | None) -> Callable[[ManagedTransaction], T]:
        from neo4j import unit_of_work

        @unit_of_work(metadata=WHO, timeout=seconds or self.address.patience.bulk)
        def unit(transaction: ManagedTransaction) -> T:
            return work(Work(transaction))

        return unit


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """``rows`` in lists of at most ``size``."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


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
