"""The jars of one Neo4j version (Community, for tests alone), brought by Maven and kept outside the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PINNED = "5.26.30"
VARIABLE = "KNOTWORK_TEST_NEO4J_VERSION"
POM = """<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>knotwork.tests</groupId><artifactId>neo4j</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency>
  </dependencies>
</project>
"""
COMMAND = ("mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime")


def wanted() -> str:
    """The version that is tested with: ``KNOTWORK_TEST_NEO4J_VERSION``, else the pinned one."""
    return os.environ.get(VARIABLE) or PINNED


def cache(version: str) -> Path:
    """Where the jars of a version are, or will be."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root, "knotwork-tests", f"neo4j-{version}")


def are_here(version: str) -> bool:
    """Whether the jars of a version are in the cache."""
    return cache(version).is_dir()


def fetched(version: str) -> Path:
    """The folder with the jars of a version; Maven brings them the first time, 123 MB in less than a minute."""
    kept = cache(version)
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
        Path(scratch, "pom.xml").write_text(POM.format(version=version))
        subprocess.run([*COMMAND, f"-DoutputDirectory={scratch}/lib"], cwd=scratch, check=True, capture_output=True)
        put_in_place(Path(scratch, "lib"), kept)
    return kept


def put_in_place(made: Path, kept: Path) -> None:
    """Another process may have been quicker; then its jars are as good."""
    try:
        made.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise


def can_be_had() -> bool:
    """Whether this machine can run them: any Java on the PATH, and the jars or a Maven to bring them."""
    return shutil.which("java") is not None and (are_here(wanted()) or shutil.which("mvn") is not None)
