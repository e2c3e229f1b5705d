"""Who may come in: the link of this start of the server, tokens of the workspace, and tokens of an issuer."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from knotwork.access.caller import Caller
from knotwork.access.issuer import Issuer
from knotwork.access.keys import Keys
from knotwork.access.tokens import SHAPE, TokenBook


@dataclass(frozen=True, slots=True)
class Door:
    """Knows callers by what they bring. ``visitor`` is whoever holds the link."""

    keys: Keys
    visitor: Caller
    tokens: TokenBook | None = None
    issuer: Issuer | None = None

    def by_header(self, header: str) -> Caller | None:
        """Who sends this ``Authorization`` header."""
        scheme, _, text = header.partition(" ")
        return self.by_token(text.strip()) if scheme.lower() == "bearer" else None

    def by_token(self, text: str) -> Caller | None:
        """Who brings this token, of whatever kind. Asks the issuer's server for its keys at times."""
        if self.keys.fits(text):
            return self.visitor
        if self.tokens is not None and SHAPE.fullmatch(text):
            return self.tokens.caller(text)
        return self.issuer.caller(text) if self.issuer is not None else None

    def by_cookie(self, value: str) -> Caller | None:
        """Who sends this cookie: the link's, or the one that stands for a token of the workspace."""
        if self.keys.fits_cookie(value):
            return self.visitor
        token, _, signature = value.partition(".")
        if self.tokens is None or not hmac.compare_digest(signature.encode(), self._signed(token).encode()):
            return None
        return self.tokens.caller_by_id(token)

    def cookie_for(self, text: str) -> str | None:
        """The cookie that stands for a token which opens pages; None where it does not."""
        if self.keys.fits(text):
            return self.keys.cookie
        shape = SHAPE.fullmatch(text)
        if self.tokens is None or shape is None or self.tokens.caller(text) is None:
            return None
        return f"{shape[1]}.{self._signed(shape[1])}"

    def _signed(self, token: str) -> str:
        return hmac.new(self.keys.derived(b"token session"), token.encode(), sha256).hexdigest()
