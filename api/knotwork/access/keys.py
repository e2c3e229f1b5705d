"""The token of one server and the cookie that stands for it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe


def new_token() -> str:
    """A token that nobody guesses: 256 random bits, safe in a link."""
    return token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Keys:
    """Compares what a request brings with the one token, in time that does not tell how much was right."""

    token: str

    def __post_init__(self) -> None:
        if len(self.token) < 16:
            raise ValueError("a token needs at least 16 characters; leave it out to have one made")

    @property
    def cookie_name(self) -> str:
        """A name of this server's own: cookies do not know ports, and two servers must not log each other out."""
        return f"knotwork_{sha256(b'name:' + self.token.encode()).hexdigest()[:8]}"

    @property
    def cookie(self) -> str:
        """What the cookie holds: not the token, which opens the API as well."""
        return self.derived(b"page session").hex()

    def derived(self, purpose: bytes) -> bytes:
        """A secret for one purpose, from which the token cannot be had."""
        return hmac.new(self.token.encode(), purpose, sha256).digest()

    def fits(self, token: str) -> bool:
        """Whether this is the token."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def fits_cookie(self, value: str) -> bool:
        """Whether this is the cookie's value."""
        return hmac.compare_digest(value.encode(), self.cookie.encode())
