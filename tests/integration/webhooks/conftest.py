"""A workspace with a webhook to a receiver on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knotwork.workspace import Workspace, init, open_workspace
from knotwork_resolvers.feed.webhook import new_secret
from tests.integration.recovery.live_child import visit
from tests.integration.webhooks.receiver import Receiver, receiving

SECRET = new_secret()
Opened = Callable[..., Workspace]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """One that takes everything, until it is told otherwise."""
    with receiving() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of which every change is sent, five in a message, from the start of its feed."""
    monkeypatch.setenv("KNOTWORK_WEBHOOKS_CRM_SECRET", SECRET)
    policy = init(tmp_path / "shop")
    settings = f'\n[webhooks.crm]\nurl = "{receiver.url}"\nbegin = "start"\nbatch = 5\ntimeout = "1s"\n'
    with policy.open("a", encoding="utf-8") as file:
        file.write(settings)
    return policy.parent


@pytest.fixture
def shop(folder: Path) -> Iterator[Workspace]:
    """The workspace, with some customers."""
    with open_workspace(folder) as opened:
        opened.collect([visit(one) for one in range(60)])
        opened.resolve()
        yield opened
