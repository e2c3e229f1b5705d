"""A workspace: the folder with the policy and the data, and everything one can do with it."""

from knotwork.workspace.opening import init, open_workspace
from knotwork.workspace.workspace import Workspace

__all__ = ["Workspace", "init", "open_workspace"]
