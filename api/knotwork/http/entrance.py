"""Who may come into a served workspace: what its settings and its tokens say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork.access.issuer import Issuer, IssuerSettings
from knotwork.access.secret import kept_secret
from knotwork.http.app import Access
from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork.workspace import Workspace


def access_of(workspace: Workspace) -> Access:
    """The access that a workspace gives. Raises ``UsageError`` for an issuer without an audience."""
    said = workspace.settings.access
    if said.issuer and not said.audience:
        raise UsageError("access.issuer is set, and access.audience is not: tokens meant for others would come in.")
    issuer = Issuer(IssuerSettings(said.issuer, said.audience, said.role_claim)) if said.issuer else None
    secret = kept_secret(workspace.layout.secret)
    return Access(workspace.tokens.book, issuer, secret, said.requests)
