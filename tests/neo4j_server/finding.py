"""Whether this machine can run a Neo4j for tests."""

from __future__ import annotations

from tests.neo4j_server import docker, jars


def find_neo4j() -> str | None:
    """Where a Neo4j for tests comes from: Docker, else Java with its jars; None where there is neither."""
    if docker.answers():
        return "docker"
    return "jars" if jars.can_be_had() else None
