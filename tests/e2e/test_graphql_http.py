"""GraphQL over HTTP, audited by the npm package ``graphql-http`` against the real server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from knotwork.http.app import create_app
from tests.e2e.conftest import TOKEN
from tests.node_tools.packages import HERE, find_node, installed
from tests.serving import running

AUDITS = 61


@pytest.fixture(scope="module")
def packages() -> Path:
    return installed()


@pytest.fixture(scope="module")
def served(people: ModuleType) -> Iterator[str]:
    with running(create_app(people.made_up(), token=TOKEN)) as address:
        yield address


@pytest.mark.node
def test_every_audit_passes(packages: Path, served: str) -> None:
    node = find_node()
    assert node
    command = [node, HERE / "audits.mjs", packages, f"{served}/graphql", TOKEN]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = json.loads(ran.stdout)
    assert [one for one in found if one["status"] != "ok"] == []
    assert len(found) == AUDITS
