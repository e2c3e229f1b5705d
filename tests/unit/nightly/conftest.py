"""Workspaces that are closed in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.nightly.night import Night


@pytest.fixture
def open_night(tmp_path: Path) -> Iterator[Callable[..., Night]]:
    """Makes a workspace of ten customers that readers see, under gates; also opens it again under others."""
    nights: list[Night] = []

    def opened(night: Night) -> Night:
        nights.append(night)
        return night

    yield lambda *said, **more: opened(Night(tmp_path / f"shop-{len(nights)}", *said, **more))
    for night in nights:
        night.close()
