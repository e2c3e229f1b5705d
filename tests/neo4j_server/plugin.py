"""Pytest and the one Neo4j of a session: started as soon as a chosen test needs it, and stopped in the end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.neo4j_server import session


def pytest_configure() -> None:
    """Make the place where the processes of this session meet, before there are others."""
    session.meet()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the server while other tests run, if any chosen test needs it."""
    if any(needs_neo4j(item) for item in session.items):
        begin()


def begin() -> None:
    """Start the server for the process that leads this session."""
    leader = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    session.begin(leader)


def needs_neo4j(item: pytest.Item) -> bool:
    """Whether a test asks for the server and is not skipped."""
    return item.get_closest_marker("neo4j") is not None and item.get_closest_marker("skip") is None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, in the process that leads."""
    if not hasattr(config, "workerinput") and session.VARIABLE in os.environ:
        session.end()


@pytest.fixture
def neo4j_server() -> Iterator[str]:
    """The address of the session's Neo4j, for this test alone and emptied for it. Only in tests marked ``neo4j``."""
    from tests.neo4j_server.emptying import emptied

    with session.alone():
        yield emptied(session.address())
