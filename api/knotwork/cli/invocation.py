"""One call of the command line: which workspace it is about, and how to open it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from knotwork.cli.terminal import remark

if TYPE_CHECKING:
    from knotwork.cli.face import Opener, WorkspaceFace

VARIABLE = "KNOTWORK_WORKSPACE"


@dataclass(frozen=True, slots=True)
class Invocation:
    """The workspace's folder, whether the person named it (rather than being in it), and what opens it."""

    folder: Path
    named: bool
    opener: Opener

    def open(self) -> WorkspaceFace:
        """The workspace; raises ``WorkspaceError`` where the folder is none."""
        workspace = self.opener(self.folder)
        for warning in workspace.settings.warnings:
            remark(f"warning: {warning}")
        return workspace


def invoked(option: Path | None, opener: Opener, environ: Mapping[str, str] = os.environ) -> Invocation:
    """The call that is about ``--workspace``, else ``KNOTWORK_WORKSPACE``, else the current folder."""
    named = option or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    return Invocation(named or Path(), named is not None, opener)


def workspace_of(ctx: typer.Context) -> WorkspaceFace:
    """The open workspace of the call that ``ctx`` belongs to."""
    workspace = invocation_of(ctx).open()
    ctx.call_on_close(workspace.close)
    return workspace


def invocation_of(ctx: typer.Context) -> Invocation:
    """The call that ``ctx`` belongs to."""
    found: Invocation = ctx.obj
    return found
