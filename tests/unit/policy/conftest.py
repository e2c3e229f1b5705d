"""A policy file in a folder of its own, read as a workspace reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import Settings, read_policy

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Settings from the text of a policy and the variables given."""

    def settings(text: str, **environ: str) -> Settings:
        file = tmp_path / "knotwork.toml"
        file.write_text(text, "utf-8")
        return read_policy(file, environ)

    return settings


@pytest.fixture
def refused(read: Read) -> Callable[..., PolicyError]:
    """The error that a policy is refused with."""

    def error(text: str, **environ: str) -> PolicyError:
        with pytest.raises(PolicyError) as caught:
            read(text, **environ)
        return caught.value

    return error
