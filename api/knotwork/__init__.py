"""Knotwork: graph-based customer identity resolution and journey explorer.

>>> import knotwork
>>> callable(knotwork.open) and callable(knotwork.init)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knotwork.workspace import Workspace, init
    from knotwork.workspace import open_workspace as open  # noqa: A004 - `knotwork.open` is the name people rely on

__all__ = ["Workspace", "init", "open"]

LAZY = {"Workspace": "Workspace", "init": "init", "open": "open_workspace"}


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for, so that importing the package costs nothing."""
    if name not in LAZY:
        raise AttributeError(f"module 'knotwork' has no attribute {name!r}")
    return getattr(import_module("knotwork.workspace"), LAZY[name])
