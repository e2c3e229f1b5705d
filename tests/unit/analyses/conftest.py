"""Logs that are closed in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.analyses.made import Asked, Did


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Callable[..., Asked]]:
    """Makes a log over events that can be asked."""
    opened: list[Asked] = []

    def made(told: Iterable[Did], **more: Any) -> Asked:
        opened.append(Asked(tmp_path, told, **more))
        return opened[-1]

    yield made
    for one in opened:
        one.log.close()
