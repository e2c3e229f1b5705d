"""Access tokens for people: made, listed and revoked, each with a line in the audit chain."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from knotwork.access.roles import Role
from knotwork.access.tokens import Token, TokenBook
from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from knotwork.service.audit import AuditService


class TokenService:
    """The tokens of one workspace, and the chain that remembers who made and revoked them."""

    def __init__(self, book: TokenBook, audit: AuditService) -> None:
        self.book = book
        self._audit = audit

    def create(self, name: str, role: str, lasts: timedelta | None = None, *, by: str) -> tuple[Token, str]:
        """A new token and its text, shown this once and kept nowhere. Raises ``UsageError``."""
        made, text = self.book.create(name, role_of(role), lasts)
        self._audit.audit("token", by, f"token {made.id}", f"created: {made.role}")
        return made, text

    def list(self) -> tuple[Token, ...]:
        """All tokens, revoked ones too, oldest first; never their texts."""
        return self.book.every()

    def revoke(self, token: str, *, by: str) -> Token:
        """Let the token of this id open nothing from now on. Raises ``UsageError`` where there is none."""
        revoked = self.book.revoke(token)
        self._audit.audit("token", by, f"token {revoked.id}", "revoked")
        return revoked


def role_of(name: str) -> Role:
    """The role of this name. Raises ``UsageError`` with the nearest one."""
    if name not in set(Role):
        raise UsageError(f"there is no role {name}; {suggestion(name, list(Role))}")
    return Role(name)
