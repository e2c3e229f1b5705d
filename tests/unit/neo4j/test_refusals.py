"""What a Neo4j server's refusals become for people, told by its codes and words, without a server."""

from __future__ import annotations

import pytest
from neo4j.exceptions import Neo4jError, ServiceUnavailable

from knotwork_graph.errors import DiskFullError, StoreError
from knotwork_graph.neo4j.address import Address
from knotwork_graph.neo4j.connection import translated

ADDRESS = Address("neo4j://db.example:7687", password="rosebud")  # noqa: S106 - of no server: no message may repeat it


def refused(code: str, message: str) -> StoreError:
    """What is raised where the server says so."""
    with pytest.raises(StoreError) as told, translated(ADDRESS):
        raise Neo4jError._hydrate_neo4j(code=code, message=message)
    return told.value


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "Neo.DatabaseError.Transaction.TransactionCommitFailed",
            "Could not apply the transaction: Transaction#7 to the store after written to log.",
        ),
        ("Neo.TransientError.General.TransactionOutOfDiskSpace", "The transaction log cannot grow"),
    ],
)
@pytest.mark.parametrize("cause", ["java.io.IOException: No space left on device", "Disk quota exceeded"])
def test_a_full_disk_of_the_server_is_a_full_disk(code: str, message: str, cause: str) -> None:
    error = refused(code, f"{message} {cause}")
    assert isinstance(error, DiskFullError)
    assert isinstance(error, OSError)
    assert "disk of the Neo4j server is full" in str(error)
    assert "Free some room" in str(error)
    assert error.__cause__ is not None


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (
            "Neo.DatabaseError.General.UnknownError",
            "The database has encountered a critical error, and needs to be restarted.",
            "start it anew",
        ),
        ("Neo.TransientError.General.DatabaseUnavailable", "The database is not currently available", "start it anew"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "This is a read-only Neo4j instance", "is read-only"),
        ("Neo.TransientError.General.OutOfMemoryError", "no memory", "heap"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "the pool is full", "heap"),
        ("Neo.ClientError.Transaction.TransactionTimedOut", "too long", "took too long"),
        ("Neo.ClientError.Security.Unauthorized", "no", "does not know this user"),
        ("Neo.ClientError.Database.DatabaseNotFound", "no", "no database neo4j"),
    ],
)
def test_each_refusal_says_what_to_do(code: str, message: str, words: str) -> None:
    error = refused(code, message)
    assert words in str(error)
    assert "rosebud" not in str(error)


def test_a_refusal_that_nobody_knows_is_told_as_it_is() -> None:
    assert "Neo.ClientError.Statement.SyntaxError" in str(refused("Neo.ClientError.Statement.SyntaxError", "what?"))


def test_a_server_that_is_away_is_told_of_with_its_address() -> None:
    with pytest.raises(StoreError, match=r"db\.example:7687: the Neo4j server does not answer"), translated(ADDRESS):
        raise ServiceUnavailable("gone")
