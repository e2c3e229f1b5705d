"""Making a workspace, and opening one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork.workspace.layout import POLICY, Layout
from knotwork_graph.errors import WorkspaceError
from knotwork_graph.policy import DEFAULT_POLICY, read_policy

if TYPE_CHECKING:
    from knotwork.workspace.workspace import Workspace


def init(folder: str | os.PathLike[str]) -> Path:
    """The path of a new, commented policy in ``folder``; an old one there raises ``WorkspaceError``."""
    layout = Layout(Path(folder))
    if layout.policy.exists():
        raise WorkspaceError(f"{layout.policy} is there already. Choose another folder, or edit that file.")
    try:
        layout.data.mkdir(parents=True, exist_ok=True)
        layout.policy.write_text(DEFAULT_POLICY, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{layout.folder}: cannot make a workspace here: {error.strerror}.") from error
    return layout.policy


def open_workspace(folder: str | os.PathLike[str] = ".") -> Workspace:
    """The workspace in ``folder``; nothing is read but its policy. Raises ``WorkspaceError`` where there is none."""
    from knotwork.workspace.workspace import Workspace

    layout = Layout(Path(folder))
    if not layout.policy.is_file():
        raise WorkspaceError(
            f"{layout.folder} is no workspace: it has no {POLICY}. Make one with `knotwork init {layout.folder}`,"
            " or name another with --workspace."
        )
    return Workspace(layout, read_policy(layout.policy, os.environ))
