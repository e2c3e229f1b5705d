"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from knotwork.access.masks import Mask
from knotwork.access.roles import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: ``name`` for what is kept of it, and ``key``, by which requests are counted; neither is a secret.

    ``clear``: personal values are shown in clear, which only whoever starts a server can give.
    """

    name: str
    role: Role
    key: str
    clear: bool = False

    @property
    def mask(self) -> Mask:
        """What is shown to it."""
        return Mask(self.role, self.clear)
